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
import java.util.Arrays;
import java.util.Deque;

/**
 * Spreads the shards of each task, without more moves and without a change of the
 * balance: no instance should have two more shards of a task than another one, if that is
 * possible.
 * <p>
 * Of one kind of shards, an instance that gives may give another one than it does, and
 * one that takes may take another one. Where a task has too many shards, or too few, a
 * chain of such exchanges is looked for that corrects it and spoils nothing else: an
 * augmenting path in a transport network whose bounds are the numbers of shards of each
 * task on each instance. If none is found, there is none, unless the search would take
 * too long: the leader's time for an assignment is limited, and an even spread is worth
 * less than an assignment. Which instances carry the odd shard more may change, too.
 */
final class TaskSpread {

	/** Larger ones are left as they are: numbers of instances times tasks. */
	private static final int MOST_CELLS = 2_000_000;

	/** A tenth of a second, or so. Each chain that was found by then is carried out. */
	private static final int MOST_STEPS = 10_000_000;

	/** Stands for the odd shard more of an instance that gives. */
	private static final int ODD_OF_GIVER = -1;

	/** Stands for the odd shard more of an instance that takes. */
	private static final int ODD_OF_TAKER = -2;

	private static final int NONE = Integer.MIN_VALUE;

	private final ShardTable shards;

	private final int[] before;

	private final int kind;

	private final int[] instances;

	private final int[] tasks;

	private final boolean isAlone;

	/** By task and instance. */
	private final int[][] former;

	private final int[][] counts;

	private final int[] lowest;

	private final int[] highest;

	private final int[] present;

	private final int[] totals;

	private int floor;

	private int ceiling;

	/** Which task an instance gains in the chain. */
	private final int[] gained;

	/** Which instance loses a task in the chain; the last two are the odd shards. */
	private final int[] loser;

	private final Deque<Integer> queue = new ArrayDeque<>();

	private int steps;

	private TaskSpread(ShardTable shards, int[] before, Loads loads, int kind) {
		this.shards = shards;
		this.before = before;
		this.kind = kind;
		this.instances = loads.kind(kind).eligible();
		this.isAlone = loads.kinds() == 1;
		int count = 0;
		for (int task = 0; task < shards.tasks(); task++) {
			count += (shards.kind(task) == kind) ? 1 : 0;
		}
		this.tasks = new int[count];
		this.former = new int[count][];
		this.counts = new int[count][];
		this.lowest = new int[count];
		this.highest = new int[count];
		this.present = new int[this.instances.length];
		this.totals = new int[this.instances.length];
		this.gained = new int[this.instances.length];
		this.loser = new int[count + 2];
	}

	/**
	 * Spread the shards of all tasks.
	 * @param shards the shards with their new owners
	 * @param before their owners before
	 * @param loads the loads
	 */
	static void level(ShardTable shards, int[] before, Loads loads) {
		boolean[] isUneven = new boolean[loads.kinds()];
		int[] scratch = new int[loads.instances()];
		for (int task = 0; task < shards.tasks(); task++) {
			int kind = shards.kind(task);
			if (kind != ShardTable.NONE && !isUneven[kind] && shards.shards(task) > 1) {
				isUneven[kind] = isUneven(shards, task, loads.kind(kind).eligible(), scratch);
			}
		}
		for (int kind = 0; kind < isUneven.length; kind++) {
			if (isUneven[kind] && haveEqualCapacity(loads, kind)) {
				new TaskSpread(shards, before, loads, kind).level();
			}
		}
	}

	private static boolean isUneven(ShardTable shards, int task, int[] instances, int[] scratch) {
		int most = 0;
		for (int shard = shards.firstShard(task); shard < shards.endShard(task); shard++) {
			int owner = shards.owner(shard);
			if (owner != ShardTable.NONE) {
				most = Math.max(most, ++scratch[owner]);
			}
		}
		int lowest = shards.shards(task) / instances.length;
		boolean isUneven = most > (shards.shards(task) + instances.length - 1) / instances.length;
		for (int i = 0; lowest > 0 && !isUneven && i < instances.length; i++) {
			isUneven = scratch[instances[i]] < lowest;
		}
		for (int shard = shards.firstShard(task); shard < shards.endShard(task); shard++) {
			if (shards.owner(shard) != ShardTable.NONE) {
				scratch[shards.owner(shard)] = 0;
			}
		}
		return isUneven;
	}

