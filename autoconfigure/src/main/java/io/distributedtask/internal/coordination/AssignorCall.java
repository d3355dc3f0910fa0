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

package io.distributedtask.internal.coordination;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.assignment.TaskAssignor;
import org.jspecify.annotations.Nullable;

/**
 * Asks an assignor for its target, and believes nothing of it: the call has a time limit,
 * runs on a thread of its own, and its answer is checked against the constraints.
 */
final class AssignorCall {

	private final Duration limit;

	AssignorCall(Duration limit) {
		this.limit = limit;
	}

	/**
	 * Find the target owner of each shard.
	 * @param assignor who is asked
	 * @param group what it is asked
	 * @param spent the part of the time limit that former questions have taken
	 * @return the names of the owners
	 * @throws AssignorFailure if there is no answer that can be used
	 */
	Map<TaskId, String> target(TaskAssignor assignor, GroupState group, Duration spent) throws AssignorFailure {
		FutureTask<Map<TaskId, String>> call = new FutureTask<>(() -> assignor.assign(group).owners());
		Thread thread = new Thread(call, "distributed-task-assignor");
		thread.setDaemon(true);
		thread.start();
		Map<TaskId, String> target;
		try {
			target = call.get(this.limit.minus(spent).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw new AssignorFailure("failed with " + ex.getCause(), ex.getCause());
		}
		catch (TimeoutException ex) {
			call.cancel(true);
			throw new AssignorFailure("gave no answer within %d ms".formatted(this.limit.toMillis()), ex);
		}
		catch (InterruptedException ex) {
			call.cancel(true);
			Thread.currentThread().interrupt();
			throw new AssignorFailure("was interrupted", ex);
		}
		check(target, group);
		return target;
	}

	private void check(Map<TaskId, String> target, GroupState group) throws AssignorFailure {
		Map<String, Instance> instances = new HashMap<>();
		group.instances().forEach((instance) -> instances.put(instance.name(), instance));
		Map<String, TaskDefinition> tasks = new HashMap<>();
		group.tasks().forEach((task) -> tasks.put(task.name(), task));
		for (Map.Entry<TaskId, String> entry : target.entrySet()) {
			TaskId id = entry.getKey();
			TaskDefinition task = tasks.get(id.name());
			Instance owner = instances.get(entry.getValue());
			if (task == null || id.shard() >= task.shards()) {
				throw new AssignorFailure("assigned shard %s, which does not exist".formatted(id), null);
			}
			if (owner == null) {
				throw new AssignorFailure("assigned %s to '%s', which is no instance that may own something"
					.formatted(id, entry.getValue()), null);
			}
			if (!owner.canOwn(task)) {
				throw new AssignorFailure(
						"assigned %s to '%s', which %s".formatted(id, owner.name(), owner.tasks().contains(task.name())
								? "lacks the labels '%s'".formatted(task.requires()) : "does not know the task"),
						null);
			}
		}
	}

	/**
	 * An assignor gave no answer that can be used.
	 */
	@SuppressWarnings("serial")
	static final class AssignorFailure extends Exception {

		AssignorFailure(String message, @Nullable Throwable cause) {
			super(message, cause);
		}

	}

}
