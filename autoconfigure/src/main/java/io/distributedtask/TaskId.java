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

package io.distributedtask;

import java.util.Comparator;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * One shard of one task: the unit of ownership.
 *
 * @param name the name of the task
 * @param shard the shard, from 0; a task that is not sharded has shard 0 only
 * @since 0.1.0
 */
public record TaskId(String name, int shard) implements Comparable<TaskId> {

	private static final Comparator<TaskId> ORDER = Comparator.comparing(TaskId::name).thenComparingInt(TaskId::shard);

	public TaskId {
		Objects.requireNonNull(name, "'name' must not be null");
		if (shard < 0) {
			throw new IllegalArgumentException("Shard %d of task '%s' must not be negative".formatted(shard, name));
		}
	}

	@Override
	public int compareTo(TaskId other) {
		return ORDER.compare(this, other);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof TaskId that && this.shard == that.shard && this.name.equals(that.name);
	}

	/**
	 * Spread over all bits: the usual sum makes the shards of tasks with similar names
	 * collide by the thousand, and maps of them quadratic.
	 */
	@Override
	public int hashCode() {
		int hash = this.name.hashCode() * 0x9E3779B1 + this.shard;
		hash = (hash ^ (hash >>> 15)) * 0x2C1B3C6D;
		return hash ^ (hash >>> 13);
	}

	@Override
	public String toString() {
		return this.name + "[" + this.shard + "]";
	}

}
