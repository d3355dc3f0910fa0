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
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds how many shards of each task every zone should have: of one task the numbers
 * differ by at most one. Which zones have the one more, the <em>extra</em> shards, is
 * what the choice is about. A zone that has one keeps it, the others go to the zone that
 * carries least relative to its capacity; then extra shards are passed from one zone to
 * another while that improves the balance of zones.
 */
final class ZoneShares {

	/** See {@link Balancer}. */
	private static final double EXACT = 1e-9;

	private static final double WORTHWHILE = 0.01;

	/** A tenth of a second, or so: what was found by then is an even spread, too. */
	private static final int MOST_STEPS = 20_000_000;

	private final ShardTable shards;

	private final int[] zoneOf;

	private final double[] capacities;

	private final double[] loads;

	/** By kind: its weight, and the zones with an instance that may own it. */
	private final double[] weights;

	private final int[][] zones;

	/** By kind and zone. */
	private final int[][] counts;

	private final boolean equalWeights;

	/** By task: which zones have an extra shard, and which have had one. */
	private final BitSet[] extra;

	private final BitSet[] kept;

	/** By zone: the tasks whose extra shard was there before, and the other ones. */
	private final List<Set<Integer>> keepers = new ArrayList<>();

	private final List<Set<Integer>> others = new ArrayList<>();

	/** By zone: an owner of a shard of the task that is looked at. */
	private final int[] lastOwners;

	private int steps;

	/**
	 * Find the numbers.
	 * @param shards the shards and their present owners
	 * @param present the loads, which name the kinds
	 * @param zoneOf the zone of each instance
	 * @param zoneCount the number of zones
	 */
	ZoneShares(ShardTable shards, Loads present, int[] zoneOf, int zoneCount) {
		this.shards = shards;
		this.zoneOf = zoneOf;
		this.capacities = new double[zoneCount];
		this.loads = new double[zoneCount];
		this.lastOwners = new int[zoneCount];
		this.weights = IntStream.range(0, present.kinds()).mapToDouble((kind) -> present.kind(kind).weight()).toArray();
		this.equalWeights = Arrays.stream(this.weights).distinct().count() <= 1;
		this.counts = new int[present.kinds()][zoneCount];
		this.zones = new int[present.kinds()][];
		this.extra = new BitSet[shards.tasks()];
		this.kept = new BitSet[shards.tasks()];
		findZones(present);
		for (int zone = 0; zone < zoneCount; zone++) {
			this.keepers.add(new LinkedHashSet<>());
			this.others.add(new LinkedHashSet<>());
		}
		keep(present);
		place();
		boolean improved = true;
		while (improved) {
			// summed anew, so that the result is one in which there is nothing to improve
			sum();
			improved = improve();
		}
	}

	private void findZones(Loads present) {
		Map<Integer, int[]> byClass = new HashMap<>();
		BitSet usable = new BitSet();
		for (int kind = 0; kind < present.kinds(); kind++) {
			int[] eligible = present.kind(kind).eligible();
			this.zones[kind] = byClass.computeIfAbsent(present.kind(kind).taskClass(), (number) -> {
				Arrays.stream(eligible).forEach(usable::set);
				return Arrays.stream(eligible).map((instance) -> this.zoneOf[instance]).sorted().distinct().toArray();
			});
		}
		usable.stream().forEach((instance) -> this.capacities[this.zoneOf[instance]] += present.capacity(instance));
	}

	/**
	 * The zones that may have shards of a task.
	 * @param task the task, which some instance may own
	 * @return the zones, in ascending order
	 */
	int[] zones(int task) {
		return this.zones[this.shards.kind(task)];
	}

	/**
	 * How many shards of a task a zone should have.
	 * @param task the task, which some instance may own
	 * @param zone one of its zones
	 * @return the number
	 */
	int share(int task, int zone) {
		return least(task) + (this.extra[task].get(zone) ? 1 : 0);
	}

	private int least(int task) {
		return this.shards.shards(task) / zones(task).length;
	}

	private int extras(int task) {
		return this.shards.shards(task) % zones(task).length;
	}

	/**
	 * What the fullest instances have comes first, and so is passed on first, so that as
	 * few shards as possible have to move within a zone for that.
	 * @param present the loads of instances
	 */
	private void keep(Loads present) {
		int[] inZone = new int[this.capacities.length];
		double[] passedOn = new double[this.zoneOf.length];
		List<Extra> extras = new ArrayList<>();
		for (int task = 0; task < this.shards.tasks(); task++) {
			this.extra[task] = new BitSet();
			this.kept[task] = new BitSet();
			if (this.shards.kind(task) == ShardTable.NONE) {
				continue;
			}
			int[] last = countInZones(task, inZone);
			for (int zone : zones(task)) {
				this.kept[task].set(zone, inZone[zone] > least(task));
				inZone[zone] = 0;
				this.counts[this.shards.kind(task)][zone] += least(task);
			}
			if (this.kept[task].cardinality() <= extras(task)) {
				for (int zone : this.kept[task].stream().toArray()) {
					int owner = last[zone];
					extras.add(new Extra(task, zone, present.ratio(owner, -passedOn[owner])));
					passedOn[owner] += this.weights[this.shards.kind(task)];
				}
			}
		}
		extras.stream()
			.sorted(Comparator.comparingDouble(Extra::load).reversed())
			.forEach((kept) -> give(kept.task, kept.zone));
		sum();
	}

