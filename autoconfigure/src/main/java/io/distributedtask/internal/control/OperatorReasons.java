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

package io.distributedtask.internal.control;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Describes the requests of operators about a shard.
 */
public final class OperatorReasons {

	private final OperatorState state;

	public OperatorReasons(OperatorState state) {
		this.state = state;
	}

	/**
	 * The same shard with a reason that contains the requests about it.
	 */
	public Assignment explain(String task, Assignment assignment) {
		String reason = Stream
			.of(assignment.reason(), paused(task), moved(new TaskId(task, assignment.shard()), assignment))
			.filter(Objects::nonNull)
			.collect(Collectors.joining("; "));
		return (reason.isEmpty() || reason.equals(assignment.reason())) ? assignment
				: new Assignment(assignment.shard(), assignment.owner(), assignment.state(), assignment.fencingToken(),
						assignment.since(), reason, assignment.execution(), assignment.takenOver());
	}

	private @Nullable String paused(String task) {
		OperatorCommand pause = this.state.pause(task);
		if (pause == null) {
			return null;
		}
		return "%s at %s on %s".formatted(
				(pause.key().kind() == Kind.PAUSE_ALL) ? "paused with the whole group" : "paused",
				Instant.ofEpochMilli(pause.time()).truncatedTo(ChronoUnit.SECONDS), pause.author());
	}

	private @Nullable String moved(TaskId id, Assignment assignment) {
		String instance = this.state.moved(id);
		if (instance == null) {
			return null;
		}
		if (instance.equals(assignment.owner())) {
			return "pinned to " + instance;
		}
		return "pinned to %s, %s".formatted(instance, (assignment.state() == AssignmentStatus.OWNED)
				? "which does not own it yet or cannot run it now" : "which will get it");
	}

}
