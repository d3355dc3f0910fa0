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

package io.distributedtask.internal.port;

import java.util.Collection;
import java.util.function.Predicate;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * Runs the shards that this instance owns. Every method returns at once: application code
 * runs on other threads than the caller's.
 */
public interface TaskRunner {

	/**
	 * The tasks that this instance can run. When that has changed,
	 * {@code TaskEngine.tasksChanged} is called. Any thread.
	 * @return the tasks, an immutable list
	 */
	Collection<TaskDefinition> tasks();

	/**
	 * Begin to run a shard. At most one ownership of a shard is open at a time: the next
	 * one starts after the former called {@link Ownership#stopped}. If this throws,
	 * nothing may have begun.
	 * @param ownership the ownership
	 */
	void start(Ownership ownership);

	/**
	 * End the runs of a shard gracefully: no new one begins, the current one may end
	 * within the revoke timeout and is interrupted then. When nothing runs,
	 * {@link Ownership#stopped} is called, once.
	 * @param ownership the ownership, whose {@link Ownership#phase() phase} has changed
	 * before the call
	 */
	void revoke(Ownership ownership);

	/**
	 * End the runs of a shard now: the current one is interrupted at once. When nothing
	 * runs, {@link Ownership#stopped} is called, once. May follow {@link #revoke}.
	 * @param ownership the ownership, whose {@link Ownership#phase() phase} has changed
	 * before the call
	 */
	void lost(Ownership ownership);

	/**
	 * End the runs of a revoked shard before its revoke timeout: the current one is
	 * interrupted now. Its phase stays as it is.
	 * @param ownership the ownership
	 */
	void hurry(Ownership ownership);

	/**
	 * Pause tasks, and resume the others. Shards of a paused task stay owned: no run
	 * begins, and continuous work is ended gracefully. Called whenever the pauses may
	 * have changed; applies to shards that are started later, too.
	 * @param paused whether a task of that name is paused
	 */
	default void applyPauses(Predicate<String> paused) {
	}

	/**
	 * Whether a task can be run once on request. Any thread.
	 * @param task the name of the task
	 * @return whether {@link #run} is supported
	 */
	default boolean runsOnRequest(String task) {
		return false;
	}

	/**
	 * Run a shard once, in addition to its other runs: after the run in progress if there
	 * is one.
	 * @param ownership the ownership
	 * @param begun called when the run begins, on any thread; never if the shard is
	 * stopped before
	 * @return whether it will be run unless it is stopped before
	 */
	default boolean run(Ownership ownership, Runnable begun) {
		return false;
	}

	/**
	 * How a shard runs. Any thread.
	 * @param id the shard
	 * @return its execution, or {@code null} when it is not owned here
	 */
	Assignments.@Nullable Execution execution(TaskId id);

}
