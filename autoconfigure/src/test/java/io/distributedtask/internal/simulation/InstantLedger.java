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

package io.distributedtask.internal.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.simulation.OwnershipLedger.Entry;

/**
 * Keeps book of every scheduled run in the group. What has run to its end is not run
 * again: never by the process that has run it, and never when that one is back in the
 * group, for it tells. If it has vanished, that is not known of what it ran in the time
 * before, as long as a lease and the rebalance in which it is noticed last. Nor is
 * anything known of a group of which nobody is left.
 */
final class InstantLedger {

	private final VirtualTime time;

	private final LongSupplier emptiedNanos;

	private final boolean orderly;

	private final boolean overlaps;

	private final long unknown;

	private final Map<TaskId, Map<Long, List<Fired>>> fired = new TreeMap<>();

	private int repeated;

	/**
	 * Begin the book.
	 * @param time the time
	 * @param emptiedNanos tells when the last member of the group has left, with which
	 * all that was known has gone
	 * @param orderly whether nobody ever vanishes
	 * @param overlaps whether there may be two owners for a moment
	 * @param unknown for how long before it vanishes it may not be known what an owner
	 * has run, in nanoseconds
	 */
	InstantLedger(VirtualTime time, LongSupplier emptiedNanos, boolean orderly, boolean overlaps, long unknown) {
		this.time = time;
		this.emptiedNanos = emptiedNanos;
		this.orderly = orderly;
		this.overlaps = overlaps;
		this.unknown = unknown;
	}

	Fired began(Entry entry, long instant) {
		TaskId id = entry.ownership().id();
		List<Fired> former = this.fired.computeIfAbsent(id, (key) -> new TreeMap<>())
			.computeIfAbsent(instant, (key) -> new ArrayList<>());
		for (Fired other : former) {
			if (other.completedAt >= 0) {
				this.repeated++;
				if (!mayRepeat(other, entry)) {
					throw new OwnershipLedger.BrokenPromise(
							"%s runs the instant %d ms of %s again, which has run as %s, completed at %.3f".formatted(
									entry, instant - SimulatedClocks.EPOCH_MILLIS, id, other.entry,
									other.completedAt / 1e9));
				}
			}
		}
		Fired begun = new Fired(entry, instant);
		former.add(begun);
		return begun;
	}

	private boolean mayRepeat(Fired other, Entry entry) {
		// who leaves before it is heard of what it has given back takes that with it
		boolean isVanished = !this.orderly
				|| other.entry.hasEndedInOrder() && entry.ownership().origin() == Origin.FAILED_OVER;
		if (other.entry == entry || !isVanished || other.entry.instance() == entry.instance()) {
			return false;
		}
		if (this.emptiedNanos.getAsLong() >= other.completedAt) {
			return true;
		}
		if (other.entry.ownership().fencingToken() > entry.ownership().fencingToken()) {
			return this.overlaps;
		}
		long end = other.entry.endedAt();
		// what was given back in order is known to a leader, which may vanish
		boolean isTold = entry.wasToldBy(other.entry.instance(), other.instant) && !other.entry.hasEndedInOrder();
		return !isTold && (end < 0 || other.completedAt >= end - this.unknown);
	}

	void completed(Fired run) {
		run.completedAt = this.time.now();
	}

	/**
	 * How many runs have repeated another.
	 */
	int repeated() {
		return this.repeated;
	}

	/**
	 * One run.
	 */
	static final class Fired {

		private final Entry entry;

		private final long instant;

		private long completedAt = -1;

		private Fired(Entry entry, long instant) {
			this.entry = entry;
			this.instant = instant;
		}

		long instant() {
			return this.instant;
		}

	}

}
