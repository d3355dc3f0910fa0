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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.assignment.TaskAssignor;

/**
 * A size of group that is measured.
 *
 * @param tasks the number of tasks
 * @param shards the number of shards of each
 * @param members the number of members
 */
record Cell(int tasks, int shards, int members) {

	static Cell parse(String text) {
		String[] numbers = text.split("x");
		return new Cell(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[1]), Integer.parseInt(numbers[2]));
	}

	@Override
	public String toString() {
		return this.tasks + "x" + this.shards + "x" + this.members;
	}

	/**
	 * The group before an event.
	 */
	GroupState before(Event event, TaskAssignor assignor) {
		int members = this.members + ((event == Event.LEAVES) ? 1 : (event == Event.JOINS) ? -1 : 0);
		List<TaskDefinition> tasks = IntStream.range(0, this.tasks)
			.mapToObj((i) -> TaskDefinition.of("task-" + i).withShards(this.shards))
			.sorted(Comparator.comparing(TaskDefinition::name))
			.toList();
		GroupState empty = new GroupState(instances(members, names(tasks)), tasks, Map.of());
		if (event == Event.FIRST) {
			return empty;
		}
		return new GroupState(empty.instances(), tasks, assignor.assign(empty).owners());
	}

	/**
	 * The group in which the shards have to be assigned.
	 */
	GroupState after(GroupState before) {
		Set<String> names = names(before.tasks());
		List<Instance> instances = instances(this.members, names);
		Set<String> present = instances.stream().map(Instance::name).collect(Collectors.toSet());
		Map<TaskId, String> owners = new HashMap<>();
		before.owners().forEach((id, owner) -> {
			if (present.contains(owner)) {
				owners.put(id, owner);
			}
		});
		return new GroupState(instances, before.tasks(), owners);
	}

	private static Set<String> names(List<TaskDefinition> tasks) {
		return tasks.stream().map(TaskDefinition::name).collect(Collectors.toUnmodifiableSet());
	}

	private static List<Instance> instances(int members, Set<String> tasks) {
		List<Instance> instances = new ArrayList<>();
		for (int i = 0; i < members; i++) {
			instances.add(new Instance("instance-%04d".formatted(i), Map.of(), 1, tasks));
		}
		return instances;
	}

	/**
	 * What happens to the group.
	 */
	enum Event {

		/** Nothing is assigned yet. */
		FIRST,
		/** One member more was there before. */
		LEAVES,
		/** One member is new. */
		JOINS

	}

}
