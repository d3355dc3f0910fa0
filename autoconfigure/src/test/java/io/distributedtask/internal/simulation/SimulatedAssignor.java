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

package io.distributedtask.internal.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;

/**
 * A simple assignor: every shard goes where it is, or to the instance that has least, and
 * then one at a time from the fullest to the emptiest as long as that evens out. Fails
 * when it is told to.
 */
final class SimulatedAssignor implements TaskAssignor {

	private Fault fault = Fault.NONE;

	void fault(Fault fault) {
		this.fault = fault;
	}

	@Override
	public String name() {
		return "simulated";
	}

	@Override
	public TaskAssignment assign(GroupState group) {
		return switch (this.fault) {
			case NONE -> balanced(group);
			case EXCEPTION -> throw new IllegalStateException("on purpose");
			case UNKNOWN_INSTANCE -> {
				Map<TaskId, String> owners = new HashMap<>(balanced(group).owners());
				owners.replaceAll((id, owner) -> "nobody");
				yield new TaskAssignment(owners);
			}
			case UNKNOWN_SHARD -> new TaskAssignment(Map.of(new TaskId("what", 9), group.instances().get(0).name()));
		};
	}

	private static TaskAssignment balanced(GroupState group) {
		Map<TaskId, String> owners = new TreeMap<>();
		Map<String, Integer> loads = new TreeMap<>();
		group.instances().forEach((instance) -> loads.put(instance.name(), 0));
		Map<TaskId, List<String>> eligible = new TreeMap<>();
		for (TaskDefinition task : group.tasks()) {
			List<String> names = group.instances()
				.stream()
				.filter((instance) -> instance.canOwn(task))
				.map(Instance::name)
				.toList();
			for (int shard = 0; shard < task.shards(); shard++) {
				eligible.put(new TaskId(task.name(), shard), names);
			}
		}
		eligible.forEach((id, names) -> {
			String former = group.owners().get(id);
			if (former != null && names.contains(former)) {
				owners.put(id, former);
				loads.merge(former, 1, Integer::sum);
			}
		});
		eligible.forEach((id, names) -> {
			if (!owners.containsKey(id) && !names.isEmpty()) {
				String least = names.stream().min(Comparator.comparing(loads::get)).orElseThrow();
				owners.put(id, least);
				loads.merge(least, 1, Integer::sum);
			}
		});
		while (moveOne(owners, loads, eligible)) {
			// each move makes it more even
		}
		return new TaskAssignment(owners);
	}

	private static boolean moveOne(Map<TaskId, String> owners, Map<String, Integer> loads,
			Map<TaskId, List<String>> eligible) {
		List<TaskId> ids = new ArrayList<>(owners.keySet());
		for (TaskId id : ids) {
			String owner = owners.get(id);
			for (String other : eligible.get(id)) {
				if (loads.get(owner) - loads.get(other) >= 2) {
					owners.put(id, other);
					loads.merge(owner, -1, Integer::sum);
					loads.merge(other, 1, Integer::sum);
					return true;
				}
			}
		}
		return false;
	}

	/**
	 * What may be wrong with an assignor.
	 */
	enum Fault {

		NONE, EXCEPTION, UNKNOWN_INSTANCE, UNKNOWN_SHARD

	}

}
