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

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import io.distributedtask.TaskContext;
import io.distributedtask.TaskId;
import io.distributedtask.TaskWork;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TaskContext} for unit tests of a task's code, without Spring:
 *
 * <pre class="code">
 * TestTaskContext task = TestTaskContext.of("crawler").withShard(3, 16).withChecks(2);
 * crawler.crawl(task);        // its loop "while (task.isOwned())" runs twice
 * </pre>
 *
 * It is owned until the test calls {@link #endLease()}. May be used by several threads.
 *
 * @since 0.1.0
 */
public final class TestTaskContext implements TaskContext {

	private static final Duration DEFAULT_LEASE = Duration.ofSeconds(10);

	private static final int UNLIMITED = -1;

	private final TaskId id;

	private final int shardCount;

	private final long fencingToken;

	private final Duration lease;

	private final @Nullable Instant scheduledTime;

	private int checksLeft;

	private boolean ended;

	private TestTaskContext(TaskId id, int shardCount, long fencingToken, Duration lease,
			@Nullable Instant scheduledTime, int checks) {
		this.id = id;
		this.shardCount = shardCount;
		this.fencingToken = fencingToken;
		this.lease = lease;
		this.scheduledTime = scheduledTime;
		this.checksLeft = checks;
	}

	/**
	 * The context of a task with one shard, which is owned, with the fencing token 1 and
	 * outside a scheduled run.
	 * @param name the name of the task
	 * @return a context
	 */
	public static TestTaskContext of(String name) {
		return new TestTaskContext(new TaskId(name, 0), 1, 1, DEFAULT_LEASE, null, UNLIMITED);
	}

	/**
	 * A context like this one, of a shard.
	 * @param shard the shard, from 0
	 * @param shardCount the number of shards
	 * @return a context with a new lease
	 */
	public TestTaskContext withShard(int shard, int shardCount) {
		Objects.checkIndex(shard, shardCount);
		return new TestTaskContext(new TaskId(name(), shard), shardCount, this.fencingToken, this.lease,
				this.scheduledTime, this.checksLeft);
	}

	/**
	 * A context like this one, with another fencing token.
	 * @param fencingToken the token, positive
	 * @return a context with a new lease
	 */
	public TestTaskContext withFencingToken(long fencingToken) {
		if (fencingToken <= 0) {
			throw new IllegalArgumentException("Fencing token %d must be positive".formatted(fencingToken));
		}
		return new TestTaskContext(this.id, this.shardCount, fencingToken, this.lease, this.scheduledTime,
				this.checksLeft);
	}

	/**
	 * A context like this one, with another answer of {@link #leaseRemaining()}. It does
	 * not become shorter by itself.
	 * @param leaseRemaining the time that is left
	 * @return a context with a new lease
	 */
	public TestTaskContext withLeaseRemaining(Duration leaseRemaining) {
		if (leaseRemaining.isNegative() || leaseRemaining.isZero()) {
			throw new IllegalArgumentException("'leaseRemaining' must be positive: call endLease() instead");
		}
		return new TestTaskContext(this.id, this.shardCount, this.fencingToken, leaseRemaining, this.scheduledTime,
				this.checksLeft);
	}

	/**
	 * A context like this one, in a scheduled run.
	 * @param scheduledTime the instant of the schedule
	 * @return a context with a new lease
	 */
	public TestTaskContext withScheduledTime(Instant scheduledTime) {
		return new TestTaskContext(this.id, this.shardCount, this.fencingToken, this.lease, scheduledTime,
				this.checksLeft);
	}

	/**
	 * A context like this one, that is owned at a number of checks, {@link #isOwned()} or
	 * {@link #ensureOwned()}, and no longer: a loop ends without a second thread.
	 * @param checks the number of checks
	 * @return a context with a new lease
	 */
	public TestTaskContext withChecks(int checks) {
		if (checks < 0) {
			throw new IllegalArgumentException("The number of checks %d must not be negative".formatted(checks));
		}
		return new TestTaskContext(this.id, this.shardCount, this.fencingToken, this.lease, this.scheduledTime, checks);
	}

	/**
	 * End the lease: the shard is no longer owned, for good.
	 */
	public synchronized void endLease() {
		this.ended = true;
	}

	/**
	 * Run code with this context as the {@linkplain TaskContext#current() current} one.
	 * @param body what to run, such as the task's method
	 * @throws Exception what it throws
	 */
	public void run(TaskWork.Body body) throws Exception {
		call(() -> {
			body.run(this);
			return true;
		});
	}

	@Override
	public String name() {
		return this.id.name();
	}

	@Override
	public int shard() {
		return this.id.shard();
	}

	@Override
	public int shardCount() {
		return this.shardCount;
	}

	@Override
	public long fencingToken() {
		return this.fencingToken;
	}

	@Override
	public synchronized boolean isOwned() {
		if (this.checksLeft > 0) {
			this.checksLeft--;
		}
		else if (this.checksLeft == 0) {
			this.ended = true;
		}
		return !this.ended;
	}

	@Override
	public synchronized Duration leaseRemaining() {
		return this.ended ? Duration.ZERO : this.lease;
	}

	@Override
	public @Nullable Instant scheduledTime() {
		return this.scheduledTime;
	}

	@Override
	public String toString() {
		return this.id + " token " + this.fencingToken;
	}

}