	private static boolean haveEqualCapacity(Loads loads, int kind) {
		int[] instances = loads.kind(kind).eligible();
		return Arrays.stream(instances)
			.allMatch((instance) -> loads.capacity(instance) == loads.capacity(instances[0]));
	}

	private void level() {
		if ((long) this.tasks.length * this.instances.length > MOST_CELLS) {
			return;
		}
		count();
		boolean[] isChanged = new boolean[this.tasks.length];
		for (int task = 0; task < this.tasks.length && this.steps < MOST_STEPS; task++) {
			for (int instance = 0; instance < this.instances.length; instance++) {
				boolean found = true;
				while (found && this.counts[task][instance] > this.highest[task]) {
					found = giveAway(task, instance, isChanged);
				}
				while (found && this.counts[task][instance] < this.lowest[task]) {
					found = receive(task, instance, isChanged);
				}
			}
		}
		for (int task = 0; task < this.tasks.length; task++) {
			if (isChanged[task]) {
				apply(task);
			}
		}
	}

	private void count() {
		int[] numbers = new int[this.instances[this.instances.length - 1] + 1];
		for (int i = 0; i < this.instances.length; i++) {
			numbers[this.instances[i]] = i;
		}
		int next = 0;
		int all = 0;
		for (int task = 0; task < this.shards.tasks(); task++) {
			if (this.shards.kind(task) == this.kind) {
				int[] former = new int[this.instances.length];
				int[] counts = new int[this.instances.length];
				for (int shard = this.shards.firstShard(task); shard < this.shards.endShard(task); shard++) {
					if (this.before[shard] != ShardTable.NONE) {
						former[numbers[this.before[shard]]]++;
						this.present[numbers[this.before[shard]]]++;
					}
					counts[numbers[this.shards.owner(shard)]]++;
					this.totals[numbers[this.shards.owner(shard)]]++;
				}
				this.tasks[next] = task;
				this.former[next] = former;
				this.counts[next] = counts;
				this.lowest[next] = this.shards.shards(task) / this.instances.length;
				this.highest[next] = (this.shards.shards(task) + this.instances.length - 1) / this.instances.length;
				all += this.shards.shards(task);
				next++;
			}
		}
		this.floor = all / this.instances.length;
		this.ceiling = (all + this.instances.length - 1) / this.instances.length;
	}

	/**
	 * Let an instance lose a shard of a task and gain another one.
	 * @param task the index of the task
	 * @param instance the index of the instance
	 * @param isChanged takes the tasks whose numbers change
	 * @return whether there is a way to
	 */
	private boolean giveAway(int task, int instance, boolean[] isChanged) {
		begin();
		boolean isNeutral = this.totals[instance] == this.present[instance];
		if (!isNeutral && !mayLose(instance, task) || isNeutral && !mayGain(instance, ODD_OF_GIVER)) {
			return false;
		}
		lose(task, instance);
		while (!this.queue.isEmpty() && this.steps < MOST_STEPS) {
			int lost = this.queue.remove();
			boolean isOther = lost != task && (!isNeutral || lost == ODD_OF_GIVER);
			if (isOther && mayGain(instance, lost)) {
				exchange(instance, lost, instance, isChanged);
				return true;
			}
			this.steps += this.instances.length;
			for (int taker = 0; taker < this.instances.length; taker++) {
				if (taker != instance && this.gained[taker] == NONE && mayGain(taker, lost)) {
					gain(taker, lost);
				}
			}
		}
		return false;
	}

	/**
	 * Let an instance gain a shard of a task and lose another one.
	 * @param task the index of the task
	 * @param instance the index of the instance
	 * @param isChanged takes the tasks whose numbers change
	 * @return whether there is a way to
	 */
	private boolean receive(int task, int instance, boolean[] isChanged) {
		begin();
		boolean isNeutral = this.totals[instance] == this.present[instance];
		boolean mayReceive = isNeutral ? mayLose(instance, ODD_OF_TAKER)
				: isTaker(instance) || this.counts[task][instance] < this.former[task][instance];
		if (!mayReceive) {
			return false;
		}
		gain(instance, task);
		while (!this.queue.isEmpty() && this.steps < MOST_STEPS) {
			int lost = this.queue.remove();
			this.steps += this.instances.length;
			for (int taker = 0; taker < this.instances.length; taker++) {
				if (this.gained[taker] == NONE && mayGain(taker, lost)) {
					gain(taker, lost);
					if (this.loser[index(task)] == taker) {
						exchange(instance, task, instance, isChanged);
						return true;
					}
				}
			}
		}
		return false;
	}

