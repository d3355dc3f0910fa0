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
import java.util.List;
import java.util.function.Function;

import io.distributedtask.MissedRun;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;

import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.support.CronTrigger;

/**
 * A task that was registered at run time.
 *
 * @param definition the task as the group knows it
 * @param onMissedRun what happens to instants that a crashed owner may have missed
 * @param handler what it does
 */
public record RegisteredTask(TaskDefinition definition, MissedRun onMissedRun, TaskHandler handler) {

	/**
	 * Create a task from its definition and work.
	 * @param definition the task
	 * @param work what it does
	 * @param source where it was declared, for people
	 * @param scheduler the application's scheduler of a runnable
	 * @return the task
	 * @throws IllegalArgumentException if the work is not right; the message names the
	 * task
	 */
	public static RegisteredTask of(TaskDefinition definition, TaskWork work, String source,
			Function<Runnable, TaskScheduler> scheduler) {
		MissedRun onMissedRun = (work instanceof TaskWork.Cron cron) ? cron.onMissedRun() : MissedRun.FIRE_ONCE;
		return new RegisteredTask(definition, onMissedRun, handler(definition, work, source, scheduler));
	}

	private static TaskHandler handler(TaskDefinition definition, TaskWork work, String source,
			Function<Runnable, TaskScheduler> scheduler) {
		if (work instanceof TaskWork.Continuous continuous) {
			return new TaskHandler.Continuous(source, continuous.body());
		}
		if (work instanceof TaskWork.Listener listener) {
			return new TaskHandler.Listener(source, listener.listener());
		}
		Runnable name = NamedRunnable.ofSchedule(definition.name(), null);
		if (work instanceof TaskWork.Cron cron) {
			Task task = new CronTask(name, trigger(definition, cron));
			return new TaskHandler.Scheduled(source, List.of(task), scheduler, cron.body());
		}
		if (work instanceof TaskWork.FixedDelay delay) {
			Task task = new FixedDelayTask(name, delay.delay(), Duration.ZERO);
			return new TaskHandler.Scheduled(source, List.of(task), scheduler, delay.body());
		}
		TaskWork.FixedRate rate = (TaskWork.FixedRate) work;
		Task task = new FixedRateTask(name, rate.period(), Duration.ZERO);
		return new TaskHandler.Scheduled(source, List.of(task), scheduler, rate.body());
	}

	private static CronTrigger trigger(TaskDefinition definition, TaskWork.Cron cron) {
		try {
			return new CronTrigger(cron.expression(), cron.zone());
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("Task '%s' has the cron expression '%s': %s".formatted(definition.name(),
					cron.expression(), ex.getMessage()), ex);
		}
	}

}
