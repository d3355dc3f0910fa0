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

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;

/**
 * The example of {@code docs/assignors.md}.
 */
class StayingAssignor implements TaskAssignor {

	@Override
	public String name() {
		return "staying";
	}

	@Override
	public TaskAssignment assign(GroupState group) {
		Map<TaskId, String> owners = new HashMap<>();
		for (TaskDefinition task : group.tasks()) {
			List<String> eligible = group.eligible(task).stream().map(GroupState.Instance::name).toList();
			shards(task).forEach((id) -> {
				String present = group.owners().get(id);
				if (present != null && eligible.contains(present)) {
					owners.put(id, present);
				}
			});
		}
		Map<String, Double> loads = new TaskAssignment(owners).loads(group);
		for (TaskDefinition task : group.tasks()) {
			List<GroupState.Instance> eligible = group.eligible(task);
			shards(task).stream()
				.filter((id) -> !owners.containsKey(id))
				.forEach((id) -> eligible.stream()
					.min(Comparator.comparing((instance) -> loads.get(instance.name())))
					.ifPresent((least) -> {
						owners.put(id, least.name());
						loads.merge(least.name(), task.weight() / least.capacity(), Double::sum);
					}));
		}
		return new TaskAssignment(owners);
	}

	private static List<TaskId> shards(TaskDefinition task) {
		return IntStream.range(0, task.shards()).mapToObj((shard) -> new TaskId(task.name(), shard)).toList();
	}

}
