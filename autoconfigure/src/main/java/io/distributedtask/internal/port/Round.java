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

package io.distributedtask.internal.port;

import java.util.HashMap;
import java.util.Map;

import io.distributedtask.internal.message.MemberMetadata;

/**
 * The input of the leader in one rebalance.
 *
 * @param generation the generation of the assignment to find
 * @param assignor the name of the assignor that the group uses
 * @param leader the member id of the leader
 * @param members the metadata of the members, by member id
 * @param unreadable the members whose metadata could not be decoded, with the reason
 * @param complete whether the tasks of all members are known; if not, every shard has to
 * stay where it is in this round
 * @param budget computes whether an assignment fits into the group's record
 * @param staticIds the static member ids of those that have one, by member id
 */
public record Round(int generation, String assignor, String leader, Map<String, MemberMetadata> members,
		Map<String, String> unreadable, boolean complete, Budget budget, Map<String, String> staticIds) {

	public Round {
		members = Map.copyOf(members);
		unreadable = Map.copyOf(unreadable);
		staticIds = Map.copyOf(staticIds);
	}

	/**
	 * The generation of the newest assignment that a member has had.
	 * @return the generation, -1 if nobody has had any
	 */
	public int newestGeneration() {
		return this.members.values()
			.stream()
			.mapToInt(MemberMetadata::generation)
			.filter((candidate) -> candidate < this.generation)
			.max()
			.orElse(-1);
	}

	/**
	 * A round without static members.
	 */
	public Round(int generation, String assignor, String leader, Map<String, MemberMetadata> members,
			Map<String, String> unreadable, boolean complete, Budget budget) {
		this(generation, assignor, leader, members, unreadable, complete, budget, Map.of());
	}

	/**
	 * This round with another limit of the group's record.
	 */
	public Round withBudget(Budget budget) {
		return new Round(this.generation, this.assignor, this.leader, this.members, this.unreadable, this.complete,
				budget, this.staticIds);
	}

	/**
	 * This round without members whose metadata is ignored as if it could not be decoded.
	 * @param refused the members, with the reason
	 * @return a round
	 */
	public Round without(Map<String, String> refused) {
		if (refused.isEmpty()) {
			return this;
		}
		Map<String, MemberMetadata> remaining = new HashMap<>(this.members);
		remaining.keySet().removeAll(refused.keySet());
		Map<String, String> withRefused = new HashMap<>(this.unreadable);
		withRefused.putAll(refused);
		return new Round(this.generation, this.assignor, this.leader, remaining, withRefused, this.complete,
				this.budget, this.staticIds);
	}

}
