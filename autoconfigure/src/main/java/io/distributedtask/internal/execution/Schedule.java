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
import org.springframework.scheduling.support.CronTrigger;
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
	 * @param trigger knows them; application code, unless it is Spring's
	 */
	record Instants(Trigger trigger) implements Schedule {

		/** All zones change their offset to UTC at one of these. */
		private static final long QUARTER_OF_AN_HOUR = 900;

		/** The quarters of a day, the longest that a zone was ever set back. */
		private static final int MOST_QUARTERS = 96;

		/** Later than what people, timers and JSON know how to handle. */
		private static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

		/**
		 * The first instant after another. Where a zone sets its clock back by half an
		 * hour, or at a quarter to the hour, Spring's trigger may answer with one that is
		 * not later: then it is asked again as of the following quarters of an hour.
		 * @return the instant, or {@code null} if there is none
		 * @throws IllegalStateException if the trigger has no answer that is later
		 */
		@Nullable Instant after(Instant instant) {
			Instant from = instant;
			Instant answer = null;
			for (int quarter = 0; quarter <= MOST_QUARTERS; quarter++) {
				answer = this.trigger.nextExecution(new SimpleTriggerContext(from, from, from));
				if (answer == null || !answer.isBefore(NEVER)) {
					return null;
				}
				if (answer.isAfter(instant)) {
					return answer;
				}
				long quarters = Math.floorDiv(from.plusNanos(1).getEpochSecond(), QUARTER_OF_AN_HOUR) + 1;
				from = Instant.ofEpochSecond(quarters * QUARTER_OF_AN_HOUR).minusNanos(1);
			}
			throw new IllegalStateException(
					"The trigger '%s' returns no time after %s, but %s".formatted(this.trigger, instant, answer));
		}

		/**
		 * Whether the trigger may take any time for its answer.
		 */
		boolean isApplicationCode() {
			return this.trigger.getClass() != CronTrigger.class;
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
	 * One run, which is not made again where it is known that it was made.
	 *
	 * @param initialDelay the time before it
	 */
	record Once(Duration initialDelay) implements Schedule {
	}

}
