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

package io.distributedtask.benchmarks.group;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * Who owns which shard, as the members are told. Safe for any thread.
 */
final class Owners {

	private final Map<String, Integer> offsets = new HashMap<>();

	private final AtomicReferenceArray<Member> owners;

	private final AtomicInteger owned = new AtomicInteger();

	private final AtomicInteger starts = new AtomicInteger();

	private final AtomicInteger violations = new AtomicInteger();

	private volatile long changedNanos;

	Owners(List<TaskDefinition> tasks) {
		int count = 0;
		for (TaskDefinition task : tasks) {
			this.offsets.put(task.name(), count);
			count += task.shards();
		}
		this.owners = new AtomicReferenceArray<>(count);
	}

	/**
	 * A member begins to own a shard.
	 */
	void start(TaskId id, Member member) {
		Member former = this.owners.getAndSet(index(id), member);
		if (former != null) {
			this.violations.incrementAndGet();
		}
		else {
			this.owned.incrementAndGet();
		}
		this.starts.incrementAndGet();
		this.changedNanos = System.nanoTime();
	}

	/**
	 * A member no longer owns a shard.
	 * @return whether it did
	 */
	boolean stop(TaskId id, Member member) {
		boolean stopped = this.owners.compareAndSet(index(id), member, null);
		if (stopped) {
			this.owned.decrementAndGet();
			this.changedNanos = System.nanoTime();
		}
		return stopped;
	}

	private int index(TaskId id) {
		return Objects.requireNonNull(this.offsets.get(id.name())) + id.shard();
	}

	int total() {
		return this.owners.length();
	}

	@Nullable Member owner(TaskId id) {
		return this.owners.get(index(id));
	}

	/**
	 * How many shards have an owner.
	 */
	int owned() {
		return this.owned.get();
	}

	/**
	 * How often a member began to own a shard.
	 */
	int starts() {
		return this.starts.get();
	}

	/**
	 * How often a shard had two owners.
	 */
	int violations() {
		return this.violations.get();
	}

	/**
	 * When a shard began or ceased to be owned the last time.
	 */
	long changedNanos() {
		return this.changedNanos;
	}

}
