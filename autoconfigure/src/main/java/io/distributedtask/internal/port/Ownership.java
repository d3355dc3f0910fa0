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
 * This instance's ownership of one shard, from its assignment until nothing of it runs
 * any more. All methods may be called from any thread.
 */
public interface Ownership {

	/**
	 * Where an ownership stands. It only moves forward.
	 */
	enum Phase {

		/** Work may begin. */
		OWNED,
		/** Work in progress may end, nothing new begins; nobody else owns the shard. */
		REVOKING,
		/** Nothing may go on: somebody else may own the shard. */
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
	 * Where the ownership stands, the lease considered: an expired lease is
	 * {@link Phase#LOST}, for good, even before anybody was told so.
	 * @return the phase
	 */
	Phase phase();

	/**
	 * How long the lease holds without another word from the coordinator.
	 * @return the time that is left, zero when {@link Phase#LOST}
	 */
	Duration leaseRemaining();

	/**
	 * How this instance came to the shard.
	 * @return the origin
	 */
	Origin origin();

	/**
	 * Up to where the schedules of the shard are done, as far as that is known.
	 * @return one instant for each schedule, as a former owner, which may have been this
	 * instance, gave them to {@link #stopped}; empty when there is no such knowledge
	 */
	List<Instant> progress();

	/**
	 * Whether the shard comes from its former owner without anything in between, so that
	 * what was due while it was on its way is not missed.
	 * @return whether it does
	 */
	default boolean isDirect() {
		return origin() == Origin.HANDED_OVER;
	}

	/**
	 * The earliest instant that a vanished owner may have left undone. What is later than
	 * {@link #progress()} may have been done up to there.
	 * @return the instant, or {@code null} if nobody has vanished of whom
	 * {@link #progress()} does not tell
	 */
	@Nullable Instant missedSince();

	/**
	 * When a run of the shard is known to have ended well, here or elsewhere.
	 * @return the instant, {@code null} if none is known
	 */
	default @Nullable Instant lastSuccess() {
		return null;
	}

	/**
	 * Say that a run has ended well, or from when on time without one is to be counted.
	 * The next owner goes on from there.
	 * @param at when
	 */
	default void succeeded(Instant at) {
	}

	/**
	 * Say how to learn how far those schedules of the shard have come of which only their
	 * runs tell, for the group to know it if this instance crashes.
	 * @param source called whenever the group rebalances; see {@link Success#anchors()}
	 */
	default void setProgressSource(Supplier<List<Instant>> source) {
	}

	/**
	 * Say that nothing of the shard runs any more. To be called once, after
	 * {@link TaskRunner#revoke} or {@link TaskRunner#lost}.
	 * @param progress how far the schedules of the shard have come, see
	 * {@link #progress()}; of one that is lost, how far they had come when it was; empty
	 * when there are none
	 */
	void stopped(List<Instant> progress);

}
