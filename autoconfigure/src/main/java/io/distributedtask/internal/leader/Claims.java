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

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what, out of what the members claim. Of two members that claim one shard the
 * one keeps it to whom the leader has just given it; if the leader does not know, the
 * higher fencing token does; of equal tokens none does. Whoever does not keep what it
 * claims finds it in no part of its assignment, and stops it at once.
 */
final class Claims {

	private final Map<TaskId, Holder> holders = new HashMap<>();

	/** Shards that code still runs of, though no member may keep them. */
	private final Map<TaskId, String> stillRunning = new HashMap<>();

	private final Map<String, Set<Integer>> shardCounts = new HashMap<>();

	private final LastRound last;

	private Claims(LastRound last) {
		this.last = last;
	}

	static Claims of(Map<String, MemberMetadata> members, LastRound last) {
		Claims claims = new Claims(last);
		Set<TaskId> tied = new HashSet<>();
		members.forEach((memberId, member) -> member.claims().forEach((claim) -> claims.add(memberId, claim, tied)));
		for (TaskId id : tied) {
			Holder holder = claims.holders.remove(id);
			if (holder != null) {
				claims.stillRunning.put(id, holder.memberId());
			}
		}
		claims.stillRunning.keySet().removeAll(claims.holders.keySet());
		return claims;
	}

	private void add(String memberId, Claim claim, Set<TaskId> tied) {
		this.shardCounts.computeIfAbsent(claim.task(), (name) -> new HashSet<>()).add(claim.shardCount());
		claim.ids().forEach((id) -> {
			if (claim.hold() == Hold.LOST) {
				this.stillRunning.put(id, memberId);
				return;
			}
			Holder other = this.holders.get(id);
			int order = (other != null) ? compare(id, memberId, claim, other) : 1;
			if (order > 0) {
				this.holders.put(id, new Holder(memberId, claim));
				tied.remove(id);
			}
			else if (order == 0) {
				tied.add(id);
			}
		});
	}

	private int compare(TaskId id, String memberId, Claim claim, Holder other) {
		boolean confirmed = this.last.confirms(memberId, id, claim.token());
		boolean otherConfirmed = this.last.confirms(other.memberId(), id, other.claim().token());
		return (confirmed != otherConfirmed) ? Boolean.compare(confirmed, otherConfirmed)
				: Long.compare(claim.token(), other.claim().token());
	}

	@Nullable Holder holder(TaskId id) {
		return this.holders.get(id);
	}

	Map<TaskId, Holder> holders() {
		return this.holders;
	}

	/**
	 * The member on which code of a shard runs that it must not keep.
	 * @param id the shard
	 * @return a member id, or {@code null}
	 */
	@Nullable String stillRunning(TaskId id) {
		return this.stillRunning.get(id);
	}

	/**
	 * The members on which code of shards runs that they must not keep.
	 */
	Map<TaskId, String> stillRunning() {
		return this.stillRunning;
	}

	/**
	 * Whether shards of a task are held that belong to another split of it.
	 * @param task the name of the task
	 * @param shards the number of shards of the task
	 * @return whether they have to be stopped before any other shard is started
	 */
	boolean hasOtherSplit(String task, int shards) {
		return this.shardCounts.getOrDefault(task, Set.of()).stream().anyMatch((count) -> count != shards);
	}

	/**
	 * The member that holds a shard.
	 *
	 * @param memberId its id
	 * @param claim its claim
	 */
	record Holder(String memberId, Claim claim) {
	}

}
