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

package io.distributedtask.sample;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Shards as people write them: {@code 0-4,7}.
 */
final class ShardRanges {

	private ShardRanges() {
	}

	static String format(Collection<Integer> shards) {
		StringBuilder text = new StringBuilder();
		SortedSet<Integer> sorted = new TreeSet<>(shards);
		int first = -1;
		int last = -2;
		for (int shard : sorted) {
			if (shard != last + 1) {
				close(text, first, last);
				first = shard;
			}
			last = shard;
		}
		close(text, first, last);
		return text.toString();
	}

	private static void close(StringBuilder text, int first, int last) {
		if (first < 0) {
			return;
		}
		text.append(text.isEmpty() ? "" : ",").append(first);
		if (last > first) {
			text.append('-').append(last);
		}
	}

}
