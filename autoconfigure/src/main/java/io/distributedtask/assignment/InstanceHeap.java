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

/**
 * A priority queue of instance numbers, without boxing: it is in the innermost loops.
 */
final class InstanceHeap {

	private final int[] heap;

	private final Order order;

	private int size;

	InstanceHeap(int capacity, Order order) {
		this.heap = new int[capacity];
		this.order = order;
	}

	boolean isEmpty() {
		return this.size == 0;
	}

	int first() {
		return this.heap[0];
	}

	void add(int instance) {
		int position = this.size++;
		while (position > 0) {
			int parent = (position - 1) / 2;
			if (!this.order.isBefore(instance, this.heap[parent])) {
				break;
			}
			this.heap[position] = this.heap[parent];
			position = parent;
		}
		this.heap[position] = instance;
	}

	int removeFirst() {
		int first = this.heap[0];
		this.heap[0] = this.heap[--this.size];
		if (this.size > 0) {
			firstHasChanged();
		}
		return first;
	}

	/**
	 * Put the first instance back into its place after it has become a later one.
	 */
	void firstHasChanged() {
		int instance = this.heap[0];
		int position = 0;
		while (2 * position + 1 < this.size) {
			int child = 2 * position + 1;
			if (child + 1 < this.size && this.order.isBefore(this.heap[child + 1], this.heap[child])) {
				child++;
			}
			if (!this.order.isBefore(this.heap[child], instance)) {
				break;
			}
			this.heap[position] = this.heap[child];
			position = child;
		}
		this.heap[position] = instance;
	}

	/**
	 * A strict total order of instances.
	 */
	@FunctionalInterface
	interface Order {

		boolean isBefore(int instance, int other);

	}

}
