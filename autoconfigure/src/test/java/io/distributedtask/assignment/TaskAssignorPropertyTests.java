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

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static io.distributedtask.assignment.RandomGroups.eligible;
import static io.distributedtask.assignment.RandomGroups.forEachMixedGroup;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds of every built-in {@link TaskAssignor}, whatever the group.
 */
@Timeout(60)
class TaskAssignorPropertyTests {

	static Stream<Named<TaskAssignor>> assignors() {
		return Stream
			.of(TaskAssignor.sticky(), TaskAssignor.rendezvous(), TaskAssignor.zoneSpread("zone"),
					TaskAssignor.zoneSpread("x"))
			.map((assignor) -> Named.of(assignor.name(), assignor));
	}

	@ParameterizedTest
	@MethodSource("assignors")
	void everyShardHasOneOwnerThatMayOwnIt(TaskAssignor assignor) {
		forEachMixedGroup(assignor, (group) -> {
			GroupState state = group.state();
			group.assign();
			for (TaskDefinition task : state.tasks()) {
				List<String> eligible = eligible(state, task);
				for (int shard = 0; shard < task.shards(); shard++) {
					String owner = group.owners.get(new TaskId(task.name(), shard));
					assertThat((owner != null) ? eligible.contains(owner) : eligible.isEmpty())
						.as("owner %s of %s[%d]", owner, task.name(), shard)
						.isTrue();
				}
			}
			assertThat(group.owners.keySet()).allMatch((id) -> id.shard() < group.tasks.get(id.name()).shards());
		});
	}

	@ParameterizedTest
	@MethodSource("assignors")
	void assigningTheResultAgainChangesNothing(TaskAssignor assignor) {
		forEachMixedGroup(assignor, (group) -> {
			group.assign();
			Map<TaskId, String> assigned = group.owners;
			group.assign();
			assertThat(group.owners).isEqualTo(assigned);
		});
	}

	@ParameterizedTest
	@MethodSource("assignors")
	void orderDoesNotMatter(TaskAssignor assignor) {
		forEachMixedGroup(assignor, (group) -> {
			GroupState state = group.state();
			group.assign();
			List<Instance> instances = new ArrayList<>(state.instances());
			List<TaskDefinition> tasks = new ArrayList<>(state.tasks());
			List<Map.Entry<TaskId, String>> owners = new ArrayList<>(state.owners().entrySet());
			Collections.reverse(owners);
			Random random = new Random(group.owners.size());
			Collections.shuffle(instances, random);
			Collections.shuffle(tasks, random);
			Map<TaskId, String> reversed = new LinkedHashMap<>();
			owners.forEach((owned) -> reversed.put(owned.getKey(), owned.getValue()));
			assertThat(assignor.assign(new GroupState(instances, tasks, reversed)).owners()).isEqualTo(group.owners);
		});
	}

}
