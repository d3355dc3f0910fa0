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

package io.distributedtask;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * The ownership of a shard, as seen by its running task. All methods read memory and
 * clocks only, never the network: they take nanoseconds and may be called in a loop, from
 * any thread.
 * <p>
 * A context belongs to one ownership: once {@link #isOwned()} is {@code false} it stays
 * so, even if the same shard is assigned to this instance again (with a new context and a
 * higher token).
 *
 * @since 0.1.0
 */
public interface TaskContext {

	/**
	 * The name of the task.
	 * @return the name
	 */
	String name();

	/**
	 * The shard that is owned.
	 * @return the shard, from 0 to {@code shardCount() - 1}
	 */
	int shard();

	/**
	 * The number of shards of the task.
	 * @return the number, 1 for a task that is not sharded
	 */
	int shardCount();

	/**
	 * The fencing token of this ownership: greater than the token of every earlier owner
	 * of the shard, also across a deleted and re-created group. Send it with writes that
	 * must not happen twice, and let the store reject a token lower than the highest one
	 * that it has accepted.
	 * @return the token, positive
	 */
	long fencingToken();

	/**
	 * Whether the task should continue. It becomes {@code false} when the lease has
	 * expired, when the shard is lost, and, for a continuous task, as soon as the shard
	 * is revoked or the task is paused. A scheduled run in progress stays owned while it
	 * may finish within the revoke timeout.
	 * @return whether this instance owns the shard
	 */
	boolean isOwned();

	/**
	 * How long the shard is certainly owned if the broker sends no further answer. Work
	 * that takes longer than this without another check may overlap with the work of the
	 * next owner.
	 * @return the time that is left, zero when not owned
	 */
	Duration leaseRemaining();

	/**
	 * Check that the shard is still owned.
	 * @throws OwnershipLostException if {@link #isOwned()} is {@code false}
	 */
	default void ensureOwned() {
		if (!isOwned()) {
			throw new OwnershipLostException(name(), shard(), fencingToken());
		}
	}

	/**
	 * The instant of the schedule that the current run belongs to.
	 * @return the instant, which may lie before the start of the run; {@code null}
	 * outside a scheduled run, and in a run that an operator has requested
	 */
	@Nullable Instant scheduledTime();

	/**
	 * Run code with this context as the {@linkplain #current() current} one, for example
	 * on another thread.
	 * @param work what to run
	 * @param <T> the type of its result
	 * @return the result
	 * @throws Exception what the work throws
	 */
	default <T> T call(Callable<T> work) throws Exception {
		return CurrentTaskContext.call(this, work);
	}

	/**
	 * The context of the task that the calling thread is running.
	 * @return the context
	 * @throws IllegalStateException if the thread runs no task
	 */
	static TaskContext current() {
		return CurrentTaskContext.get();
	}

}
