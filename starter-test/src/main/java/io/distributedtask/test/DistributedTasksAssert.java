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

package io.distributedtask.test;

import java.util.List;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTasks;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions on which tasks there are.
 *
 * @since 0.1.0
 */
public final class DistributedTasksAssert extends AbstractAssert<DistributedTasksAssert, DistributedTasks> {

	DistributedTasksAssert(DistributedTasks tasks) {
		super(tasks, DistributedTasksAssert.class);
	}

	/**
	 * Verify that there is a task, and go on with it.
	 * @param name the name of the task
	 * @return assertions on the task as it is now
	 */
	public TaskAssert task(String name) {
		isNotNull();
		Assignments assignments = this.actual.assignments();
		return assignments.tasks()
			.stream()
			.filter((task) -> task.name().equals(name))
			.findFirst()
			.map((task) -> new TaskAssert(task, assignments))
			.orElseThrow(
					() -> failure("%nExpecting a task%n  \"%s\"%nbut the tasks are%n  %s", name, names(assignments)));
	}

	/**
	 * Verify that there are these tasks and no others.
	 * @param names the names of the tasks, in any order
	 * @return this
	 */
	public DistributedTasksAssert hasOnlyTasks(String... names) {
		isNotNull();
		List<String> actual = names(this.actual.assignments());
		if (!actual.equals(List.of(names).stream().distinct().sorted().toList())) {
			throw failure("%nExpecting only the tasks%n  %s%nbut the tasks are%n  %s", List.of(names), actual);
		}
		return this;
	}

	private static List<String> names(Assignments assignments) {
		return assignments.tasks().stream().map(Assignments.Task::name).sorted().toList();
	}

}
