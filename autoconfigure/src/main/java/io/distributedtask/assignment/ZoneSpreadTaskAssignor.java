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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * The assignor {@code zone-spread}: shards of one task are spread across the values of a
 * label, the <em>zones</em>; within that the group is balanced, and few shards move.
 * <p>
 * <strong>What it guarantees</strong>
 * <ul>
 * <li>Each shard that some instance {@linkplain GroupState.Instance#canOwn may own} has
 * one owner, which may own it; any other shard has none.</li>
 * <li>Of each task the numbers of shards in the zones that have an instance that may own
 * it differ by at most one. The instances without the label are one zone.</li>
 * <li>Within a zone it is what {@link StickyTaskAssignor} guarantees.</li>
 * <li>The result is a fixed point: assigned again, nothing moves. It does not depend on
 * the order of instances, tasks or owners.</li>
 * </ul>
 * <p>
 * <strong>How</strong>: {@link ZoneShares} finds how many shards of each task a zone
 * should have. That many shards of a task then form a task of their own, which only the
 * instances of the zone may own, and {@link StickyTaskAssignor} does the rest.
 */
final class ZoneSpreadTaskAssignor implements TaskAssignor {

	private static final String DEFAULT_LABEL = "zone";

	private static final int MAX_NAME_LENGTH = 64;

	private static final int FIRST_PART = 1_000_000_000;

	private static final LabelSelector NO_LABELS = LabelSelector.parse("");

	private final String label;

	private final String name;

	ZoneSpreadTaskAssignor(String label) {
		this.label = label;
		this.name = label.equals(DEFAULT_LABEL) ? "zone-spread"
				: "zone-spread-" + label.replaceAll("[^a-zA-Z0-9._-]", "-");
		if (label.isBlank() || this.name.length() > MAX_NAME_LENGTH) {
			throw new IllegalArgumentException(
					("The name of an assignor, '%s', contains the label '%s': it must not be blank, and the name have no "
							+ "more than %d characters")
						.formatted(this.name, label, MAX_NAME_LENGTH));
		}
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public TaskAssignment assign(GroupState group) {
		return new Spread(group, this.label).assignment();
	}

	/**
	 * The spread of one group. Instances and tasks have the numbers of a
	 * {@link ShardTable}: their places in the order of names.
	 */
	private static final class Spread {

		private final List<Instance> instances;

		private final List<TaskDefinition> tasks;

		private final ShardTable shards;

		private final Loads present;

		private final int[] zoneOf;

		private final ZoneShares shares;

		/** What each instance carries, less what is to go to other zones. */
		private final double[] loads;

		private final List<Part> parts = new ArrayList<>();

		/** By kind and zone. */
		private final Map<Integer, Map<Integer, List<Integer>>> singles = new HashMap<>();

		private final int[] taskOf;

		/** The instance of the right zone that has a shard. */
		private final int[] keptBy;

		Spread(GroupState group, String label) {
			this.instances = group.instances().stream().sorted(Comparator.comparing(Instance::name)).toList();
			this.tasks = group.tasks().stream().sorted(Comparator.comparing(TaskDefinition::name)).toList();
			this.shards = new ShardTable(group);
			this.present = this.shards.loads();
			List<String> names = this.instances.stream().map((instance) -> zone(instance, label)).toList();
			List<String> zones = List.copyOf(new TreeSet<>(names));
			Map<String, Integer> numbers = new HashMap<>();
			zones.forEach((zone) -> numbers.put(zone, numbers.size()));
			this.zoneOf = names.stream().mapToInt(numbers::get).toArray();
			this.shares = new ZoneShares(this.shards, this.present, this.zoneOf, zones.size());
			this.taskOf = this.shards.owners();
			this.keptBy = this.shards.owners();
			this.loads = new double[this.instances.size()];
			for (int instance = 0; instance < this.loads.length; instance++) {
				this.loads[instance] = this.present.load(instance);
			}
		}

		/**
		 * Without the label an instance is of the zone without a name, which no label can
		 * have.
		 * @param instance the instance
		 * @param label the label
		 * @return the zone
		 */
		private static String zone(Instance instance, String label) {
			return instance.labels().getOrDefault(label, "");
		}

		TaskAssignment assignment() {
			for (int task = 0; task < this.tasks.size(); task++) {
				takeWithoutChoice(task);
			}
			for (int task = 0; task < this.tasks.size(); task++) {
				if (this.shards.kind(task) != ShardTable.NONE) {
					divide(task);
				}
			}
			List<TaskDefinition> tasks = new ArrayList<>();
			Map<String, Part> byName = new HashMap<>();
			Map<TaskId, String> owners = new HashMap<>();
			for (Part part : this.parts) {
				// numbers of as many digits, so that their order is the order of names
				String name = Integer.toString(FIRST_PART + tasks.size());
				byName.put(name, part);
				tasks.add(
						new TaskDefinition(name, part.shards.size(), this.present.kind(part.kind).weight(), NO_LABELS));
				for (int i = 0; i < part.shards.size(); i++) {
					int owner = this.keptBy[part.shards.get(i)];
					if (owner != ShardTable.NONE) {
						owners.put(new TaskId(name, i), this.instances.get(owner).name());
					}
				}
			}
			GroupState group = new GroupState(instancesOfParts(byName), tasks, owners);
			Map<TaskId, String> target = new HashMap<>(2 * this.taskOf.length);
			new StickyTaskAssignor().assign(group).owners().forEach((id, owner) -> {
				Part part = byName.get(id.name());
				if (part != null) {
					target.put(id(part.shards.get(id.shard())), owner);
				}
			});
			return new TaskAssignment(target);
		}

		private TaskId id(int shard) {
			int task = this.taskOf[shard];
			return new TaskId(this.tasks.get(task).name(), shard - this.shards.firstShard(task));
		}

		/**
		 * Where a zone keeps nothing of a task it is no question which instances lose
		 * shards: the choice for other tasks can make up for it.
		 * @param task the task
		 */
		private void takeWithoutChoice(int task) {
			for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
				int owner = this.shards.owner(shard);
				if (owner != ShardTable.NONE && this.shares.share(task, this.zoneOf[owner]) == 0) {
					this.loads[owner] -= this.tasks.get(task).weight();
				}
			}
		}

		/**
		 * Divide the shards of a task into parts, one for each zone that is to have some.
		 * Where it is to have only one, how they are spread over instances is no
		 * question: they form one part with their like.
		 * @param task the task
		 */
		private void divide(int task) {
			Map<Integer, Map<Integer, Deque<Integer>>> held = new TreeMap<>();
			Deque<Integer> free = new ArrayDeque<>();
			for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
				int owner = this.shards.owner(shard);
				this.taskOf[shard] = task;
				if (owner == ShardTable.NONE) {
					free.add(shard);
				}
				else {
					held.computeIfAbsent(this.zoneOf[owner], (zone) -> new TreeMap<>())
						.computeIfAbsent(owner, (instance) -> new ArrayDeque<>())
						.add(shard);
				}
			}
			held.forEach((zone, byOwner) -> release(task, byOwner, this.shares.share(task, zone), free));
			for (int zone : this.shares.zones(task)) {
				int share = this.shares.share(task, zone);
				if (share > 0) {
					List<Integer> shards = (share > 1) ? addPart(this.shards.kind(task), zone)
							: singles(this.shards.kind(task), zone);
					int end = shards.size() + share;
					held.getOrDefault(zone, Map.of()).values().forEach(shards::addAll);
					while (shards.size() < end) {
						shards.add(free.remove());
					}
				}
			}
		}

		private List<Integer> addPart(int kind, int zone) {
			Part part = new Part(kind, zone, new ArrayList<>());
			this.parts.add(part);
			return part.shards;
		}

		private List<Integer> singles(int kind, int zone) {
			Map<Integer, List<Integer>> ofKind = this.singles.computeIfAbsent(kind, (number) -> new HashMap<>());
			List<Integer> shards = ofKind.get(zone);
			if (shards == null || shards.size() == TaskDefinition.MAX_SHARDS) {
				shards = addPart(kind, zone);
				ofKind.put(zone, shards);
			}
			return shards;
		}

		/**
		 * Take what a zone has too much from those of its instances that carry most.
		 * @param task the task
		 * @param byOwner its shards in the zone, from which those are removed
		 * @param share how many the zone should have
		 * @param free takes what is removed
		 */
		private void release(int task, Map<Integer, Deque<Integer>> byOwner, int share, Deque<Integer> free) {
			int excess = byOwner.values().stream().mapToInt(Deque::size).sum() - share;
			if (excess <= 0) {
				return;
			}
			PriorityQueue<Integer> owners = new PriorityQueue<>(
					Comparator.comparingDouble(this::ratio).reversed().thenComparing(Comparator.naturalOrder()));
			owners.addAll(byOwner.keySet());
			for (int i = 0; i < excess; i++) {
				int owner = owners.remove();
				Deque<Integer> shards = byOwner.getOrDefault(owner, new ArrayDeque<>());
				int shard = shards.removeLast();
				free.add(shard);
				this.keptBy[shard] = ShardTable.NONE;
				this.loads[owner] -= (share > 0) ? this.tasks.get(task).weight() : 0;
				if (!shards.isEmpty()) {
					owners.add(owner);
				}
			}
		}

		private double ratio(int instance) {
			return this.loads[instance] / this.present.capacity(instance);
		}

		/**
		 * Instances of a zone that may own the same tasks share one set of parts.
		 * @param byName the parts
		 * @return the instances, each with the names of the parts that it may own
		 */
		private List<Instance> instancesOfParts(Map<String, Part> byName) {
			BitSet[] kinds = new BitSet[this.instances.size()];
			for (int instance = 0; instance < kinds.length; instance++) {
				kinds[instance] = new BitSet();
			}
			for (int kind = 0; kind < this.present.kinds(); kind++) {
				for (int instance : this.present.kind(kind).eligible()) {
					kinds[instance].set(this.present.kind(kind).taskClass());
				}
			}
			Map<Integer, Map<BitSet, Set<String>>> known = new HashMap<>();
			for (int instance = 0; instance < kinds.length; instance++) {
				known.computeIfAbsent(this.zoneOf[instance], (zone) -> new HashMap<>())
					.put(kinds[instance], new HashSet<>());
			}
			byName.forEach((partName, part) -> {
				int taskClass = this.present.kind(part.kind).taskClass();
				known.getOrDefault(part.zone, Map.of()).forEach((classes, names) -> {
					if (classes.get(taskClass)) {
						names.add(partName);
					}
				});
			});
			known.values().forEach((byClasses) -> byClasses.replaceAll((classes, names) -> Set.copyOf(names)));
			List<Instance> instances = new ArrayList<>();
			for (int instance = 0; instance < kinds.length; instance++) {
				Instance original = this.instances.get(instance);
				Set<String> names = known.getOrDefault(this.zoneOf[instance], Map.of())
					.getOrDefault(kinds[instance], Set.of());
				instances.add(new Instance(original.name(), Map.of(), original.capacity(), names));
			}
			return instances;
		}

	}

	/**
	 * Shards of one kind that belong to one zone.
	 *
	 * @param kind the kind
	 * @param zone the zone
	 * @param shards the numbers of the shards
	 */
	private record Part(int kind, int zone, List<Integer> shards) {

	}

}
