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

/**
 * How many shards of each <em>kind</em> each instance carries. Shards of one kind have
 * the same weight and may be owned by the same instances, so that balancing only has to
 * count them. Only what an instance does carry is stored: there may be as many kinds as
 * tasks.
 */
final class Loads {

	private final Kind[] kinds;

	private final double[] capacities;

	private final double[] loads;

	private final int[] sizes;

	private final int[][] carried;

	private final int[][] counts;

	Loads(Kind[] kinds, double[] capacities) {
		this.kinds = kinds;
		this.capacities = capacities;
		this.loads = new double[capacities.length];
		this.sizes = new int[capacities.length];
		this.carried = new int[capacities.length][4];
		this.counts = new int[capacities.length][4];
	}

	int instances() {
		return this.capacities.length;
	}

	int kinds() {
		return this.kinds.length;
	}

	Kind kind(int kind) {
		return this.kinds[kind];
	}

	double capacity(int instance) {
		return this.capacities[instance];
	}

	double load(int instance) {
		return this.loads[instance];
	}

	/**
	 * The load of an instance relative to its capacity, if its load changed.
	 * @param instance the instance
	 * @param change what is added to its load
	 * @return the ratio
	 */
	double ratio(int instance, double change) {
		return (this.loads[instance] + change) / this.capacities[instance];
	}

	/**
	 * The number of different kinds that an instance carries.
	 * @param instance the instance
	 * @return the number, bound of the index of {@link #carried(int, int)}
	 */
	int carriedKinds(int instance) {
		return this.sizes[instance];
	}

	int carried(int instance, int index) {
		return this.carried[instance][index];
	}

	int count(int instance, int kind) {
		int index = indexOf(instance, kind);
		return (index < 0) ? 0 : this.counts[instance][index];
	}

	void move(int kind, int from, int to) {
		add(kind, from, -1);
		add(kind, to, 1);
	}

	void add(int kind, int instance, int change) {
		if (change == 0) {
			return;
		}
		int index = indexOf(instance, kind);
		if (index < 0) {
			index = insert(instance, -index - 1, kind);
		}
		this.counts[instance][index] += change;
		if (this.counts[instance][index] == 0) {
			remove(instance, index);
		}
		// Summed anew, never adjusted: equal counts must give equal loads to the last
		// bit,
		// or a second assignment could see an improvement that the first did not
		double load = 0;
		for (int i = 0; i < this.sizes[instance]; i++) {
			load += this.kinds[this.carried[instance][i]].weight() * this.counts[instance][i];
		}
		this.loads[instance] = load;
	}

	private int indexOf(int instance, int kind) {
		return Arrays.binarySearch(this.carried[instance], 0, this.sizes[instance], kind);
	}

	private int insert(int instance, int index, int kind) {
		int size = this.sizes[instance]++;
		if (size == this.carried[instance].length) {
			this.carried[instance] = Arrays.copyOf(this.carried[instance], 2 * size);
			this.counts[instance] = Arrays.copyOf(this.counts[instance], 2 * size);
		}
		System.arraycopy(this.carried[instance], index, this.carried[instance], index + 1, size - index);
		System.arraycopy(this.counts[instance], index, this.counts[instance], index + 1, size - index);
		this.carried[instance][index] = kind;
		this.counts[instance][index] = 0;
		return index;
	}

	private void remove(int instance, int index) {
		int size = --this.sizes[instance];
		System.arraycopy(this.carried[instance], index + 1, this.carried[instance], index, size - index);
		System.arraycopy(this.counts[instance], index + 1, this.counts[instance], index, size - index);
	}

	/**
	 * What shards that can stand in for each other have in common.
	 *
	 * @param weight the weight of one shard
	 * @param taskClass the number of the class of instances that may own them
	 * @param eligible the instances of that class, in ascending order, at least one
	 */
	record Kind(double weight, int taskClass, int[] eligible) {

	}

}
