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

package io.distributedtask.actuate.endpoint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Changes of shards in the making: those that differ by nothing but the shard are one. A
 * number of changes that would push everything else out of the history is not told one by
 * one.
 */
final class ChangeList {

	private static final int MOST = 100;

	private final Map<ChangeDescriptor, BitSet> shards = new LinkedHashMap<>();

	void add(ChangeDescriptor change, int shard) {
		this.shards.computeIfAbsent(change, (key) -> new BitSet()).set(shard);
	}

	List<ChangeDescriptor> toList() {
		List<ChangeDescriptor> changes = new ArrayList<>();
		int untold = 0;
		Instant at = Instant.EPOCH;
		int generation = -1;
		for (Map.Entry<ChangeDescriptor, BitSet> entry : this.shards.entrySet()) {
			ChangeDescriptor change = entry.getKey();
			if (changes.size() < MOST) {
				changes.add(change.withShards(ranges(entry.getValue())));
			}
			else {
				untold += entry.getValue().cardinality();
				at = change.at();
				generation = change.generation();
			}
		}
		if (untold > 0) {
			changes.add(ChangeDescriptor.more(at, generation,
					"%d more shards of %d tasks".formatted(untold, this.shards.size() - MOST)));
		}
		return changes;
	}

	private static String ranges(BitSet shards) {
		StringJoiner ranges = new StringJoiner(",");
		for (int first = shards.nextSetBit(0); first >= 0;) {
			int end = shards.nextClearBit(first);
			ranges.add((end - first > 1) ? "%d-%d".formatted(first, end - 1) : Integer.toString(first));
			first = shards.nextSetBit(end);
		}
		return ranges.toString();
	}

}
