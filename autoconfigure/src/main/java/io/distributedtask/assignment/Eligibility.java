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
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * Which instances may own a task. Tasks that the same instances may own form one
 * <em>class</em>, so that the work does not grow with tasks times instances: usually
 * there is one class, of all instances.
 */
final class Eligibility {

	private final List<Instance> instances;

	private final Map<Set<String>, Integer> knownTasks = new HashMap<>();

	private final List<Set<String>> distinctKnownTasks = new ArrayList<>();

	private final Map<Question, Integer> answers = new HashMap<>();

	private final Map<BitSet, Integer> classes = new HashMap<>();

	private final List<BitSet> members = new ArrayList<>();

	Eligibility(List<Instance> instances) {
		this.instances = instances;
		// Most instances know the same tasks and share one set object: compare by
		// identity
		// first, since hashing a large set for each of many instances is dear
		Map<Set<String>, Boolean> seen = new IdentityHashMap<>();
		for (Instance instance : instances) {
			if (seen.put(instance.tasks(), true) == null
					&& this.knownTasks.putIfAbsent(instance.tasks(), this.distinctKnownTasks.size()) == null) {
				this.distinctKnownTasks.add(instance.tasks());
			}
		}
	}

	/**
	 * The class of a task.
	 * @param task the task
	 * @return the number of its class, from 0 in the order of first mention
	 */
	int classOf(TaskDefinition task) {
		BitSet knownBy = new BitSet(this.distinctKnownTasks.size());
		for (int i = 0; i < this.distinctKnownTasks.size(); i++) {
			knownBy.set(i, this.distinctKnownTasks.get(i).contains(task.name()));
		}
		return this.answers.computeIfAbsent(new Question(task.requires(), knownBy), (question) -> findClass(task));
	}

	private int findClass(TaskDefinition task) {
		BitSet eligible = new BitSet(this.instances.size());
		for (int i = 0; i < this.instances.size(); i++) {
			Instance instance = this.instances.get(i);
			boolean canCarry = instance.capacity() > 0 && Double.isFinite(instance.capacity());
			eligible.set(i, canCarry && instance.canOwn(task));
		}
		Integer known = this.classes.putIfAbsent(eligible, this.members.size());
		if (known != null) {
			return known;
		}
		this.members.add(eligible);
		return this.members.size() - 1;
	}

	/**
	 * Whether an instance belongs to a class.
	 * @param taskClass the class
	 * @param instance the instance
	 * @return whether it may own the tasks of the class
	 */
	boolean contains(int taskClass, int instance) {
		return this.members.get(taskClass).get(instance);
	}

	/**
	 * The instances of each class, in ascending order.
	 * @return an array for each class
	 */
	int[][] members() {
		return this.members.stream().map((eligible) -> eligible.stream().toArray()).toArray(int[][]::new);
	}

	/**
	 * What decides about a task's class: tasks that agree in this get one answer.
	 *
	 * @param requires the labels that the task requires
	 * @param knownBy the distinct sets of known tasks that contain it
	 */
	private record Question(LabelSelector requires, BitSet knownBy) {

	}

}
