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
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * A group that changes from one assignment to the next, and what tests ask about it.
 */
final class Group {

	private final TaskAssignor assignor;

	final Map<String, Instance> instances = new TreeMap<>();

	final Map<String, TaskDefinition> tasks = new TreeMap<>();

	Map<TaskId, String> owners = new HashMap<>();

	Group() {
		this(TaskAssignor.sticky());
	}

	Group(TaskAssignor assignor) {
		this.assignor = assignor;
	}

	Group instances(String... names) {
		for (String name : names) {
			instance(name, Map.of(), 1);
		}
		return this;
	}

	Group instance(String name, Map<String, String> labels, double capacity) {
		this.instances.put(name, new Instance(name, labels, capacity, Set.of()));
		return this;
	}

	Group task(String name, int shards, double weight, String requires) {
		this.tasks.put(name, TaskDefinition.of(name).withShards(shards).withWeight(weight).withRequires(requires));
		return this;
	}

	Group task(String name, int shards) {
		return task(name, shards, 1, "");
	}

	Group leave(String name) {
		this.instances.remove(name);
		return this;
	}

	/**
	 * Every instance knows every task unless it names others.
	 */
	GroupState state() {
		List<Instance> members = this.instances.values()
			.stream()
			.map((instance) -> instance.tasks().isEmpty()
					? new Instance(instance.name(), instance.labels(), instance.capacity(), this.tasks.keySet())
					: instance)
			.toList();
		return new GroupState(members, List.copyOf(this.tasks.values()), this.owners);
	}

	/**
	 * Assign, and make the result the present owners.
	 * @return the shards that an instance still here had and another one has now
	 */
	Map<TaskId, Move> assign() {
		GroupState state = state();
		Map<TaskId, String> assigned = this.assignor.assign(state).owners();
		Map<TaskId, Move> moves = new TreeMap<>();
		kept(state).forEach((id, owner) -> {
			if (!owner.equals(assigned.get(id))) {
				moves.put(id, new Move(owner, assigned.get(id)));
			}
		});
		this.owners = assigned;
		return moves;
	}

	/**
	 * The owners that may stay.
	 */
	static Map<TaskId, String> kept(GroupState state) {
		Map<String, Instance> instances = state.instances()
			.stream()
			.collect(Collectors.toMap(Instance::name, (instance) -> instance));
		Map<String, TaskDefinition> tasks = state.tasks()
			.stream()
			.collect(Collectors.toMap(TaskDefinition::name, (task) -> task));
		Map<TaskId, String> kept = new TreeMap<>();
		state.owners().forEach((id, owner) -> {
			TaskDefinition task = tasks.get(id.name());
			Instance instance = instances.get(owner);
			if (task != null && id.shard() < task.shards() && instance != null && instance.canOwn(task)) {
				kept.put(id, owner);
			}
		});
		return kept;
	}

	int[] counts() {
		return counts(null);
	}

	/**
	 * How many shards the instances own, in ascending order.
	 */
	int[] counts(String task) {
		return this.instances.keySet()
			.stream()
			.mapToInt((name) -> (int) this.owners.entrySet()
				.stream()
				.filter((owned) -> task == null || owned.getKey().name().equals(task))
				.filter((owned) -> owned.getValue().equals(name))
				.count())
			.sorted()
			.toArray();
	}

	static int spread(int[] counts) {
		return (counts.length == 0) ? 0
				: Arrays.stream(counts).max().getAsInt() - Arrays.stream(counts).min().getAsInt();
	}

	Map<String, Double> loads() {
		Map<String, Double> loads = new TreeMap<>();
		this.instances.keySet().forEach((name) -> loads.put(name, 0.0));
		this.owners.forEach((id, owner) -> loads.merge(owner, this.tasks.get(id.name()).weight(), Double::sum));
		return loads;
	}

	/**
	 * The loads relative to capacity, highest first.
	 */
	List<Double> ratios() {
		List<Double> ratios = new ArrayList<>();
		loads().forEach((name, load) -> ratios.add(load / this.instances.get(name).capacity()));
		ratios.sort(Comparator.reverseOrder());
		return ratios;
	}

	@Override
	public String toString() {
		return this.instances.values() + " " + this.tasks.values() + " " + new TreeMap<>(this.owners);
	}

	record Move(String from, String to) {

	}

}
