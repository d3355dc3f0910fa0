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
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

import io.distributedtask.TaskId;
import io.distributedtask.internal.coordination.MemberAssignment.Grant;
import io.distributedtask.internal.coordination.MemberAssignment.Origin;
import io.distributedtask.internal.coordination.MemberState.Hold;

/**
 * A shard that this instance holds. Its phase is changed under the lock of the
 * {@link TaskCoordinator}, and read by anybody.
 */
final class Holding implements Ownership {

	private final TaskId id;

	private final Grant grant;

	private final List<Instant> progress;

	private final Instant missedSince;

	private final Lease lease;

	private final BiConsumer<Holding, List<Instant>> onStopped;

	private volatile Phase phase = Phase.OWNED;

	private volatile long revokedNanos;

	private volatile boolean stopped;

	Holding(TaskId id, Grant grant, List<Instant> progress, Instant missedSince, Lease lease,
			BiConsumer<Holding, List<Instant>> onStopped) {
		this.id = id;
		this.grant = grant;
		this.progress = List.copyOf(progress);
		this.missedSince = missedSince;
		this.lease = lease;
		this.onStopped = onStopped;
	}

	Grant grant() {
		return this.grant;
	}

	/**
	 * What was decided about the shard, whatever the lease says.
	 */
	Phase decidedPhase() {
		return this.phase;
	}

	Hold hold() {
		return switch (this.phase) {
			case OWNED -> Hold.OWNED;
			case REVOKING -> Hold.REVOKING;
			case LOST -> Hold.LOST;
		};
	}

	void enter(Phase phase, long nanos) {
		if (this.phase == Phase.OWNED) {
			this.revokedNanos = nanos;
		}
		this.phase = phase;
	}

	/**
	 * Whether nothing of the shard runs any more, though it may still be held.
	 */
	boolean hasStopped() {
		return this.stopped;
	}

	boolean isStuck(long nanos, Duration revokeTimeout) {
		return this.phase != Phase.OWNED && nanos - this.revokedNanos > revokeTimeout.toNanos();
	}

	@Override
	public TaskId id() {
		return this.id;
	}

	@Override
	public int shardCount() {
		return this.grant.shardCount();
	}

	@Override
	public long fencingToken() {
		return this.grant.token();
	}

	@Override
	public Instant since() {
		return this.grant.since();
	}

	@Override
	public Phase phase() {
		Phase decided = this.phase;
		return (decided == Phase.LOST || !this.lease.isValid()) ? Phase.LOST : decided;
	}

	@Override
	public Duration leaseRemaining() {
		return (this.phase != Phase.LOST) ? this.lease.remaining() : Duration.ZERO;
	}

	@Override
	public Origin origin() {
		return this.grant.origin();
	}

	@Override
	public List<Instant> progress() {
		return this.progress;
	}

	@Override
	public Instant missedSince() {
		return this.missedSince;
	}

	@Override
	public void stopped(List<Instant> progress) {
		this.stopped = true;
		this.onStopped.accept(this, List.copyOf(progress));
	}

	@Override
	public String toString() {
		return this.id + " token " + fencingToken() + " " + this.phase;
	}

}