	private int[] countInZones(int task, int[] inZone) {
		int[] last = this.lastOwners;
		for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
			int owner = this.shards.owner(shard);
			if (owner != ShardTable.NONE) {
				inZone[this.zoneOf[owner]]++;
				last[this.zoneOf[owner]] = owner;
			}
		}
		return last;
	}

	private void place() {
		for (int task = 0; task < this.shards.tasks(); task++) {
			if (this.shards.kind(task) != ShardTable.NONE) {
				boolean tooMany = this.kept[task].cardinality() > extras(task);
				for (int i = this.extra[task].cardinality(); i < extras(task); i++) {
					give(task, leastLoaded(task, tooMany));
				}
			}
		}
	}

	private int leastLoaded(int task, boolean amongKept) {
		double weight = this.weights[this.shards.kind(task)];
		int least = -1;
		for (int zone : zones(task)) {
			if (!this.extra[task].get(zone) && (!amongKept || this.kept[task].get(zone))
					&& (least < 0 || ratio(zone, weight) < ratio(least, weight))) {
				least = zone;
			}
		}
		return least;
	}

	private void give(int task, int zone) {
		this.extra[task].set(zone);
		this.counts[this.shards.kind(task)][zone]++;
		this.loads[zone] += this.weights[this.shards.kind(task)];
		(this.kept[task].get(zone) ? this.keepers : this.others).get(zone).add(task);
	}

	private void sum() {
		Arrays.fill(this.loads, 0);
		for (int kind = 0; kind < this.weights.length; kind++) {
			for (int zone : this.zones[kind]) {
				this.loads[zone] += this.weights[kind] * this.counts[kind][zone];
			}
		}
	}

	private double ratio(int zone, double change) {
		return (this.loads[zone] + change) / this.capacities[zone];
	}

	private boolean improve() {
		boolean improved = false;
		boolean[] settled = new boolean[this.loads.length];
		for (int source = mostLoaded(settled); source >= 0 && this.steps < MOST_STEPS; source = mostLoaded(settled)) {
			if (relieve(source)) {
				improved = true;
			}
			else {
				settled[source] = true;
			}
		}
		return improved && this.steps < MOST_STEPS;
	}

	private int mostLoaded(boolean[] settled) {
		int most = -1;
		for (int zone = 0; zone < settled.length; zone++) {
			if (!settled[zone] && this.loads[zone] > 0 && (most < 0 || ratio(zone, 0) > ratio(most, 0))) {
				most = zone;
			}
		}
		return most;
	}

	/**
	 * Pass one extra shard on, one that has to move anyway if there is such a one.
	 * @param source the zone to relieve
	 * @return whether the balance is better by that
	 */
	private boolean relieve(int source) {
		double limit = ratio(source, 0) * (1 - (this.equalWeights ? EXACT : WORTHWHILE));
		int[] targets = IntStream.range(0, this.loads.length)
			.filter((zone) -> this.capacities[zone] > 0 && ratio(zone, 0) < limit)
			.boxed()
			.sorted((zone, other) -> Double.compare(ratio(zone, 0), ratio(other, 0)))
			.mapToInt(Integer::intValue)
			.toArray();
		this.steps += this.loads.length;
		for (int target : targets) {
			if (passOn(this.others.get(source), source, target, limit)
					|| passOn(this.keepers.get(source), source, target, limit)) {
				return true;
			}
		}
		return false;
	}

	private boolean passOn(Set<Integer> candidates, int source, int target, double limit) {
		for (Iterator<Integer> tasks = candidates.iterator(); tasks.hasNext() && this.steps < MOST_STEPS;) {
			int task = tasks.next();
			this.steps++;
			double weight = this.weights[this.shards.kind(task)];
			if (!this.extra[task].get(target) && ratio(target, weight) < limit
					&& Arrays.binarySearch(zones(task), target) >= 0) {
				tasks.remove();
				this.extra[task].clear(source);
				this.counts[this.shards.kind(task)][source]--;
				this.loads[source] -= weight;
				give(task, target);
				return true;
			}
		}
		return false;
	}

	/**
	 * An extra shard that a zone has had.
	 *
	 * @param task the task
	 * @param zone the zone
	 * @param load the load of its owner, relative to capacity, without what came before
	 */
	private record Extra(int task, int zone, double load) {

	}

}
