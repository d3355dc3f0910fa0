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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.Success;
import org.jspecify.annotations.Nullable;

/**
 * This instance's ownership of one shard, from its assignment until it has stopped. All
 * methods may be called from any thread.
 */
public interface Ownership {

	/**
	 * The phase of an ownership. It only moves forward.
	 */
	enum Phase {

		/** Work may begin. */
		OWNED,
		/** Work in progress may end, nothing new begins; nobody else owns the shard. */
		REVOKING,
		/** Nothing may continue: another instance may own the shard. */
		LOST

	}

	TaskId id();

	int shardCount();

	long fencingToken();

	/**
	 * When the ownership began.
	 * @return the leader's clock at that time
	 */
	Instant since();

	/**
	 * The phase of the ownership, the lease included: with an expired lease it is
	 * {@link Phase#LOST} and remains so, even before that was reported.
	 * @return the phase
	 */
	Phase phase();

	/**
	 * How long the lease is valid without another response of the coordinator.
	 * @return the time that is left, zero when {@link Phase#LOST}
	 */
	Duration leaseRemaining();

	/**
	 * How this instance got the shard.
	 * @return the origin
	 */
	Origin origin();

	/**
	 * The instants up to which the schedules of the shard are done, as far as that is
	 * known.
	 * @return one instant for each schedule, as a former owner, which may have been this
	 * instance, gave them to {@link #stopped}; empty when there is no such knowledge
	 */
	List<Instant> progress();

	/**
	 * Whether the shard comes directly from its former owner, so that instants that were
	 * due during the hand-over are not missed.
	 * @return whether it does
	 */
	default boolean isDirect() {
		return origin() == Origin.HANDED_OVER;
	}

	/**
	 * The earliest instant that a vanished owner may not have run. Instants between
	 * {@link #progress()} and this one may have been run.
	 * @return the instant, or {@code null} if {@link #progress()} is exact
	 */
	@Nullable Instant missedSince();

	/**
	 * When a run of the shard is known to have ended successfully, here or elsewhere.
	 * @return the instant, {@code null} if none is known
	 */
	default @Nullable Instant lastSuccess() {
		return null;
	}

	/**
	 * Report that a run has ended successfully, or from when on time without a success
	 * counts. The next owner continues from there.
	 * @param at when
	 */
	default void succeeded(Instant at) {
	}

	/**
	 * Set the source of the progress of those schedules whose progress depends on their
	 * runs, so that the group knows it if this instance crashes.
	 * @param source called whenever the group rebalances; see {@link Success#anchors()}
	 */
	default void setProgressSource(Supplier<List<Instant>> source) {
	}

	/**
	 * Report that the shard has stopped. To be called once, after
	 * {@link TaskRunner#revoke} or {@link TaskRunner#lost}.
	 * @param progress the progress of the schedules of the shard, see
	 * {@link #progress()}; of a lost shard, the progress when it was lost; empty when
	 * there are no schedules
	 */
	void stopped(List<Instant> progress);

}
