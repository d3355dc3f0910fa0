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
import java.util.List;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardGroups;
import io.distributedtask.internal.message.ShardSet;
import org.jspecify.annotations.Nullable;

/**
 * The assignment of one member in the making, shard by shard; shards that were granted
 * together end up in one grant.
 */
final class AssignmentBuilder {

	/** Grants by their terms, which are a grant of no shards. */
	private final ShardGroups<Grant> grants = new ShardGroups<>();

	private final ShardGroups<Shards> revoked = new ShardGroups<>();

	private final ShardGroups<Unassigned> unassigned = new ShardGroups<>();

	private final List<Progress> progress = new ArrayList<>();

	void grant(Grant terms, int shard) {
		this.grants.add(terms, shard);
	}

	void revoke(TaskId id, @Nullable Instant since) {
		this.revoked.add(new Shards(id.name(), ShardSet.EMPTY, since), id.shard());
	}

	void unassigned(TaskId id, String reason) {
		this.unassigned.add(new Unassigned(id.name(), ShardSet.EMPTY, reason), id.shard());
	}

	void progress(Progress progress) {
		this.progress.add(progress);
	}

	List<Grant> grants() {
		return this.grants.toList(Grant::withShards);
	}

	List<Shards> revoked() {
		return this.revoked.toList((key, shards) -> new Shards(key.task(), shards, key.since()));
	}

	List<Unassigned> unassigned() {
		return this.unassigned.toList((key, shards) -> new Unassigned(key.task(), shards, key.reason()));
	}

	List<Progress> progress() {
		return this.progress;
	}

}
