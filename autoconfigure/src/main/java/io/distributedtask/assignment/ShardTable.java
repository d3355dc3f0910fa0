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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a group and their owners as numbers. Instances and tasks are numbered by
 * name, which makes all that follows independent of the order in which the group state
 * lists them; shards are numbered through, task by task.
 */
final class ShardTable {

	/**
	 * The number that stands for no instance, or no kind.
	 */
	static final int NONE = -1;

	private final List<Instance> instances;

	private final List<TaskDefinition> tasks;

	private final int[] firstShards;

	private final int[] owners;

	private final int[] taskKinds;

	private final Loads.Kind[] kinds;

	ShardTable(GroupState group) {
		this.instances = group.instances().stream().sorted(Comparator.comparing(Instance::name)).toList();
		this.tasks = group.tasks().stream().sorted(Comparator.comparing(TaskDefinition::name)).toList();
		this.firstShards = new int[this.tasks.size() + 1];
		for (int task = 0; task < this.tasks.size(); task++) {
			this.firstShards[task + 1] = Math.addExact(this.firstShards[task], this.tasks.get(task).shards());
		}
		this.owners = new int[this.firstShards[this.tasks.size()]];
		this.taskKinds = new int[this.tasks.size()];
		Eligibility eligibility = new Eligibility(this.instances);
		this.kinds = findKinds(eligibility);
		keepOwners(group.owners(), eligibility);
	}

	private Loads.Kind[] findKinds(Eligibility eligibility) {
		Map<KindKey, List<Integer>> tasksByKind = new LinkedHashMap<>();
		for (int task = 0; task < this.tasks.size(); task++) {
			TaskDefinition definition = this.tasks.get(task);
			KindKey key = new KindKey(eligibility.classOf(definition), definition.weight());
			tasksByKind.computeIfAbsent(key, (k) -> new ArrayList<>()).add(task);
		}
		int[][] members = eligibility.members();
		Arrays.fill(this.taskKinds, NONE);
		List<Loads.Kind> found = new ArrayList<>();
		// The order in which shards are placed: what has the least choice comes first,
		// then
		// what is heaviest, since light shards level out what heavy ones leave uneven
		tasksByKind.entrySet()
			.stream()
			.filter((entry) -> members[entry.getKey().taskClass()].length > 0)
			.sorted(Comparator
				.comparingInt((Map.Entry<KindKey, List<Integer>> entry) -> members[entry.getKey().taskClass()].length)
				.thenComparing((entry) -> entry.getKey().weight(), Comparator.reverseOrder())
				.thenComparingInt((entry) -> entry.getValue().get(0)))
			.forEach((entry) -> {
				KindKey key = entry.getKey();
				entry.getValue().forEach((task) -> this.taskKinds[task] = found.size());
				found.add(new Loads.Kind(key.weight(), key.taskClass(), members[key.taskClass()]));
			});
		return found.toArray(Loads.Kind[]::new);
	}

	private void keepOwners(Map<TaskId, String> formerOwners, Eligibility eligibility) {
		Map<String, Integer> instanceNumbers = new HashMap<>();
		for (int instance = 0; instance < this.instances.size(); instance++) {
			instanceNumbers.put(this.instances.get(instance).name(), instance);
		}
		Arrays.fill(this.owners, NONE);
		if (formerOwners instanceof ShardOwners byTask) {
			for (int task = 0; task < tasks(); task++) {
				@Nullable String[] ofTask = byTask.of(this.tasks.get(task).name());
				for (int shard = 0; ofTask != null && shard < ofTask.length; shard++) {
					keepOwner(task, shard, instanceNumbers.get(ofTask[shard]), eligibility);
				}
			}
			return;
		}
		Map<String, Integer> taskNumbers = new HashMap<>();
		for (int task = 0; task < tasks(); task++) {
			taskNumbers.put(this.tasks.get(task).name(), task);
		}
		formerOwners.forEach((id, owner) -> {
			Integer task = taskNumbers.get(id.name());
			if (task != null) {
				keepOwner(task, id.shard(), instanceNumbers.get(owner), eligibility);
			}
		});
	}

	private void keepOwner(int task, int shard, @Nullable Integer instance, Eligibility eligibility) {
		if (instance != null && kind(task) != NONE && shard < shards(task)
				&& eligibility.contains(this.kinds[kind(task)].taskClass(), instance)) {
			this.owners[firstShard(task) + shard] = instance;
		}
	}

	/**
	 * The loads that the present owners carry.
	 * @return new loads, which do not follow later changes of owners
	 */
	Loads loads() {
		double[] capacities = this.instances.stream().mapToDouble(Instance::capacity).toArray();
		Loads loads = new Loads(this.kinds, capacities);
		int[] counts = new int[capacities.length];
		for (int task = 0; task < tasks(); task++) {
			for (int shard = firstShard(task); shard < endShard(task); shard++) {
				if (this.owners[shard] != NONE) {
					counts[this.owners[shard]]++;
				}
			}
			for (int shard = firstShard(task); shard < endShard(task); shard++) {
				int owner = this.owners[shard];
				if (owner != NONE) {
					loads.add(kind(task), owner, counts[owner]);
					counts[owner] = 0;
				}
			}
		}
		return loads;
	}

	/**
	 * The number of shards of each kind that have no owner.
	 * @return the numbers
	 */
	int[] unowned() {
		int[] unowned = new int[this.kinds.length];
		for (int task = 0; task < tasks(); task++) {
			for (int shard = firstShard(task); kind(task) != NONE && shard < endShard(task); shard++) {
				unowned[kind(task)] += (this.owners[shard] == NONE) ? 1 : 0;
			}
		}
		return unowned;
	}

	int tasks() {
		return this.tasks.size();
	}

	int shards(int task) {
		return endShard(task) - firstShard(task);
	}

	int firstShard(int task) {
		return this.firstShards[task];
	}

	int endShard(int task) {
		return this.firstShards[task + 1];
	}

	/**
	 * The kind of a task's shards.
	 * @param task the task
	 * @return the number of the kind, {@link #NONE} if no instance may own the task
	 */
	int kind(int task) {
		return this.taskKinds[task];
	}

	/**
	 * The owners of all shards at this moment.
	 * @return a copy
	 */
	int[] owners() {
		return this.owners.clone();
	}

	int owner(int shard) {
		return this.owners[shard];
	}

	void setOwner(int shard, int instance) {
		this.owners[shard] = instance;
	}

	TaskAssignment toAssignment() {
		String[] names = this.instances.stream().map(Instance::name).toArray(String[]::new);
		Map<String, @Nullable String[]> owners = new HashMap<>((int) (tasks() / 0.75f) + 1);
		int size = 0;
		for (int task = 0; task < tasks(); task++) {
			@Nullable String[] ofTask = new String[shards(task)];
			for (int shard = 0; shard < ofTask.length; shard++) {
				int owner = this.owners[firstShard(task) + shard];
				if (owner != NONE) {
					ofTask[shard] = names[owner];
					size++;
				}
			}
			owners.put(this.tasks.get(task).name(), ofTask);
		}
		return new TaskAssignment(new ShardOwners(owners, size));
	}

	/**
	 * What makes shards one kind.
	 *
	 * @param taskClass the class of instances that may own them
	 * @param weight the weight of one shard
	 */
	private record KindKey(int taskClass, double weight) {

	}

}
