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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Finds how many shards of each kind every instance should carry: places the shards that
 * have no owner, then moves shards while that improves the balance.
 * <p>
 * An improvement is a chain of moves from an instance A to an instance D, each move
 * passing on one shard, after which D and every instance between them carry less
 * (relative to their capacities) than A did, or no more than they did themselves. Each
 * improvement makes the loads, sorted from the highest down, lexicographically smaller,
 * so that no state comes back and the search ends; it ends where no improvement is left,
 * so that it finds nothing to do in its own result. With equal weights a missing chain
 * proves the optimum, as in any flow with convex costs.
 */
final class Balancer {

	/**
	 * With equal weights every real improvement is far above the noise of a division.
	 */
	private static final double EXACT = 1e-9;

	/**
	 * With unequal weights there is nearly always some swap that gains next to nothing:
	 * below one percent of the load it is not worth stopping a shard.
	 */
	private static final double WORTHWHILE = 0.01;

	/** Bisections after which a level is as exact as a double. */
	private static final int LEVELS = 60;

	private final Loads loads;

	private final boolean equalWeights;

	private final boolean[] settled;

	private final @Nullable ClassState[] classes;

	private final ChainSearch chains;

	private int state;

	Balancer(Loads loads) {
		this.loads = loads;
		this.settled = new boolean[loads.instances()];
		int count = 0;
		boolean equal = true;
		for (int kind = 0; kind < loads.kinds(); kind++) {
			count = Math.max(count, loads.kind(kind).taskClass() + 1);
			equal = equal && loads.kind(kind).weight() == loads.kind(0).weight();
		}
		this.equalWeights = equal;
		this.classes = new ClassState[count];
		this.chains = new ChainSearch(loads, count);
	}

	/**
	 * Place and move shards.
	 * @param unowned the number of shards of each kind that have no owner
	 */
	void balance(int[] unowned) {
		for (int kind = 0; kind < unowned.length; kind++) {
			if (unowned[kind] > 0) {
				place(kind, unowned[kind]);
			}
		}
		boolean improved = true;
		while (improved) {
			improved = improveEach();
		}
	}

	private void place(int kind, int shards) {
		Loads.Kind placed = this.loads.kind(kind);
		int[] eligible = placed.eligible();
		double[] ratios = new double[this.loads.instances()];
		int[] counts = new int[this.loads.instances()];
		InstanceHeap heap = new InstanceHeap(eligible.length, (instance, other) -> {
			if (ratios[instance] != ratios[other]) {
				return ratios[instance] < ratios[other];
			}
			return (counts[instance] != counts[other]) ? counts[instance] < counts[other] : instance < other;
		});
		int[] added = certain(placed, shards);
		int left = shards;
		for (int instance : eligible) {
			left -= added[instance];
			ratios[instance] = this.loads.ratio(instance, placed.weight() * (added[instance] + 1));
			counts[instance] = this.loads.count(instance, kind) + added[instance];
			heap.add(instance);
		}
		for (int i = 0; i < left; i++) {
			int instance = heap.first();
			counts[instance]++;
			added[instance]++;
			ratios[instance] = this.loads.ratio(instance, placed.weight() * (added[instance] + 1));
			heap.firstHasChanged();
		}
		for (int instance : eligible) {
			this.loads.add(kind, instance, added[instance]);
		}
	}

	/**
	 * How many shards each instance gets in any case: those after which all are at a
	 * level that the rest of the shards still raises.
	 * @param kind the kind
	 * @param shards how many shards of it there are
	 * @return a number for each instance
	 */
	private int[] certain(Loads.Kind kind, int shards) {
		int[] certain = new int[this.loads.instances()];
		double low = 0;
		double high = Double.MAX_VALUE;
		for (int instance : kind.eligible()) {
			high = Math.min(high, this.loads.ratio(instance, kind.weight() * shards));
		}
		for (int i = 0; i < LEVELS && shards > kind.eligible().length; i++) {
			double level = (low + high) / 2;
			long sum = 0;
			for (int instance : kind.eligible()) {
				sum += upTo(level, instance, kind.weight());
			}
			low = (sum <= shards) ? level : low;
			high = (sum <= shards) ? high : level;
		}
		for (int instance : kind.eligible()) {
			certain[instance] = (int) upTo(low * (1 - EXACT), instance, kind.weight());
		}
		return certain;
	}

	private long upTo(double level, int instance, double weight) {
		return (long) Math.max(0, (level * this.loads.capacity(instance) - this.loads.load(instance)) / weight);
	}

