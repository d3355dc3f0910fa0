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

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Group;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Source;
import io.distributedtask.Assignments.Task;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AssignmentTable} and {@link PlainDisplay}.
 */
class AssignmentTableTests {

	private static final Progress HALF = new Progress(1, 200, 100, 0, 3 << 20);

	@Test
	void drawsEachShard() {
		assertThat(AssignmentTable.draw(snapshot(picture()), 40)).containsExactly(
				"01:05  [###############---------------] 100 of 200 files hashed, 50 %, 3 MiB",
				"Group checksums: REBALANCING, generation 7, leader one", "",
				"             one           two           three", "digest 0     #             .             .",
				"digest 1     .             stopping      .", "digest 2     .             .             .  unassigned",
				"digest 3     .             .             #", "leader       .             #             .",
				"owned        1             2             1");
	}

	@Test
	void drawsRangesWhenThereIsLittleRoom() {
		assertThat(AssignmentTable.draw(snapshot(picture()), 8)).endsWith("digest       0             1             3",
				"leader                     0", "owned        1             2             1");
	}

	@Test
	void tellsWhenNobodyAnswers() {
		assertThat(AssignmentTable.draw(snapshot(null), 40)).endsWith("No instance answers");
		assertThat(PlainDisplay.line(snapshot(null))).endsWith("no instance answers");
	}

	@Test
	void tellsInOneLine() {
		assertThat(PlainDisplay.line(snapshot(picture())))
			.isEqualTo("01:05  100 of 200 files hashed (50 %)  REBALANCING, generation 7: one 1, three 1, two 2, "
					+ "unassigned 1, being revoked 1");
	}

	private static Snapshot snapshot(@Nullable Assignments assignments) {
		return new Snapshot(Duration.ofSeconds(65), List.of("one", "two", "three"), HALF, assignments);
	}

	private static Assignments picture() {
		List<Assignment> digest = List.of(shard(0, "one", AssignmentStatus.OWNED),
				shard(1, "two", AssignmentStatus.REVOKING), shard(2, null, AssignmentStatus.UNASSIGNED),
				shard(3, "three", AssignmentStatus.OWNED));
		List<Task> tasks = List.of(new Task("digest", 4, 1, "", false, digest),
				new Task("leader", 1, 1, "", false, List.of(shard(0, "two", AssignmentStatus.OWNED))));
		List<Instance> instances = new ArrayList<>();
		for (String name : List.of("one", "two", "three")) {
			instances.add(new Instance(name, "m-" + name, "127.0.0.1", Map.of(), 1, false, name.equals("one"),
					name.equals("one"), null, 1));
		}
		return new Assignments(new Group("checksums", GroupStatus.REBALANCING, 7, "sticky", "one", null), "one",
				Source.COORDINATOR, Instant.EPOCH, instances, tasks);
	}

	private static Assignment shard(int shard, @Nullable String owner, AssignmentStatus status) {
		return new Assignment(shard, owner, status, 1L, Instant.EPOCH, null, null);
	}

}
