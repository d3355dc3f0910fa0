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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Round;

/**
 * The last round that a leader has planned: what the members reported, and what they were
 * told.
 *
 * @param generation its generation, -1 if there is none
 * @param members what the members reported, by member id
 * @param staticIds the static member ids of those that have one, by member id
 * @param unreadable the members that were told to stop everything, since their metadata
 * is not used
 * @param plan the assignments, by member id
 * @param granted who was given each shard, or left with it
 */
record LastRound(int generation, Map<String, MemberMetadata> members, Map<String, String> staticIds,
		Set<String> unreadable, Map<String, MemberAssignment> plan, Map<TaskId, Grantee> granted) {

	static final LastRound NONE = new LastRound(-1, Map.of(), Map.of(), Set.of(), Map.of(), Map.of());

	static LastRound of(Round round, Map<String, MemberAssignment> plan) {
		Map<TaskId, Grantee> granted = new HashMap<>();
		plan.forEach((memberId, assignment) -> {
			for (Grant grant : assignment.grants()) {
				Grantee grantee = new Grantee(memberId, grant.token(), grant.generation() == round.generation());
				grant.ids().forEach((id) -> granted.put(id, grantee));
			}
		});
		return new LastRound(round.generation(), round.members(), round.staticIds(),
				Set.copyOf(round.unreadable().keySet()), Map.copyOf(plan), granted);
	}

	/**
	 * Whether a round is this one. A group that has died begins to count anew when it is
	 * founded again, with other members.
	 */
	boolean isOf(Round round) {
		return round.generation() == this.generation && this.plan.keySet().containsAll(round.members().keySet());
	}

	/**
	 * Whether a shard was given to a member, or left with it, under a token.
	 */
	boolean confirms(String memberId, TaskId id, long token) {
		Grantee grantee = this.granted.get(id);
		return grantee != null && grantee.token() == token && grantee.memberId().equals(memberId);
	}

	boolean hasGrants(String memberId) {
		MemberAssignment assignment = this.plan.get(memberId);
		return assignment != null && !assignment.grants().isEmpty();
	}

	/**
	 * The shards that some member was told to run or to stop.
	 */
	Set<TaskId> inUse() {
		Set<TaskId> inUse = new HashSet<>(this.granted.keySet());
		this.plan.values()
			.forEach((assignment) -> assignment.revoked().forEach((revoked) -> revoked.ids().forEach(inUse::add)));
		return inUse;
	}

	/**
	 * Since when shards are to be stopped that had not stopped yet.
	 */
	Map<TaskId, Instant> stoppingSince() {
		Map<TaskId, Instant> stopping = new HashMap<>();
		this.plan.values().stream().flatMap((assignment) -> assignment.revoked().stream()).forEach((revoked) -> {
			Instant since = revoked.since();
			if (since != null) {
				revoked.ids().forEach((id) -> stopping.put(id, since));
			}
		});
		return stopping;
	}

	/**
	 * The member that was given a shard.
	 *
	 * @param memberId its id
	 * @param token the fencing token
	 * @param isNew whether it was given the shard in this round
	 */
	record Grantee(String memberId, long token, boolean isNew) {
	}

}
