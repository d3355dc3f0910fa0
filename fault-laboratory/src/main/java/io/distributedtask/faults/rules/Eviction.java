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

package io.distributedtask.faults.rules;

import java.time.Duration;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.RecordedRun;
import org.jspecify.annotations.Nullable;

/**
 * The exception from mutual exclusion that the promise makes: an administrator has
 * removed a member by hand, and that member learns of it by the answer to its next
 * heartbeat. If there is a fault of its process, its links or the brokers meanwhile, or
 * was less than a second before, it cannot learn of it so soon, and may believe in its
 * lease until that ends.
 *
 * @param disturbed whether there was such a fault
 * @param most how long two ownerships may overlap
 */
record Eviction(boolean disturbed, Duration most) {

	/** How long after a fault of the network it may take to be connected again. */
	private static final long RECONNECT = 1_000_000_000;

	/**
	 * Look for an eviction from which an overlap may come.
	 * @param instance the instance that did not give up
	 * @param owned since when it owned the shard, as far as known
	 * @param from when the overlap began
	 * @param to when it was last seen
	 * @param run what was recorded
	 * @return the exception, or {@code null} if there is none
	 */
	static @Nullable Eviction find(String instance, long owned, long from, long to, RecordedRun run) {
		long recent = run.aftermath();
		boolean evicted = run.faults()
			.stream()
			.anyMatch((fault) -> fault.kind() == FaultKind.EVICT && fault.concerns(instance)
					&& fault.overlaps(Math.max(owned, from - recent), to));
		if (!evicted) {
			return null;
		}
		boolean disturbed = run.faults()
			.stream()
			.anyMatch((fault) -> fault.overlaps(from - RECONNECT, to) && fault.concerns(instance)
					&& fault.kind() != FaultKind.EVICT && fault.kind() != FaultKind.GARBAGE
					&& !Fault.ORDERLY.contains(fault.kind()));
		return new Eviction(disturbed, disturbed ? run.group().sessionTimeout() : run.group().heartbeatInterval());
	}

	boolean permits(long overlap) {
		return overlap <= this.most.toNanos();
	}

}
