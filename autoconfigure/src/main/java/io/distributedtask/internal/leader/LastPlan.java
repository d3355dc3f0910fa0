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
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import org.jspecify.annotations.Nullable;

/**
 * What the leader gave to whom in the round before this one, if it was the leader then:
 * the only claims that it does not have to believe, for it knows.
 */
final class LastPlan {

	/** That of a leader who has not planned the round before. */
	static final LastPlan UNKNOWN = new LastPlan(Map.of());

	private final Map<String, List<Grant>> grants = new HashMap<>();

	private @Nullable Map<TaskId, Owner> owners;

	LastPlan(Map<String, MemberAssignment> plan) {
		plan.forEach((memberId, assignment) -> {
			if (!assignment.grants().isEmpty()) {
				this.grants.put(memberId, assignment.grants());
			}
		});
	}

	/**
	 * Whether a member was given anything.
	 */
	boolean hasGrants(String memberId) {
		return this.grants.containsKey(memberId);
	}

	/**
	 * Whether a shard was given to a member, or left with it, under a token.
	 */
	boolean confirms(String memberId, TaskId id, long token) {
		Owner owner = owners().get(id);
		return owner != null && owner.token() == token && owner.memberId().equals(memberId);
	}

	/**
	 * Made when it is asked for, for hardly ever do two members claim one shard.
	 */
	private Map<TaskId, Owner> owners() {
		Map<TaskId, Owner> owners = this.owners;
		if (owners == null) {
			Map<TaskId, Owner> made = new HashMap<>();
			this.grants.forEach((memberId, list) -> list.forEach((grant) -> grant.shards()
				.stream()
				.forEach((shard) -> made.put(new TaskId(grant.task(), shard), new Owner(memberId, grant.token())))));
			owners = made;
			this.owners = owners;
		}
		return owners;
	}

	private record Owner(String memberId, long token) {
	}

}