	private void begin() {
		this.steps += this.instances.length + this.tasks.length;
		Arrays.fill(this.gained, NONE);
		Arrays.fill(this.loser, NONE);
		this.queue.clear();
	}

	private int index(int task) {
		return (task < 0) ? this.tasks.length - 1 - task : task;
	}

	private void lose(int task, int instance) {
		this.loser[index(task)] = instance;
		this.queue.add(task);
	}

	private void gain(int instance, int task) {
		this.gained[instance] = task;
		this.steps += this.tasks.length;
		boolean isKept = task >= 0 && this.totals[instance] == this.present[instance];
		for (int other = ODD_OF_TAKER; other < (isKept ? 0 : this.tasks.length); other++) {
			if (other != task && this.loser[index(other)] == NONE && mayLose(instance, other)) {
				lose(other, instance);
			}
		}
	}

	private boolean isTaker(int instance) {
		return this.totals[instance] > this.present[instance];
	}

	/**
	 * Whether an instance can have one shard more of a task without a move more and
	 * without having too many of it. To gain the odd shard is to carry one less.
	 * @param instance the index of the instance
	 * @param task the index of the task, or an odd shard
	 * @return whether it may
	 */
	private boolean mayGain(int instance, int task) {
		if (task >= 0) {
			boolean isNeutral = this.totals[instance] == this.present[instance];
			return this.counts[task][instance] < this.highest[task]
					&& (isTaker(instance) || isNeutral && mayLose(instance, ODD_OF_TAKER)
							|| !isNeutral && this.counts[task][instance] < this.former[task][instance]);
		}
		return this.isAlone && this.totals[instance] == this.ceiling && this.ceiling > this.floor
				&& isTaker(instance) == (task == ODD_OF_TAKER);
	}

	/**
	 * Whether an instance can have one shard less of a task without a move more and
	 * without having too few of it. To lose the odd shard is to carry one more.
	 * @param instance the index of the instance
	 * @param task the index of the task, or an odd shard
	 * @return whether it may
	 */
	private boolean mayLose(int instance, int task) {
		if (task >= 0) {
			return this.counts[task][instance] > this.lowest[task]
					&& (!isTaker(instance) || this.counts[task][instance] > this.former[task][instance]);
		}
		boolean isGiver = this.totals[instance] < this.present[instance];
		return this.isAlone && this.totals[instance] == this.floor && this.ceiling > this.floor
				&& isGiver == (task == ODD_OF_GIVER);
	}

	/**
	 * Carry out a chain.
	 * @param end the instance whose gain is the end of it
	 * @param lastTask what that one gains
	 * @param begin the instance whose loss is the beginning of it
	 * @param isChanged takes the tasks whose numbers change
	 */
	private void exchange(int end, int lastTask, int begin, boolean[] isChanged) {
		int instance = end;
		int task = lastTask;
		do {
			change(task, instance, 1, isChanged);
			instance = this.loser[index(task)];
			change(task, instance, -1, isChanged);
			task = this.gained[instance];
		}
		while (instance != begin);
	}

	private void change(int task, int instance, int change, boolean[] isChanged) {
		if (task >= 0) {
			this.counts[task][instance] += change;
			this.totals[instance] += change;
			isChanged[task] = true;
		}
	}

	/**
	 * Give the shards of a task owners according to the numbers: who had one keeps it.
	 * @param task the index of the task
	 */
	private void apply(int task) {
		int first = this.shards.firstShard(this.tasks[task]);
		int end = this.shards.endShard(this.tasks[task]);
		int[] left = this.counts[task].clone();
		int[] owners = new int[end - first];
		Arrays.fill(owners, ShardTable.NONE);
		for (int[] wanted : new int[][] { this.before, null }) {
			for (int shard = first; shard < end; shard++) {
				int owner = (wanted != null) ? wanted[shard] : this.shards.owner(shard);
				int instance = Arrays.binarySearch(this.instances, owner);
				if (owners[shard - first] == ShardTable.NONE && instance >= 0 && left[instance] > 0) {
					owners[shard - first] = owner;
					left[instance]--;
				}
			}
		}
		int next = 0;
		for (int shard = first; shard < end; shard++) {
			if (owners[shard - first] == ShardTable.NONE) {
				while (left[next] == 0) {
					next++;
				}
				owners[shard - first] = this.instances[next];
				left[next]--;
			}
			this.shards.setOwner(shard, owners[shard - first]);
		}
	}

}
