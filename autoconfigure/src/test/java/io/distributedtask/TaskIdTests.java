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

package io.distributedtask;

import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class TaskIdTests {

	@Test
	void ordersByNameAndThenByShardAsANumber() {
		TaskId second = new TaskId("crawler", 2);
		TaskId tenth = new TaskId("crawler", 10);
		TaskId other = new TaskId("digest", 0);
		assertThat(new TreeSet<>(Set.of(other, tenth, second))).containsExactly(second, tenth, other);
	}

	@Test
	void showsNameAndShard() {
		assertThat(new TaskId("crawler", 3)).hasToString("crawler[3]");
	}

	@Test
	void equalIdsHaveEqualHashes() {
		TaskId id = new TaskId("crawler", 3);
		assertThat(id).isEqualTo(new TaskId("crawler", 3)).hasSameHashCodeAs(new TaskId("crawler", 3));
		assertThat(id).isNotEqualTo(new TaskId("crawler", 4)).isNotEqualTo(new TaskId("digest", 3));
	}

	@Test
	void shardsOfTasksWithSimilarNamesHardlyCollide() {
		Set<Integer> hashes = new HashSet<>();
		for (int task = 0; task < 100; task++) {
			for (int shard = 0; shard < 1000; shard++) {
				hashes.add(new TaskId("task-" + task, shard).hashCode());
			}
		}
		assertThat(hashes).hasSizeGreaterThan(99_000);
	}

	@Test
	void refusesANegativeShard() {
		assertThatIllegalArgumentException().isThrownBy(() -> new TaskId("crawler", -1))
			.withMessage("Shard -1 of task 'crawler' must not be negative");
	}

	@Test
	@SuppressWarnings("NullAway")
	void refusesNoName() {
		assertThatNullPointerException().isThrownBy(() -> new TaskId(null, 0)).withMessage("'name' must not be null");
	}

}
