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

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * The result of an assignor: the target owner of each shard.
 *
 * @param owners the name of the instance that should own each shard; a shard that is not
 * in the map gets no owner. Neither keys nor values may be {@code null}
 * @since 0.1.0
 */
public record TaskAssignment(Map<TaskId, String> owners) {

	public TaskAssignment {
		if (!(owners instanceof ShardOwners)) {
			// Not Map.copyOf, which is slower, and quadratic where hashes cluster
			owners = Collections.unmodifiableMap(new HashMap<>(owners));
			if (owners.containsKey(null) || owners.containsValue(null)) {
				throw new IllegalArgumentException(
						"An assignment must not contain null: leave out a shard that nobody should own");
			}
		}
	}

	/**
	 * Why a leader refuses this assignment: a shard that does not exist, an owner that is
	 * not an instance of the group, or may not own the task.
	 * @param group the group for which it was made
	 * @return what is wrong with one of the shards, empty if the assignment is accepted;
	 * that it omits shards is no reason
	 * @see #omitted(GroupState)
	 */
	public Optional<String> violation(GroupState group) {
		Map<String, Instance> instances = new HashMap<>();
		group.instances().forEach((instance) -> instances.put(instance.name(), instance));
		Map<String, TaskDefinition> tasks = new HashMap<>();
		group.tasks().forEach((task) -> tasks.put(task.name(), task));
		for (Map.Entry<TaskId, String> entry : this.owners.entrySet()) {
			TaskId id = entry.getKey();
			TaskDefinition task = tasks.get(id.name());
			Instance owner = instances.get(entry.getValue());
			if (task == null || id.shard() >= task.shards()) {
				return Optional.of("%s is assigned to '%s', but does not exist".formatted(id, entry.getValue()));
			}
			if (owner == null) {
				return Optional.of("%s is assigned to '%s', which is not an instance that may own shards".formatted(id,
						entry.getValue()));
			}
			if (!owner.canOwn(task)) {
				return Optional.of("%s is assigned to '%s', which %s".formatted(id, owner.name(),
						owner.tasks().contains(task.name()) ? "lacks the labels '%s'".formatted(task.requires())
								: "does not know the task"));
			}
		}
		return Optional.empty();
	}

	/**
	 * The shards that this assignment gives to nobody although some instance may own
	 * them: nobody runs them then.
	 * @param group the group for which it was made
	 * @return the shards, in order
	 */
	public SortedSet<TaskId> omitted(GroupState group) {
		SortedSet<TaskId> omitted = new TreeSet<>();
		for (TaskDefinition task : group.tasks()) {
			if (group.instances().stream().anyMatch((instance) -> instance.canOwn(task))) {
				IntStream.range(0, task.shards())
					.mapToObj((shard) -> new TaskId(task.name(), shard))
					.filter((id) -> !this.owners.containsKey(id))
					.forEach(omitted::add);
			}
		}
		return omitted;
	}

	/**
	 * How much each instance carries: the sum of the weights of its shards relative to
	 * its capacity.
	 * @param group the group for which the assignment was made; shards and owners that
	 * are not part of it do not count
	 * @return the loads by name of instance, ordered by name; 0 for an instance that owns
	 * nothing
	 */
	public SortedMap<String, Double> loads(GroupState group) {
		Map<String, Double> weights = new HashMap<>();
		group.tasks().forEach((task) -> weights.put(task.name(), task.weight()));
		Map<String, Double> carried = new HashMap<>();
		this.owners.forEach((id, owner) -> carried.merge(owner, weights.getOrDefault(id.name(), 0.0), Double::sum));
		SortedMap<String, Double> loads = new TreeMap<>();
		group.instances()
			.forEach((instance) -> loads.put(instance.name(),
					carried.getOrDefault(instance.name(), 0.0) / instance.capacity()));
		return loads;
	}

}
