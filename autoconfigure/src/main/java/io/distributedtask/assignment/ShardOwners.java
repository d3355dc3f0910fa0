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

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * The owners of shards, in an array for each task. A hash map would need an entry and an
 * id for each of a hundred thousand shards, which takes longer than to find an owner for
 * them. Immutable.
 */
final class ShardOwners extends AbstractMap<TaskId, String> {

	private final Map<String, @Nullable String[]> owners;

	private final int size;

	/**
	 * Create the owners.
	 * @param owners the owner of each shard of a task, {@code null} where there is none,
	 * by the name of the task; not copied
	 * @param size how many shards have an owner
	 */
	ShardOwners(Map<String, @Nullable String[]> owners, int size) {
		this.owners = owners;
		this.size = size;
	}

	/**
	 * The owners of a task's shards.
	 * @param task the name of the task
	 * @return the owners, or {@code null}; not to be changed
	 */
	@Nullable String @Nullable [] of(String task) {
		return this.owners.get(task);
	}

	@Override
	public int size() {
		return this.size;
	}

	@Override
	public @Nullable String get(@Nullable Object key) {
		if (!(key instanceof TaskId id)) {
			return null;
		}
		@Nullable String[] ofTask = this.owners.get(id.name());
		return (ofTask != null && id.shard() < ofTask.length) ? ofTask[id.shard()] : null;
	}

	@Override
	public boolean containsKey(@Nullable Object key) {
		return get(key) != null;
	}

	@Override
	public Set<Entry<TaskId, String>> entrySet() {
		return new AbstractSet<>() {

			@Override
			public Iterator<Entry<TaskId, String>> iterator() {
				return new Entries();
			}

			@Override
			public int size() {
				return ShardOwners.this.size;
			}

		};
	}

	/**
	 * Walks over the shards that have an owner.
	 */
	private final class Entries implements Iterator<Entry<TaskId, String>> {

		private final Iterator<Entry<String, @Nullable String[]>> tasks = ShardOwners.this.owners.entrySet().iterator();

		private String task = "";

		private @Nullable String[] ofTask = {};

		private int shard = -1;

		private int left = ShardOwners.this.size;

		@Override
		public boolean hasNext() {
			return this.left > 0;
		}

		@Override
		public Entry<TaskId, String> next() {
			while (this.left > 0) {
				if (++this.shard == this.ofTask.length) {
					Entry<String, @Nullable String[]> next = this.tasks.next();
					this.task = next.getKey();
					this.ofTask = next.getValue();
					this.shard = -1;
					continue;
				}
				String owner = this.ofTask[this.shard];
				if (owner != null) {
					this.left--;
					return Map.entry(new TaskId(this.task, this.shard), owner);
				}
			}
			throw new NoSuchElementException();
		}

	}

}
