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
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;

/**
 * The input of an assignor: an immutable snapshot of the group.
 *
 * @param instances the instances that may own shards, ordered by name; an instance that
 * is draining is not among them
 * @param tasks the tasks, ordered by name
 * @param owners the name of the present owner of each shard that has one; it may be an
 * instance that is not among {@code instances}
 * @since 0.1.0
 */
public record GroupState(List<Instance> instances, List<TaskDefinition> tasks, Map<TaskId, String> owners) {

	public GroupState {
		instances = List.copyOf(instances);
		tasks = List.copyOf(tasks);
		// Not Map.copyOf, which is slower, and quadratic where hashes cluster
		owners = (owners instanceof ShardOwners) ? owners : Collections.unmodifiableMap(new HashMap<>(owners));
	}

	/**
	 * The instances that may own the shards of a task. Asks each of them, so that the
	 * answer is best kept for all shards of the task.
	 * @param task the task
	 * @return the instances, in the order of {@code instances}
	 */
	public List<Instance> eligible(TaskDefinition task) {
		return this.instances.stream().filter((instance) -> instance.canOwn(task)).toList();
	}

	/**
	 * An instance that may own shards.
	 *
	 * @param name its name, unique in the group
	 * @param labels its labels
	 * @param capacity the amount of work that it can carry, relative to others; greater
	 * than 0
	 * @param tasks the names of the tasks that it can run
	 */
	public record Instance(String name, Map<String, String> labels, double capacity, Set<String> tasks) {

		public Instance {
			labels = Map.copyOf(labels);
			tasks = Set.copyOf(tasks);
		}

		/**
		 * Whether this instance knows a task and has the labels that it requires.
		 * @param task the task
		 * @return whether it may own shards of the task
		 */
		public boolean canOwn(TaskDefinition task) {
			return this.tasks.contains(task.name()) && task.requires().matches(this.labels);
		}

	}

}
