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

package io.distributedtask.actuate.endpoint;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTasks;
import io.distributedtask.actuate.endpoint.AssignmentsDescriptor.TaskDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows which instance owns which task. Every instance
 * answers for the whole group.
 *
 * @since 0.1.0
 */
@Endpoint(id = "assignments", defaultAccess = Access.READ_ONLY)
public class AssignmentsEndpoint {

	private final DistributedTasks distributedTasks;

	/**
	 * Create a new endpoint.
	 * @param distributedTasks knows the group
	 */
	public AssignmentsEndpoint(DistributedTasks distributedTasks) {
		this.distributedTasks = distributedTasks;
	}

	/**
	 * Show the whole group.
	 * @return the instances, the tasks, and who owns what
	 */
	@ReadOperation
	public AssignmentsDescriptor assignments() {
		return AssignmentsDescriptor.of(this.distributedTasks.assignments());
	}

	/**
	 * Show one task.
	 * @param task the name of the task
	 * @return the task, or {@code null} when no live instance knows it
	 */
	@ReadOperation
	public @Nullable TaskDescriptor task(@Selector String task) {
		Assignments assignments = this.distributedTasks.assignments();
		return assignments.tasks()
			.stream()
			.filter((candidate) -> candidate.name().equals(task))
			.findFirst()
			.map(TaskDescriptor::of)
			.orElse(null);
	}

}
