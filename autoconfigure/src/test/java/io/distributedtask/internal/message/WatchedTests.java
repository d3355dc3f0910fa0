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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who watches whom.
 */
class WatchedTests {

	private static List<Watched> members(int size) {
		List<Watched> members = new ArrayList<>(IntStream.range(0, size)
			.mapToObj((i) -> new Watched("member-%05d".formatted(i), "i" + i, "x" + i, "10.0.0.4:" + (i + 1)))
			.toList());
		Collections.shuffle(members, new Random(size));
		return members;
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5, 8, 17, 100, 1000 })
	void eachIsWatchedByTwoOthersOrByAllThereAre(int size) {
		Map<String, List<Watched>> neighbors = Watched.distribute(members(size));
		Map<String, Set<String>> watchers = new HashMap<>();
		assertThat(neighbors).hasSize(size);
		neighbors.forEach((watcher, watched) -> {
			assertThat(watched).doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(Watched.MOST);
			watched.forEach((it) -> {
				assertThat(it.memberId()).isNotEqualTo(watcher);
				watchers.computeIfAbsent(it.memberId(), (key) -> new HashSet<>()).add(watcher);
			});
		});
		assertThat(watchers.values()).hasSize((size < 2) ? 0 : size)
			.allSatisfy((it) -> assertThat(it).hasSize(Math.min(2, size - 1)));
		assertThat(Watched.distribute(members(size))).as("the order in which members are given").isEqualTo(neighbors);
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 3, 30, 100, 1000 })
	void whatOneTellsItsWatchersReachesAllByFewSteps(int size) {
		Map<String, Set<String>> links = new HashMap<>();
		Watched.distribute(members(size))
			.forEach((watcher, watched) -> watched
				.forEach((it) -> links.computeIfAbsent(it.memberId(), (key) -> new HashSet<>()).add(watcher)));
		Set<String> reached = new HashSet<>(Set.of("member-00000"));
		int steps = 0;
		while (reached.size() < size) {
			Set<String> next = new HashSet<>(reached);
			reached.forEach((it) -> next.addAll(links.getOrDefault(it, Set.of())));
			assertThat(next).as("all are connected").hasSizeGreaterThan(reached.size());
			reached = next;
			steps++;
		}
		assertThat(steps).isLessThanOrEqualTo(2 * (int) Math.ceil(Math.sqrt(size)));
	}

}
