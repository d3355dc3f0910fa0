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

package io.distributedtask.internal.engine;

import java.time.Duration;

/**
 * The schedule of a shutdown: tasks may end by themselves until they are interrupted;
 * shards that stop then can still be handed over gracefully; after that the instance
 * leaves the group whatever still runs, early enough for the LeaveGroup to be answered.
 *
 * @param hurryNanos when tasks that still run are interrupted, by the monotonic clock
 * @param abandonNanos when waiting for them ends
 * @param endNanos when the group must have been left
 */
record ShutdownSchedule(long hurryNanos, long abandonNanos, long endNanos) {

	private static final Duration LONGEST_STEP = Duration.ofSeconds(1);

	private static final Duration SHORTEST_LEAVE = Duration.ofMillis(100);

	static ShutdownSchedule in(Duration timeout, long nanos) {
		Duration tenth = timeout.dividedBy(10);
		long step = ((tenth.compareTo(LONGEST_STEP) < 0) ? tenth : LONGEST_STEP).toNanos();
		long end = nanos + timeout.toNanos();
		return new ShutdownSchedule(end - 2 * step, end - step, end);
	}

	boolean isTimeToHurry(long nanos) {
		return nanos - this.hurryNanos >= 0;
	}

	boolean isTimeToLeave(long nanos) {
		return nanos - this.abandonNanos >= 0;
	}

	/**
	 * How long to wait until the next of these times.
	 */
	Duration untilNext(long nanos, Duration timeout) {
		long next = isTimeToHurry(nanos) ? this.abandonNanos : this.hurryNanos;
		return Duration.ofNanos(Math.min(timeout.toNanos(), Math.max(0, next - nanos)));
	}

	/**
	 * How long to wait for the response to a LeaveGroup.
	 */
	Duration leaveTimeout(long nanos, Duration longest) {
		Duration left = Duration.ofNanos(Math.max(SHORTEST_LEAVE.toNanos(), this.endNanos - nanos));
		return (left.compareTo(longest) < 0) ? left : longest;
	}

}
