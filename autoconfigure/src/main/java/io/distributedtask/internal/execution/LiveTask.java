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
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.CronTrigger;

/**
 * Creates what Spring shows of a schedule that we run ourselves. Only Spring's registrar
 * can create a {@link ScheduledTask}, and it gets the future in it from a scheduler: this
 * one only returns ours.
 */
final class LiveTask {

	private LiveTask() {
	}

	/**
	 * Create what is shown of a task with the same schedule and another runnable.
	 * @return the scheduled task; its runnable is Spring's own wrapper, which keeps the
	 * outcome for the scheduledtasks endpoint
	 */
	static ScheduledTask of(Task task, Runnable runnable, ScheduledFuture<?> future) {
		ScheduledTaskRegistrar registrar = new ScheduledTaskRegistrar();
		registrar.setTaskScheduler(new Returning(future));
		return Objects.requireNonNull(register(registrar, task, runnable), "A new task must give a new scheduled task");
	}

	private static @Nullable ScheduledTask register(ScheduledTaskRegistrar registrar, Task task, Runnable runnable) {
		if (task instanceof CronTask cron && cron.getTrigger() instanceof CronTrigger trigger) {
			return registrar.scheduleCronTask(new CronTask(runnable, trigger));
		}
		if (task instanceof TriggerTask triggered) {
			return registrar.scheduleTriggerTask(new TriggerTask(runnable, triggered.getTrigger()));
		}
		if (task instanceof FixedRateTask rate) {
			return registrar.scheduleFixedRateTask(
					new FixedRateTask(runnable, rate.getIntervalDuration(), rate.getInitialDelayDuration()));
		}
		if (task instanceof FixedDelayTask delay) {
			return registrar.scheduleFixedDelayTask(
					new FixedDelayTask(runnable, delay.getIntervalDuration(), delay.getInitialDelayDuration()));
		}
		return registrar.scheduleOneTimeTask(new OneTimeTask(runnable, ((OneTimeTask) task).getInitialDelayDuration()));
	}

	/**
	 * A scheduler that always returns the same future.
	 *
	 * @param future the future to return
	 */
	private record Returning(ScheduledFuture<?> future) implements TaskScheduler {

		@Override
		public ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
			return this.future;
		}

		@Override
		public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
			return this.future;
		}

		@Override
		public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
			return this.future;
		}

		@Override
		public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
			return this.future;
		}

		@Override
		public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
			return this.future;
		}

		@Override
		public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
			return this.future;
		}

	}

}
