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

package io.distributedtask.benchmarks.assignment;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.assignment.TaskAssignor;

/**
 * What makes a group less simple than one of equal tasks and instances. All instances are
 * in one of four zones.
 */
enum Variant {

	/** Nothing. */
	EQUAL,

	/** Tasks have weights from 1 to 4. */
	WEIGHTS,

	/** Instances have capacities from 1 to 3. */
	CAPACITIES,

	/**
	 * Six of eight tasks need a zone, a disk that a third of the instances has, or both.
	 */
	LABELS,

	/** All of it. */
	ALL;

	private static final List<String> REQUIRED = List.of("zone=z0", "zone=z1", "zone=z2", "zone=z3", "disk=ssd",
			"zone=z0,disk=ssd", "", "");

	private boolean has(Variant variant) {
		return this == variant || this == ALL;
	}

	/**
	 * The group in which an event is to be dealt with.
	 * @param cell its size
	 * @param event what happens
	 * @param assignor has assigned the shards before
	 */
	GroupState group(Cell cell, Cell.Event event, TaskAssignor assignor) {
		int before = cell.members() + ((event == Cell.Event.LEAVES) ? 1 : (event == Cell.Event.JOINS) ? -1 : 0);
		List<TaskDefinition> tasks = IntStream.range(0, cell.tasks()).mapToObj((i) -> task(i, cell.shards())).toList();
		GroupState empty = new GroupState(instances(before, tasks), tasks, Map.of());
		if (event == Cell.Event.FIRST) {
			return empty;
		}
		List<Instance> instances = instances(cell.members(), tasks);
		Set<String> present = instances.stream().map(Instance::name).collect(Collectors.toSet());
		Map<TaskId, String> owners = new HashMap<>();
		assignor.assign(empty).owners().forEach((id, owner) -> {
			if (present.contains(owner)) {
				owners.put(id, owner);
			}
		});
		return new GroupState(instances, tasks, owners);
	}

	private TaskDefinition task(int number, int shards) {
		TaskDefinition task = TaskDefinition.of("task-%05d".formatted(number)).withShards(shards);
		if (has(WEIGHTS)) {
			task = task.withWeight(1 + number % 4);
		}
		return has(LABELS) ? task.withRequires(LabelSelector.parse(REQUIRED.get(number % REQUIRED.size())).toString())
				: task;
	}

	private List<Instance> instances(int members, List<TaskDefinition> tasks) {
		Set<String> names = tasks.stream().map(TaskDefinition::name).collect(Collectors.toUnmodifiableSet());
		List<Instance> instances = new ArrayList<>();
		for (int i = 0; i < members; i++) {
			Map<String, String> labels = Map.of("zone", "z" + i % 4, "disk", (i % 3 == 0) ? "ssd" : "hdd");
			instances.add(new Instance("instance-%04d".formatted(i), labels, has(CAPACITIES) ? 1 + i % 3 : 1, names));
		}
		return instances;
	}

}
