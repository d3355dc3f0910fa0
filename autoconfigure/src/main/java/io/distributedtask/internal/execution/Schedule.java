/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.SimpleTriggerContext;

/**
 * When something is due.
 */
sealed interface Schedule {

	/**
	 * The schedule of a task that Spring has read.
	 */
	static Schedule of(Task task) {
		if (task instanceof TriggerTask triggered) {
			return new Instants(triggered.getTrigger());
		}
		if (task instanceof FixedRateTask rate) {
			return new FixedRate(rate.getIntervalDuration(), rate.getInitialDelayDuration());
		}
		if (task instanceof FixedDelayTask delay) {
			return new FixedDelay(delay.getIntervalDuration(), delay.getInitialDelayDuration());
		}
		if (task instanceof OneTimeTask once) {
			return new Once(once.getInitialDelayDuration());
		}
		throw new IllegalArgumentException("A schedule of %s is not supported".formatted(task.getClass()));
	}

	/**
	 * Instants that are the same for every owner: a cron expression.
	 *
	 * @param trigger knows them
	 */
	record Instants(Trigger trigger) implements Schedule {

		@Nullable Instant after(Instant instant) {
			return this.trigger.nextExecution(new SimpleTriggerContext(instant, instant, instant));
		}

	}

	/**
	 * A fixed time between the ends and the beginnings of runs.
	 *
	 * @param delay that time
	 * @param initialDelay the time before the first run
	 */
	record FixedDelay(Duration delay, Duration initialDelay) implements Schedule {
	}

	/**
	 * A fixed time between the beginnings of runs.
	 *
	 * @param period that time
	 * @param initialDelay the time before the first run
	 */
	record FixedRate(Duration period, Duration initialDelay) implements Schedule {
	}

	/**
	 * One run under each ownership.
	 *
	 * @param initialDelay the time before it
	 */
	record Once(Duration initialDelay) implements Schedule {
	}

}
