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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Round;

/**
 * What the leader under test plans in a situation in which a mistake shows.
 */
public final class LeaderProbe {

	private static final TaskDefinition CRAWL = TaskDefinition.of("crawl").withShards(2);

	private LeaderProbe() {
	}

	/**
	 * What the second member is given in the round in which a shard of the first is
	 * revoked in its favor, and one is free.
	 * @return its assignment
	 */
	public static String secondMembersGrants() {
		Claim claim = new Claim("crawl", 2, 77, Instant.now(), 3, Hold.OWNED, ShardSet.of(List.of(0)));
		Map<String, MemberMetadata> members = Map.of("m1", member("i1", List.of(claim)), "m2", member("i2", List.of()));
		Round round = new Round(4, "sticky", "m1", members, Map.of(), true, null);
		RoundFacts facts = RoundFacts.of(round, new FormerGroup(Instant.now(), 0, -1, Set.of(), Duration.ZERO, null),
				LastRound.NONE, Duration.ZERO, Instant.now(), 0);
		RoundMemory memory = RoundMemory.NONE.learn(facts);
		HandOverPlanner planner = new HandOverPlanner(facts, memory, Constraint.of(facts, memory),
				OperatorOverrides.of(facts, Map.of()), true);
		MemberAssignment assignment = planner.plan(Map.of(new TaskId("crawl", 0), "i2", new TaskId("crawl", 1), "i2"))
			.get("m2");
		StringBuilder grants = new StringBuilder();
		assignment.grants()
			.forEach((grant) -> grant.shards()
				.stream()
				.forEach((shard) -> grants.append(shard).append((grant.token() > 77) ? " new" : " old").append(';')));
		return grants.toString();
	}

	private static MemberMetadata member(String instance, List<Claim> claims) {
		return new MemberMetadata(instance, "first", 0, null, Map.of(), 1, false, 3, 77, List.of(CRAWL), claims,
				List.of());
	}

}
