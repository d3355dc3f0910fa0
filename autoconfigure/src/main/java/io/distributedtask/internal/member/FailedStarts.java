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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.port.Clocks;

/**
 * Shards that could not be started. They are given back after a delay only: giving them
 * back at once would cause endless rebalances.
 */
final class FailedStarts {

	static final Duration RETRY = Duration.ofSeconds(5);

	private final Map<OwnedShard, Long> failedAt = new HashMap<>();

	private final Clocks clocks;

	FailedStarts(Clocks clocks) {
		this.clocks = clocks;
	}

	void add(OwnedShard shard) {
		this.failedAt.put(shard, this.clocks.nanos());
	}

	boolean contains(OwnedShard shard) {
		return this.failedAt.containsKey(shard);
	}

	/**
	 * Those that are to be given back now, and are no longer known here afterwards.
	 */
	List<OwnedShard> takeDue() {
		long now = this.clocks.nanos();
		List<OwnedShard> due = this.failedAt.entrySet()
			.stream()
			.filter((failed) -> now - failed.getValue() >= RETRY.toNanos())
			.map(Map.Entry::getKey)
			.toList();
		due.forEach(this.failedAt::remove);
		return due;
	}

}
