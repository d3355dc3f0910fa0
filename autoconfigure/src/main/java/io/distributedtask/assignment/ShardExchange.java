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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/**
 * Chooses the shards that make up given counts: how many of a kind an instance gains or
 * gives up is decided, which ones is not. Of each kind an instance either gains or gives
 * up, never both, so that nothing is exchanged for its like. The choice spreads every
 * single task as evenly as it can without a further move.
 */
final class ShardExchange {

	private final ShardTable shards;

	private final int[] gains;

	private final int[] taskCounts;

	private final int[] aside;

	private final InstanceHeap takers;

	ShardExchange(ShardTable shards, int instances) {
		this.shards = shards;
		this.gains = new int[instances];
		this.taskCounts = new int[instances];
		this.aside = new int[instances];
		this.takers = new InstanceHeap(instances, (instance, other) -> (this.gains[instance] != this.gains[other])
				? this.gains[instance] > this.gains[other] : instance < other);
	}

	/**
	 * Change the owners of shards.
	 * @param from the loads of the present owners
	 * @param to the loads to reach
	 */
	void exchange(Loads from, Loads to) {
		Map<Integer, List<Change>> changes = findChanges(from, to);
		Map<Integer, List<Integer>> tasks = new HashMap<>();
		for (int task = 0; task < this.shards.tasks(); task++) {
			if (changes.containsKey(this.shards.kind(task))) {
				tasks.computeIfAbsent(this.shards.kind(task), (kind) -> new ArrayList<>()).add(task);
			}
		}
		changes.forEach((kind, ofKind) -> {
			ofKind.forEach((change) -> this.gains[change.instance()] = change.gain());
			if (ofKind.stream().anyMatch((change) -> change.gain() < 0)) {
				release(tasks.getOrDefault(kind, List.of()),
						(int) ofKind.stream().filter((change) -> change.gain() > 0).count());
			}
			ofKind.stream()
				.filter((change) -> change.gain() > 0)
				.forEach((change) -> this.takers.add(change.instance()));
			tasks.getOrDefault(kind, List.of()).forEach(this::fill);
			ofKind.forEach((change) -> this.gains[change.instance()] = 0);
		});
	}

	private static Map<Integer, List<Change>> findChanges(Loads from, Loads to) {
		Map<Integer, List<Change>> changes = new TreeMap<>();
		for (int instance = 0; instance < to.instances(); instance++) {
			for (int i = 0; i < to.carriedKinds(instance); i++) {
				int kind = to.carried(instance, i);
				addChange(changes, kind, instance, to.count(instance, kind) - from.count(instance, kind));
			}
			for (int i = 0; i < from.carriedKinds(instance); i++) {
				int kind = from.carried(instance, i);
				if (to.count(instance, kind) == 0) {
					addChange(changes, kind, instance, -from.count(instance, kind));
				}
			}
		}
		return changes;
	}

	private static void addChange(Map<Integer, List<Change>> changes, int kind, int instance, int gain) {
		if (gain != 0) {
			changes.computeIfAbsent(kind, (k) -> new ArrayList<>()).add(new Change(instance, gain));
		}
	}

	private void release(List<Integer> tasks, int takers) {
		Map<Integer, List<Holding>> holdings = findHoldings(tasks, takers);
		holdings.forEach((giver, held) -> {
			PriorityQueue<Holding> candidates = new PriorityQueue<>(held);
			for (int i = this.gains[giver]; i < 0; i++) {
				Holding most = candidates.remove();
				most.release();
				candidates.add(most);
			}
			held.forEach(this::disown);
		});
	}

	private Map<Integer, List<Holding>> findHoldings(List<Integer> tasks, int takers) {
		Map<Integer, List<Holding>> holdings = new TreeMap<>();
		for (int task : tasks) {
			Demand demand = new Demand(task, takers);
			for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
				int owner = this.shards.owner(shard);
				if (owner == ShardTable.NONE || this.gains[owner] > 0) {
					demand.covered++;
				}
				else if (this.gains[owner] < 0) {
					this.taskCounts[owner]++;
				}
			}
			for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
				int owner = this.shards.owner(shard);
				if (owner != ShardTable.NONE && this.taskCounts[owner] > 0) {
					holdings.computeIfAbsent(owner, (o) -> new ArrayList<>())
						.add(new Holding(owner, demand, this.taskCounts[owner]));
					this.taskCounts[owner] = 0;
				}
			}
		}
		return holdings;
	}

	private void disown(Holding holding) {
		int task = holding.demand.task;
		for (int shard = this.shards.endShard(task) - 1; holding.released > 0; shard--) {
			if (this.shards.owner(shard) == holding.owner) {
				this.shards.setOwner(shard, ShardTable.NONE);
				holding.released--;
			}
		}
	}

	private void fill(int task) {
		int asideCount = 0;
		int level = 0;
		countOwned(task, 1);
		for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
			if (this.shards.owner(shard) != ShardTable.NONE) {
				continue;
			}
			while (this.takers.isEmpty() || this.taskCounts[this.takers.first()] > level) {
				if (this.takers.isEmpty()) {
					level = readmit(asideCount);
					asideCount = 0;
				}
				else {
					this.aside[asideCount++] = this.takers.removeFirst();
				}
			}
			int taker = this.takers.removeFirst();
			this.shards.setOwner(shard, taker);
			this.taskCounts[taker]++;
			this.gains[taker]--;
			if (this.gains[taker] > 0) {
				this.aside[asideCount++] = taker;
			}
		}
		readmit(asideCount);
		countOwned(task, 0);
	}

	private int readmit(int asideCount) {
		int lowest = Integer.MAX_VALUE;
		for (int i = 0; i < asideCount; i++) {
			lowest = Math.min(lowest, this.taskCounts[this.aside[i]]);
			this.takers.add(this.aside[i]);
		}
		return lowest;
	}

	private void countOwned(int task, int factor) {
		for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
			int owner = this.shards.owner(shard);
			if (owner != ShardTable.NONE) {
				this.taskCounts[owner] = factor * (this.taskCounts[owner] + 1);
			}
		}
	}

	/**
	 * What an instance gains, or gives up, of a kind.
	 *
	 * @param instance the instance
	 * @param gain the number of shards, less than 0 if it gives up
	 */
	private record Change(int instance, int gain) {

	}

	/**
	 * How well those that take are provided with a task already.
	 */
	private static final class Demand {

		private final int task;

		private final int takers;

		private int covered;

		Demand(int task, int takers) {
			this.task = task;
			this.takers = takers;
		}

	}

	/**
	 * What one instance holds of one task. The one to give up from is the one where the
	 * owner exceeds the average of the takers most.
	 */
	private static final class Holding implements Comparable<Holding> {

		private static final Comparator<Holding> ORDER = Comparator.comparingLong(Holding::excess)
			.reversed()
			.thenComparingInt((holding) -> holding.demand.task);

		private final int owner;

		private final Demand demand;

		private int count;

		private int released;

		Holding(int owner, Demand demand, int count) {
			this.owner = owner;
			this.demand = demand;
			this.count = count;
		}

		private long excess() {
			return (this.count > 0) ? (long) this.count * this.demand.takers - this.demand.covered : Long.MIN_VALUE;
		}

		void release() {
			this.count--;
			this.released++;
			this.demand.covered++;
		}

		@Override
		public int compareTo(Holding other) {
			return ORDER.compare(this, other);
		}

	}

}
