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

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A member of whose process others notice the end.
 *
 * @param memberId its id at the coordinator
 * @param instance the name of its instance
 * @param incarnation the id of its process, new for each start of an instance
 * @param address where its process answers with that id, an IP address and a port
 */
public record Watched(String memberId, String instance, String incarnation, String address) {

	/** The members that one member watches at most. */
	public static final int MOST = 2;

	/**
	 * Decide who watches whom. In the order of their ids, each member watches the next
	 * one, and the one that is the square root of their number away: so each is watched
	 * by two others, and what one of them hears reaches all by few steps.
	 * @param members the members that take part
	 * @return whom each of them watches, by its id
	 */
	public static Map<String, List<Watched>> distribute(Collection<Watched> members) {
		List<Watched> ring = members.stream().sorted(Comparator.comparing(Watched::memberId)).toList();
		int size = ring.size();
		int far = Math.max(2, (int) Math.round(Math.sqrt(size)));
		Map<String, List<Watched>> neighbors = new HashMap<>();
		for (int i = 0; i < size; i++) {
			Watched next = ring.get((i + 1) % size);
			List<Watched> watched = (size < 2) ? List.of()
					: (size == 2) ? List.of(next) : List.of(next, ring.get((i + far) % size));
			neighbors.put(ring.get(i).memberId(), watched);
		}
		return neighbors;
	}

}
