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

package io.distributedtask.internal.leader;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import org.jspecify.annotations.Nullable;

/**
 * The assignment of one member in the making, shard by shard; shards that were granted
 * together end up in one grant.
 */
final class AssignmentBuilder {

	/** Grants by their terms, which are a grant of no shards. */
	private final Map<Grant, BitSet> grants = new LinkedHashMap<>();

	private final Map<Shards, BitSet> revoked = new LinkedHashMap<>();

	private final Map<Unassigned, BitSet> unassigned = new LinkedHashMap<>();

	private final List<Progress> progress = new ArrayList<>();

	void grant(Grant terms, int shard) {
		this.grants.computeIfAbsent(terms, (key) -> new BitSet()).set(shard);
	}

	void revoke(TaskId id, @Nullable Instant since) {
		this.revoked.computeIfAbsent(new Shards(id.name(), ShardSet.EMPTY, since), (key) -> new BitSet())
			.set(id.shard());
	}

	void unassigned(TaskId id, String reason) {
		this.unassigned.computeIfAbsent(new Unassigned(id.name(), ShardSet.EMPTY, reason), (key) -> new BitSet())
			.set(id.shard());
	}

	void progress(Progress progress) {
		this.progress.add(progress);
	}

	List<Grant> grants() {
		return list(this.grants, Grant::withShards);
	}

	List<Shards> revoked() {
		return list(this.revoked, (key, shards) -> new Shards(key.task(), shards, key.since()));
	}

	List<Unassigned> unassigned() {
		return list(this.unassigned, (key, shards) -> new Unassigned(key.task(), shards, key.reason()));
	}

	List<Progress> progress() {
		return this.progress;
	}

	private static <K, T> List<T> list(Map<K, BitSet> map, BiFunction<K, ShardSet, T> mapper) {
		List<T> list = new ArrayList<>(map.size());
		map.forEach((key, bits) -> list.add(mapper.apply(key, ShardSet.of(bits))));
		return list;
	}

}
