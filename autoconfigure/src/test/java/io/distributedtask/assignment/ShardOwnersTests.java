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

package io.distributedtask.assignment;

import java.util.HashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;

import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ShardOwners}.
 */
class ShardOwnersTests {

	@Test
	void isAMapLikeAnyOther() {
		for (long seed = 0; seed < 500; seed++) {
			Random random = new Random(seed);
			Map<TaskId, String> expected = new HashMap<>();
			Map<String, @Nullable String[]> owners = new HashMap<>();
			for (int task = 0; task < random.nextInt(6); task++) {
				@Nullable String[] ofTask = new String[random.nextInt(5)];
				for (int shard = 0; shard < ofTask.length; shard++) {
					if (random.nextBoolean()) {
						ofTask[shard] = "instance-" + random.nextInt(3);
						expected.put(new TaskId("task-" + task, shard), ofTask[shard]);
					}
				}
				owners.put("task-" + task, ofTask);
			}
			ShardOwners map = new ShardOwners(owners, expected.size());
			assertThat(map).as("seed %d", seed).isEqualTo(expected).hasSameHashCodeAs(expected);
			assertThat(new HashMap<>(map)).isEqualTo(expected);
			assertThat(map.keySet()).containsExactlyInAnyOrderElementsOf(expected.keySet());
			for (int i = 0; i < 20; i++) {
				TaskId id = new TaskId("task-" + random.nextInt(8), random.nextInt(8));
				assertThat(map.get(id)).isEqualTo(expected.get(id));
				assertThat(map.containsKey(id)).isEqualTo(expected.containsKey(id));
			}
		}
	}

	@Test
	void knowsNothingButShardsAndCannotBeChanged() {
		ShardOwners map = new ShardOwners(Map.of("t", new String[] { "a" }), 1);
		assertThat(map.get("t")).isNull();
		assertThat(map.get(null)).isNull();
		assertThat(map.containsValue("a")).isTrue();
		TaskId id = new TaskId("t", 0);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> map.put(id, "b"));
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> map.remove(id));
		var entries = map.entrySet().iterator();
		assertThat(entries.next()).isEqualTo(Map.entry(id, "a"));
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(entries::next);
	}

}
