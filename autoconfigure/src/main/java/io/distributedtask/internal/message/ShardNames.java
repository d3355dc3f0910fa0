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

package io.distributedtask.internal.message;

import java.util.BitSet;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.distributedtask.TaskId;

/**
 * Names many shards in one line of the log.
 */
public final class ShardNames {

	private static final int MOST_TASKS = 20;

	private ShardNames() {
	}

	/**
	 * Name shards.
	 * @param ids the shards
	 * @return such as {@code 9 shards: crawler[0-7], invoices[0]}
	 */
	public static String of(Collection<TaskId> ids) {
		Map<String, BitSet> shards = new TreeMap<>();
		ids.forEach((id) -> shards.computeIfAbsent(id.name(), (name) -> new BitSet()).set(id.shard()));
		String names = shards.entrySet()
			.stream()
			.limit(MOST_TASKS)
			.map((entry) -> "%s[%s]".formatted(entry.getKey(), ShardSet.of(entry.getValue())))
			.collect(Collectors.joining(", "));
		String more = (shards.size() > MOST_TASKS) ? " and %d more tasks".formatted(shards.size() - MOST_TASKS) : "";
		return "%s: %s%s".formatted(count(ids.size()), names, more);
	}

	/**
	 * Count shards.
	 * @return such as {@code 9 shards}
	 */
	public static String count(int shards) {
		return (shards == 1) ? "1 shard" : shards + " shards";
	}

}
