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

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Shards by what those of one task have in common, in the order in which that is
 * mentioned first.
 *
 * @param <K> what they have in common
 */
public final class ShardGroups<K> {

	private final Map<K, BitSet> groups = new LinkedHashMap<>();

	public void add(K terms, int shard) {
		this.groups.computeIfAbsent(terms, (key) -> new BitSet()).set(shard);
	}

	/**
	 * Make one element of each group.
	 * @param mapper makes it of the terms and the shards
	 */
	public <T> List<T> toList(BiFunction<K, ShardSet, T> mapper) {
		List<T> list = new ArrayList<>(this.groups.size());
		this.groups.forEach((terms, shards) -> list.add(mapper.apply(terms, ShardSet.of(shards))));
		return list;
	}

}