	private boolean improveEach() {
		boolean improved = false;
		Arrays.fill(this.settled, false);
		for (int source = mostLoaded(); source >= 0; source = mostLoaded()) {
			double limit = this.loads.ratio(source, 0) * (1 - (this.equalWeights ? EXACT : WORTHWHILE));
			if (moveDirectly(source, limit) || (this.classes.length > 1 && this.chains.move(source, limit))) {
				this.state++;
				improved = true;
			}
			else if (this.equalWeights && this.classes.length == 1) {
				// what cannot leave the most loaded cannot leave a less loaded one either
				return improved;
			}
			else {
				this.settled[source] = true;
			}
		}
		return improved;
	}

	private int mostLoaded() {
		int most = -1;
		for (int instance = 0; instance < this.settled.length; instance++) {
			if (!this.settled[instance] && this.loads.load(instance) > 0
					&& (most < 0 || this.loads.ratio(instance, 0) > this.loads.ratio(most, 0))) {
				most = instance;
			}
		}
		return most;
	}

	private boolean moveDirectly(int source, double limit) {
		@Nullable Candidate best = null;
		for (int i = 0; i < this.loads.carriedKinds(source); i++) {
			int kind = this.loads.carried(source, i);
			Candidate candidate = findTarget(source, kind, limit);
			if (candidate != null && (best == null || candidate.isBetterThan(best))) {
				best = candidate;
			}
		}
		if (best != null) {
			this.loads.move(best.kind(), source, best.target());
		}
		return best != null;
	}

	private @Nullable Candidate findTarget(int source, int kind, double limit) {
		Loads.Kind moved = this.loads.kind(kind);
		ClassState taskClass = classState(moved);
		double weight = moved.weight();
		if (taskClass.lowestRatio() + weight / taskClass.highestCapacity() >= limit) {
			return null;
		}
		int target = -1;
		double targetRatio = limit;
		int targetCount = 0;
		for (int instance : moved.eligible()) {
			double ratio = this.loads.ratio(instance, weight);
			if (ratio < targetRatio || (target >= 0 && ratio == targetRatio)) {
				int count = this.loads.count(instance, kind);
				if (target < 0 || ratio < targetRatio || count < targetCount) {
					target = instance;
					targetRatio = ratio;
					targetCount = count;
				}
			}
		}
		if (target < 0 || target == source) {
			return null;
		}
		// With unequal weights the shard to move is the heaviest that leaves the source
		// at
		// the average, to save moves, or else the one that brings it nearest to it,
		// rather
		// above: one too heavy would make others fill up the source in turn
		double offAverage = this.equalWeights ? 0 : Math.abs(this.loads.ratio(source, -weight) - taskClass.average());
		offAverage = Math.max(0, offAverage - WORTHWHILE * taskClass.average());
		return new Candidate(kind, target, offAverage, weight, targetRatio,
				this.loads.count(source, kind) - targetCount);
	}

	private ClassState classState(Loads.Kind kind) {
		@Nullable ClassState known = this.classes[kind.taskClass()];
		if (known != null && known.state() == this.state) {
			return known;
		}
		double load = 0;
		double capacity = 0;
		double lowestRatio = Double.POSITIVE_INFINITY;
		double highestCapacity = 0;
		for (int instance : kind.eligible()) {
			load += this.loads.load(instance);
			capacity += this.loads.capacity(instance);
			lowestRatio = Math.min(lowestRatio, this.loads.ratio(instance, 0));
			highestCapacity = Math.max(highestCapacity, this.loads.capacity(instance));
		}
		ClassState current = new ClassState(this.state, load / capacity, lowestRatio, highestCapacity);
		this.classes[kind.taskClass()] = current;
		return current;
	}

	/**
	 * What the instances of a class have in common at the moment.
	 *
	 * @param state the state of the search for which this holds
	 * @param average their load relative to their capacity, taken together
	 * @param lowestRatio the lowest load relative to capacity
	 * @param highestCapacity the highest capacity
	 */
	private record ClassState(int state, double average, double lowestRatio, double highestCapacity) {

	}

	/**
	 * A move that would improve the balance.
	 *
	 * @param kind the kind to move
	 * @param target where to
	 * @param offAverage how far from the average the source would be, 0 if near enough
	 * @param weight the weight of the shard
	 * @param ratio the load that the target would have
	 * @param surplus how many more of the kind the source has than the target
	 */
	private record Candidate(int kind, int target, double offAverage, double weight, double ratio, int surplus) {

		boolean isBetterThan(Candidate other) {
			if (this.offAverage != other.offAverage) {
				return this.offAverage < other.offAverage;
			}
			if (this.weight != other.weight) {
				return (this.offAverage == 0) == (this.weight > other.weight);
			}
			return (this.ratio != other.ratio) ? this.ratio < other.ratio : this.surplus > other.surplus;
		}

	}

}
