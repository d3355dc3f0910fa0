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

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * When runs of scheduled tasks have ended well, and how far schedules have come of which
 * only their runs tell: a next owner goes on from there, however the former one has
 * ended. After a crash that is as old as the last rebalance at most. Two other members
 * are told what the leader itself owns and what nobody owns, since it may be the leader
 * that crashes.
 * <p>
 * Members report tasks and not shards, so that it costs the group's record little.
 *
 * @param known what the owners of shards have reported
 * @param told what the members of the round have been told by a leader, by task
 */
public record Successes(Map<TaskId, Success> known, Map<String, Success> told) {

	static final Successes NONE = new Successes(Map.of(), Map.of());

	/** More are not told by or to one member: those that are the oldest are. */
	private static final int MOST = 2000;

	private static final int DEPUTIES = 2;

	public static Map<String, Success> limited(Map<String, Success> successes) {
		if (successes.size() <= MOST) {
			return successes;
		}
		Map<String, Success> limited = new HashMap<>();
		successes.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Success>comparingByValue(Comparator.comparing(Success::at))
				.thenComparing(Map.Entry.comparingByKey()))
			.limit(MOST)
			.forEach((entry) -> limited.put(entry.getKey(), entry.getValue()));
		return limited;
	}

	/**
	 * The same with what members report. Nothing can have ended later than now.
	 */
	Successes learn(RoundFacts facts) {
		Map<TaskId, Success> known = new HashMap<>(this.known);
		known.keySet().removeIf((id) -> !facts.catalog().has(id));
		Map<String, Success> told = new HashMap<>();
		Set<String> others = new HashSet<>();
		facts.round().members().values().forEach((member) -> {
			Map<String, Success> reported = member.successes();
			reported.forEach((task, success) -> told.merge(task, success.until(facts.now()), Success::latest));
			for (Claim claim : member.claims()) {
				Success success = reported.get(claim.task());
				if (success != null) {
					claim.ids().forEach((id) -> known.put(id, success.until(facts.now())));
				}
				else if (reported.size() < MOST) {
					// it is no scheduled task
					others.add(claim.task());
					claim.ids().forEach(known::remove);
				}
			}
		});
		told.keySet().removeAll(others);
		facts.round().members().values().forEach((member) -> {
			for (Progress release : member.releases()) {
				Success success = member.successes().get(release.id().name());
				if (success != null) {
					known.merge(release.id(), success.until(facts.now()), Success::newer);
				}
			}
		});
		return new Successes(known, told);
	}

	/**
	 * The same with what new owners go on from.
	 */
	Successes planned(Round round, Map<String, MemberAssignment> plan) {
		Map<TaskId, Success> known = new HashMap<>(this.known);
		plan.values().forEach((assignment) -> assignment.grants().forEach((grant) -> {
			if (grant.generation() == round.generation()) {
				grant.ids().forEach((id) -> known.put(id, of(id, grant)));
			}
		}));
		return new Successes(known, Map.of());
	}

	/**
	 * Tell members what they have to know of.
	 * @param round the round
	 * @param plan what they are told
	 * @return the plan, with successes if there is room for them
	 */
	Map<String, MemberAssignment> tell(Round round, Map<String, MemberAssignment> plan) {
		Map<String, Map<String, Success>> perMember = new HashMap<>();
		Map<String, Success> forDeputies = new HashMap<>();
		plan.forEach((memberId, assignment) -> {
			Map<String, Success> successes = perMember.computeIfAbsent(memberId, (id) -> new HashMap<>());
			for (Grant grant : assignment.grants()) {
				boolean isNew = grant.generation() == round.generation();
				grant.ids().forEach((id) -> {
					if (isNew) {
						add(successes, id, of(id));
					}
					if (memberId.equals(round.leader())) {
						add(forDeputies, id, isNew ? of(id, grant) : of(id));
					}
				});
			}
			assignment.unassigned()
				.forEach((unassigned) -> unassigned.ids().forEach((id) -> add(forDeputies, id, of(id))));
		});
		deputies(round, plan)
			.forEach((memberId) -> forDeputies.forEach(perMember.getOrDefault(memberId, new HashMap<>())::putIfAbsent));
		Map<String, MemberAssignment> told = new HashMap<>();
		plan.forEach((memberId, assignment) -> told.put(memberId,
				assignment.withSuccesses(limited(perMember.getOrDefault(memberId, Map.of())))));
		return (round.budget().size(told) <= round.budget().limit()) ? told : plan;
	}

	private static List<String> deputies(Round round, Map<String, MemberAssignment> plan) {
		return plan.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().equals(round.leader()) && !entry.getValue().isNothing())
			.map(Map.Entry::getKey)
			.sorted(Comparator.<String, Boolean>comparing((id) -> {
				MemberMetadata member = round.members().get(id);
				return member == null || member.draining();
			}).thenComparing(Comparator.naturalOrder()))
			.limit(DEPUTIES)
			.toList();
	}

	private static void add(Map<String, Success> successes, TaskId id, @Nullable Success success) {
		if (success != null) {
			successes.merge(id.name(), success, Success::older);
		}
	}

	private Success of(TaskId id, Grant grant) {
		Success success = of(id);
		return (success != null) ? success : new Success(grant.since());
	}

	private @Nullable Success of(TaskId id) {
		Success known = this.known.get(id);
		Success told = this.told.get(id.name());
		return (known != null && told != null) ? Success.latest(known, told).withAnchors(known.anchors())
				: (known != null) ? known : told;
	}

}
