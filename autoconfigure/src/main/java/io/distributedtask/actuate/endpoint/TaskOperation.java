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

import io.distributedtask.Assignments.Task;
import io.distributedtask.DistributedTasks;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks of one task.
 *
 * @param distributedTasks who does it
 * @param task the name of the task
 * @param shard the shard as it was given
 * @param instance the instance as it was given
 */
record TaskOperation(DistributedTasks distributedTasks, String task, @Nullable String shard,
		@Nullable String instance) {

	OperationDescriptor perform(@Nullable String action) {
		return switch (required("action", action)) {
			case "pause" -> {
				refuseTargets("pause");
				this.distributedTasks.pause(this.task);
				yield done("pause", null, null, null);
			}
			case "resume" -> {
				refuseTargets("resume");
				this.distributedTasks.resume(this.task);
				yield done("resume", null, null, null);
			}
			case "run" -> {
				refuse("The owner makes the run", "instance", this.instance);
				int number = shardNumber();
				yield done("run", number, null, this.distributedTasks.run(this.task, number));
			}
			case "move" -> {
				String target = required("instance", this.instance);
				int number = shardNumber();
				this.distributedTasks.move(this.task, number, target);
				yield done("move", number, target, null);
			}
			case "clear" -> {
				int number = shardNumber();
				this.distributedTasks.clear(this.task, number);
				yield done("clear", number, null, null);
			}
			default -> throw new IllegalArgumentException(
					"There is no action '%s' for a task: choose one of pause, resume, run, move, clear"
						.formatted(action));
		};
	}

	/**
	 * Whoever names a shard or an instance means less than the whole task.
	 */
	private void refuseTargets(String action) {
		refuse(action + " is about all shards of the task", "shard", this.shard);
		refuse(action + " is about all shards of the task", "instance", this.instance);
	}

	static void refuse(String why, String name, @Nullable String value) {
		if (value != null) {
			throw new IllegalArgumentException("%s: leave out '%s'".formatted(why, name));
		}
	}

	private OperationDescriptor done(String action, @Nullable Integer number, @Nullable String target,
			@Nullable String owner) {
		return new OperationDescriptor(action, this.task, number, target, owner, null);
	}

	/**
	 * A shard need not be named where there is only one.
	 */
	private int shardNumber() {
		if (this.shard != null) {
			try {
				return Integer.parseInt(this.shard.trim());
			}
			catch (NumberFormatException ex) {
				throw new IllegalArgumentException("'shard' must be a number, and is '%s'".formatted(this.shard), ex);
			}
		}
		int shards = this.distributedTasks.assignments()
			.tasks()
			.stream()
			.filter((candidate) -> candidate.name().equals(this.task))
			.mapToInt(Task::shards)
			.findFirst()
			.orElse(1);
		if (shards > 1) {
			throw new IllegalArgumentException(
					"Task '%s' has %d shards: select one by 'shard'".formatted(this.task, shards));
		}
		return 0;
	}

	static String required(String name, @Nullable String value) {
		if (value == null || value.isBlank()) {
			throw new IllegalArgumentException("'%s' is missing".formatted(name));
		}
		return value;
	}

}
