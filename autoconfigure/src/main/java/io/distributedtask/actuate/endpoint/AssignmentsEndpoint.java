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

import java.util.List;
import java.util.Set;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTasks;
import io.distributedtask.actuate.endpoint.AssignmentsDescriptor.TaskDescriptor;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows which instance owns which task, and accepts the
 * requests of operators. Every instance serves the whole group. Write access has to be
 * allowed by {@code management.endpoint.assignments.access=unrestricted}.
 *
 * @since 0.1.0
 */
@Endpoint(id = "assignments", defaultAccess = Access.READ_ONLY)
public class AssignmentsEndpoint {

	private static final Set<String> ABOUT_THE_GROUP = Set.of("pause", "resume", "rebalance");

	private static final int MAX_REASON = 200;

	private final DistributedTasks distributedTasks;

	private final AssignmentHistory history;

	/**
	 * Create a new endpoint.
	 * @param distributedTasks supplies the state of the group
	 * @param history supplies the changes of the group
	 */
	public AssignmentsEndpoint(DistributedTasks distributedTasks, AssignmentHistory history) {
		this.distributedTasks = distributedTasks;
		this.history = history;
	}

	/**
	 * Show the whole group.
	 * @param history whether to include the history
	 * @return the instances, the tasks, and the owner of each shard
	 */
	@ReadOperation(producesFrom = AcceptedType.class)
	public AssignmentsDescriptor assignments(@Nullable Boolean history) {
		return AssignmentsDescriptor.of(this.distributedTasks.assignments(), this.distributedTasks.membership().watch(),
				Boolean.TRUE.equals(history) ? this.history.changes() : null);
	}

	/**
	 * Show one task.
	 * @param task the name of the task
	 * @param history whether to include the history
	 * @return the task, or {@code null} when no live instance knows it
	 */
	@ReadOperation(producesFrom = AcceptedType.class)
	public @Nullable TaskDescriptor task(@Selector String task, @Nullable Boolean history) {
		Assignments assignments = this.distributedTasks.assignments();
		List<ChangeDescriptor> changes = Boolean.TRUE.equals(history)
				? this.history.changes().stream().filter((change) -> task.equals(change.task())).toList() : null;
		return assignments.tasks()
			.stream()
			.filter((candidate) -> candidate.name().equals(task))
			.findFirst()
			.map((found) -> TaskDescriptor.of(found, true, changes))
			.orElse(null);
	}

	/**
	 * Act on one task.
	 * @param task the name of the task
	 * @param action {@code pause}, {@code resume}, {@code run}, {@code move} or
	 * {@code clear}
	 * @param shard the shard to run, move or clear; may be left out for a task that has
	 * one
	 * @param instance the name of the instance to move the shard to
	 * @return what was done
	 * @throws IllegalArgumentException for bad input
	 * @throws java.util.NoSuchElementException for a task or an instance that is not
	 * known
	 * @throws IllegalStateException for what is not possible now
	 */
	@WriteOperation
	public OperationDescriptor change(@Selector String task, @Nullable String action, @Nullable String shard,
			@Nullable String instance) {
		return new TaskOperation(this.distributedTasks, task, shard, instance).perform(action);
	}

	/**
	 * Act on the whole group or on one instance.
	 * @param action {@code pause}, {@code resume} or {@code rebalance}, which are about
	 * the whole group; {@code drain} or {@code undrain}, which are about an instance
	 * @param instance the name of the instance
	 * @param reason why, for the log, with {@code rebalance}
	 * @param task must be left out: a task has an address of its own
	 * @return what was done
	 * @throws IllegalArgumentException for bad input
	 * @throws java.util.NoSuchElementException for an instance that is not known
	 * @throws IllegalStateException for what is not possible now
	 */
	@WriteOperation
	public OperationDescriptor changeGroup(@Nullable String action, @Nullable String instance, @Nullable String reason,
			@Nullable String task) {
		TaskOperation.refuse("This is about the whole group. To act on a task, POST to assignments/{task}", "task",
				task);
		String known = TaskOperation.required("action", action);
		if (ABOUT_THE_GROUP.contains(known)) {
			TaskOperation.refuse(known + " is about the whole group", "instance", instance);
		}
		switch (known) {
			case "pause" -> this.distributedTasks.pauseAll();
			case "resume" -> this.distributedTasks.resumeAll();
			case "rebalance" -> this.distributedTasks
				.rebalance((reason != null && !reason.isBlank()) ? oneLine(reason) : "requested by an operator");
			case "drain" -> this.distributedTasks.drain(TaskOperation.required("instance", instance));
			case "undrain" -> this.distributedTasks.undrain(TaskOperation.required("instance", instance));
			default -> throw new IllegalArgumentException(
					"There is no action '%s' for the group: choose one of pause, resume, rebalance, drain, undrain"
						.formatted(action));
		}
		return new OperationDescriptor(action, null, null, instance, null, null);
	}

	/**
	 * It goes into the logs.
	 */
	private static String oneLine(String reason) {
		String line = reason.strip().replaceAll("\\p{Cntrl}+", " ");
		return line.substring(0, Math.min(line.length(), MAX_REASON));
	}

}
