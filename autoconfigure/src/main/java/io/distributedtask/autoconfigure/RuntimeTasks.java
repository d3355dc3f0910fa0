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

package io.distributedtask.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.annotation.TaskSettings;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.RegisteredTask;

import org.springframework.scheduling.TaskScheduler;

/**
 * The tasks that come and go while the application runs.
 */
class RuntimeTasks {

	private final DefaultTaskRunner runner;

	private final TaskSettings settings;

	private final Function<Runnable, TaskScheduler> scheduler;

	private final TaskEngineLifecycle lifecycle;

	/**
	 * Create runtime tasks.
	 * @param runner runs them
	 * @param settings what overrides their definitions
	 * @param lifecycle has the coordinator to tell
	 * @param scheduler the application's scheduler of a runnable
	 */
	RuntimeTasks(DefaultTaskRunner runner, TaskSettings settings, TaskEngineLifecycle lifecycle,
			Function<Runnable, TaskScheduler> scheduler) {
		this.runner = runner;
		this.settings = settings;
		this.lifecycle = lifecycle;
		this.scheduler = scheduler;
	}

	/**
	 * Add tasks: all, but those that properties disable, or none.
	 * @param tasks the tasks and what they do
	 * @param source where the tasks come from, as text for people
	 * @throws IllegalArgumentException if one of them cannot be added
	 */
	void register(Map<TaskDefinition, TaskWork> tasks, String source) {
		List<RegisteredTask> added = new ArrayList<>(tasks.size());
		tasks.forEach((definition, work) -> {
			TaskSettings.Override override = this.settings.forTask(definition.name());
			if (!Boolean.FALSE.equals(override.enabled())) {
				RegisteredTask task = RegisteredTask.of(override.over(definition), work, source, this.scheduler);
				added.add(new RegisteredTask(task.definition(),
						Objects.requireNonNullElse(override.onMissedRun(), task.onMissedRun()), task.handler()));
			}
		});
		this.runner.register(added);
		if (!added.isEmpty()) {
			this.lifecycle.tasksExpected();
			changed(List.of());
		}
	}

	/**
	 * Remove tasks that were added, or none.
	 * @param names the names of the tasks
	 * @return how many of them there were
	 * @throws IllegalArgumentException if one of them cannot be removed
	 */
	int unregister(Collection<String> names) {
		List<String> gone = this.runner.unregister(names);
		if (!gone.isEmpty()) {
			changed(gone);
		}
		return gone.size();
	}

	private void changed(Collection<String> gone) {
		TaskEngine engine = this.lifecycle.current();
		if (engine != null) {
			engine.tasksChanged(gone);
		}
	}

}
