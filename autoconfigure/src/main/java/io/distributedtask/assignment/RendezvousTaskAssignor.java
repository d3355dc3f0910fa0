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
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * The assignor {@code rendezvous}: highest random weight hashing with bounded loads. The
 * owner of a shard follows from names, capacities and weights alone, whoever owns what at
 * present.
 * <p>
 * <strong>What it guarantees</strong>
 * <ul>
 * <li>Each shard that some instance {@linkplain GroupState.Instance#canOwn may own} has
 * one owner, which may own it; any other shard has none.</li>
 * <li>The result depends neither on present owners, nor on the order of instances and
 * tasks, nor on the Java version or the machine.</li>
 * <li>No instance is given a shard when it carries a quarter more than its share of the
 * weight already: with shards of weight 1 it carries at most 1.25 times its share,
 * rounded up; in general at most one shard more than 1.25 times its share.</li>
 * </ul>
 * <p>
 * <strong>How</strong>: a shard's preference for an instance is
 * {@code capacity / -log(hash)}, where the hash, between 0 and 1, is one of both names.
 * Instances are then chosen in proportion to their capacities, and the preference for one
 * does not change when another one comes or goes. Each shard gets the instance that it
 * prefers among those whose load is below the bound. The share of an instance is the one
 * of the tasks that the same instances may own, since what they may own is not shared by
 * others: tasks with the least choice come first, then the heaviest, since light shards
 * level out what heavy ones leave uneven.
 */
final class RendezvousTaskAssignor implements TaskAssignor {

	/** The usual compromise: a lower bound means more moves when instances change. */
	private static final double BOUND = 1.25;

	@Override
	public String name() {
		return "rendezvous";
	}

	@Override
	public TaskAssignment assign(GroupState group) {
		List<Instance> instances = group.instances().stream().sorted(Comparator.comparing(Instance::name)).toList();
		Eligibility eligibility = new Eligibility(instances);
		Map<Integer, List<TaskDefinition>> tasks = new TreeMap<>();
		group.tasks()
			.stream()
			.sorted(Comparator.comparing(TaskDefinition::name))
			.forEach((task) -> tasks.computeIfAbsent(eligibility.classOf(task), (number) -> new ArrayList<>())
				.add(task));
		int[][] members = eligibility.members();
		Placement placement = new Placement(instances);
		tasks.entrySet()
			.stream()
			.sorted(Comparator.comparingInt((entry) -> members[entry.getKey()].length))
			.forEach((entry) -> placement.place(members[entry.getKey()], entry.getValue()));
		return new TaskAssignment(placement.owners);
	}

	/**
	 * A hash whose definition never changes: FNV-1a over the two bytes of each character,
	 * and a {@linkplain #mix step} that spreads it over all bits.
	 * @param name the name of a task or an instance
	 * @return the hash
	 */
	private static long hash(String name) {
		long hash = 0xcbf29ce484222325L;
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			hash = (hash ^ (character & 0xff)) * 0x100000001b3L;
			hash = (hash ^ (character >>> 8)) * 0x100000001b3L;
		}
		return mix(hash);
	}

	/**
	 * The last step of SplitMix64, in which each bit depends on all others.
	 * @param value the bits
	 * @return the mixed bits
	 */
	private static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	/**
	 * The owners so far, and those who may still become one.
	 */
	private static final class Placement {

		private final Map<TaskId, String> owners = new HashMap<>();

		private final List<Instance> instances;

		private final long[] seeds;

		private final double[] capacities;

		private final double[] loads;

		private final double[] limits;

		/** The instances with room, in the first places; the next two belong to it. */
		private final int[] open;

		private final long[] openSeeds;

		private final double[] openCapacities;

		private int openCount;

		Placement(List<Instance> instances) {
			this.instances = instances;
			this.seeds = instances.stream().mapToLong((instance) -> hash(instance.name())).toArray();
			this.capacities = instances.stream().mapToDouble(Instance::capacity).toArray();
			this.loads = new double[instances.size()];
			this.limits = new double[instances.size()];
			this.open = new int[instances.size()];
			this.openSeeds = new long[instances.size()];
			this.openCapacities = new double[instances.size()];
		}

		/**
		 * Give the shards of tasks owners.
		 * @param eligible the instances that may own them
		 * @param tasks the tasks
		 */
		void place(int[] eligible, List<TaskDefinition> tasks) {
			if (eligible.length == 0) {
				return;
			}
			double weight = tasks.stream().mapToDouble((task) -> task.weight() * task.shards()).sum();
			double level = level(eligible, weight);
			for (int instance : eligible) {
				this.limits[instance] = BOUND * level * this.capacities[instance];
			}
			open(eligible);
			tasks.stream()
				.sorted(Comparator.comparingDouble(TaskDefinition::weight).reversed())
				.forEach((task) -> place(eligible, task));
		}

		/**
		 * The load relative to capacity that the instances would have in common if what
		 * is to be placed were divided without a rest among those that carry less.
		 * @param eligible the instances
		 * @param weight what is to be placed
		 * @return the level
		 */
		private double level(int[] eligible, double weight) {
			double load = weight + Arrays.stream(eligible).mapToDouble((instance) -> this.loads[instance]).sum();
			double capacity = Arrays.stream(eligible).mapToDouble((instance) -> this.capacities[instance]).sum();
			double level = load / capacity;
			int[] less = Arrays.stream(eligible)
				.filter((instance) -> this.loads[instance] <= level * this.capacities[instance])
				.toArray();
			// those that carry more have no part in it, and without them it is lower
			return (less.length == 0 || less.length == eligible.length) ? level : level(less, weight);
		}

		private void open(int[] eligible) {
			this.openCount = 0;
			for (int instance : eligible) {
				if (this.loads[instance] < this.limits[instance]) {
					add(instance);
				}
			}
			if (this.openCount == 0) {
				// weights or capacities beyond what a double can add up
				Arrays.stream(eligible).forEach(this::add);
			}
		}

		private void add(int instance) {
			this.open[this.openCount] = instance;
			this.openSeeds[this.openCount] = this.seeds[instance];
			this.openCapacities[this.openCount] = this.capacities[instance];
			this.openCount++;
		}

		private void place(int[] eligible, TaskDefinition task) {
			long hash = hash(task.name());
			for (int shard = 0; shard < task.shards(); shard++) {
				int place = preferred(mix(hash + shard));
				int instance = this.open[place];
				this.owners.put(new TaskId(task.name(), shard), this.instances.get(instance).name());
				this.loads[instance] += task.weight();
				if (this.loads[instance] >= this.limits[instance]) {
					open(eligible);
				}
			}
		}

		/**
		 * The place of the instance that a shard prefers. Its logarithm costs more than
		 * all the rest: it is needed only where a lower bound of it is not enough.
		 * @param hash the hash of the shard
		 * @return a place below the number of those with room
		 */
		private int preferred(long hash) {
			int preferred = 0;
			double least = Double.POSITIVE_INFINITY;
			for (int place = 0; place < this.openCount; place++) {
				double distance = (mix(this.openSeeds[place] ^ hash) >>> 11) * 0x1.0p-53;
				double capacity = this.openCapacities[place];
				if (distance < least * capacity) {
					double logarithm = -StrictMath.log1p(-distance) / capacity;
					if (logarithm < least) {
						least = logarithm;
						preferred = place;
					}
				}
			}
			return preferred;
		}

	}

}
