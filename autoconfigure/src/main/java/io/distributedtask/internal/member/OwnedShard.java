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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;
import org.jspecify.annotations.Nullable;

/**
 * A shard that this instance holds. Its phase is changed under the lock of the
 * {@link MemberLifecycle}; any thread may read it.
 */
public final class OwnedShard implements Ownership {

	private final TaskId id;

	private final Grant grant;

	private final Beginning beginning;

	private final @Nullable Instant inherited;

	private final Lease lease;

	private final BiConsumer<OwnedShard, List<Instant>> onStopped;

	private volatile Phase phase = Phase.OWNED;

	private volatile long revokedNanos;

	private volatile @Nullable Instant revokedAt;

	private volatile boolean stopped;

	private volatile int lostIn = -1;

	private volatile @Nullable Instant counted;

	private volatile Supplier<List<Instant>> progressSource = List::of;

	OwnedShard(TaskId id, Grant grant, Beginning beginning, @Nullable Success inherited, Lease lease,
			BiConsumer<OwnedShard, List<Instant>> onStopped) {
		this.id = id;
		this.grant = grant;
		this.beginning = beginning;
		this.inherited = (inherited != null) ? inherited.at() : null;
		this.lease = lease;
		this.onStopped = onStopped;
	}

	public Grant grant() {
		return this.grant;
	}

	/**
	 * The phase without regard to the lease.
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

	void enter(Phase phase, Clocks clocks) {
		if (this.phase == Phase.OWNED) {
			this.revokedNanos = clocks.nanos();
			this.revokedAt = Instant.ofEpochMilli(clocks.millis());
		}
		this.phase = phase;
	}

	/**
	 * The lease has ended, and with it the ownership.
	 * @param generation the generation of the assignment in force
	 */
	void leaseEnds(int generation) {
		if (this.phase != Phase.LOST) {
			this.lostIn = generation;
		}
	}

	/**
	 * The last generation in which the shard was certainly held, -1 if it is not known.
	 */
	int lostIn() {
		return this.lostIn;
	}

	/**
	 * Whether the shard has stopped, though it may still be held.
	 */
	boolean hasStopped() {
		return this.stopped;
	}

	/**
	 * When it was revoked or lost, if it was.
	 */
	long revokedNanos() {
		return this.revokedNanos;
	}

	boolean isStuck(long nanos, Duration revokeTimeout) {
		return this.phase != Phase.OWNED && !this.stopped && nanos - this.revokedNanos > revokeTimeout.toNanos();
	}

	/**
	 * Why the shard is still held although it is not owned.
	 * @param nanos the time
	 * @param revokeTimeout how long it may take to stop
	 * @return the reason, or {@code null} of one that is owned
	 */
	public @Nullable String reason(long nanos, Duration revokeTimeout) {
		Instant revokedAt = this.revokedAt;
		if (phase() == Phase.OWNED) {
			return null;
		}
		if (revokedAt == null) {
			return "lost, and has not stopped yet";
		}
		String what = stopReason(revokedAt, isStuck(nanos, revokeTimeout), revokeTimeout);
		return (this.phase == Phase.LOST) ? "lost, and " + what : what;
	}

	/**
	 * The reason to show for a shard that was told to stop.
	 * @param revokedAt when it was told
	 * @param stuck whether it should have stopped
	 * @param revokeTimeout how long it may take
	 */
	public static String stopReason(Instant revokedAt, boolean stuck, Duration revokeTimeout) {
		String what = "told to stop at " + revokedAt.truncatedTo(ChronoUnit.MILLIS);
		return stuck ? "%s, and has not stopped within revoke-timeout (%d ms)".formatted(what, revokeTimeout.toMillis())
				: what;
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
		return this.beginning.anchors();
	}

	@Override
	public boolean isDirect() {
		return this.beginning.direct();
	}

	@Override
	public @Nullable Instant missedSince() {
		return this.beginning.missedSince();
	}

	@Override
	public @Nullable Instant lastSuccess() {
		Instant counted = this.counted;
		return (counted != null) ? counted : this.inherited;
	}

	@Override
	public void succeeded(Instant at) {
		this.counted = at;
	}

	@Override
	public void setProgressSource(Supplier<List<Instant>> source) {
		this.progressSource = source;
	}

	/**
	 * The last success of a shard whose successes are counted here.
	 */
	@Nullable Success countedSuccess() {
		Instant counted = this.counted;
		return (counted != null) ? new Success(counted, this.progressSource.get()) : null;
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

	/**
	 * Where the schedules of a shard continue.
	 *
	 * @param anchors see {@link Ownership#progress()}
	 * @param direct see {@link Ownership#isDirect()}
	 * @param missedSince see {@link Ownership#missedSince()}
	 */
	record Beginning(List<Instant> anchors, boolean direct, @Nullable Instant missedSince) {

		Beginning {
			anchors = List.copyOf(anchors);
		}

		/**
		 * Determine it.
		 * @param grant what the leader has granted
		 * @param theirs the progress of others, as the leader sent it
		 * @param own the progress of this instance
		 * @param announced the progress of a vanished owner as last announced
		 * @param session the lease's session
		 */
		static Beginning of(Grant grant, List<Instant> theirs, List<Instant> own, List<Instant> announced,
				Session session) {
			boolean vanished = grant.origin() == Origin.FAILED_OVER;
			if (!vanished && theirs.isEmpty()) {
				// new, as far as the group knows
				return new Beginning(List.of(), false, null);
			}
			boolean unknown = vanished && (grant.ownerless() != null || theirs.isEmpty());
			List<Instant> others = vanished ? later(theirs, announced) : theirs;
			return new Beginning(later(others, own), !vanished && grant.ownerless() == null,
					unknown ? session.missedSince(grant.ownerless(), grant.since()) : null);
		}

		/**
		 * If the numbers of schedules differ, the other owner ran another version of the
		 * application.
		 */
		private static List<Instant> later(List<Instant> theirs, List<Instant> own) {
			if (theirs.size() != own.size()) {
				return theirs.isEmpty() ? own : theirs;
			}
			List<Instant> later = new ArrayList<>();
			for (int i = 0; i < theirs.size(); i++) {
				later.add(theirs.get(i).isAfter(own.get(i)) ? theirs.get(i) : own.get(i));
			}
			return later;
		}

	}

}
