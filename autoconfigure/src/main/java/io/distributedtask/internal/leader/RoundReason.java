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

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.port.Round;

/**
 * Says why the group has rebalanced. The leader is the only one that knows who came and
 * went, and tells all.
 */
final class RoundReason {

	private static final int MOST_NAMES = 10;

	private RoundReason() {
	}

	/**
	 * Tell all members why there is a new assignment, if there is room for that.
	 * @param facts what is so in the round
	 * @param plan what the members are told
	 * @param waiting what else to say, of moves that have to wait
	 */
	static Map<String, MemberAssignment> tell(RoundFacts facts, Map<String, MemberAssignment> plan, String waiting) {
		Occasion occasion = occasion(facts, plan).forAll(plan.size()).and(waiting);
		Map<String, MemberAssignment> told = new HashMap<>();
		plan.forEach((memberId, assignment) -> told.put(memberId, assignment.withOccasion(occasion)));
		Round round = facts.round();
		return (round.budget().size(told) <= round.budget().limit()) ? told : plan;
	}

	/**
	 * A leader that has not planned the round before knows newcomers by what they report,
	 * and of those that are gone the name of the former leader.
	 */
	private static Occasion occasion(RoundFacts facts, Map<String, MemberAssignment> plan) {
		Round round = facts.round();
		Map<String, String> members = names(plan);
		Map<String, String> before = names(facts.last().plan());
		List<String> joined = new ArrayList<>();
		List<String> left = new ArrayList<>();
		if (facts.last().generation() >= 0 && facts.last().generation() >= round.newestGeneration()) {
			joined.addAll(without(members, before));
			left.addAll(without(before, members));
		}
		else {
			round.members().forEach((memberId, member) -> {
				if (member.generation() < 0) {
					joined.add(members.getOrDefault(memberId, memberId));
				}
			});
			String leader = facts.former().leader();
			if (leader != null && !members.containsValue(leader)) {
				left.add(leader);
			}
		}
		boolean moves = plan.values()
			.stream()
			.anyMatch((assignment) -> !assignment.revoked().isEmpty()
					|| assignment.grants().stream().anyMatch((grant) -> grant.generation() == round.generation()));
		Cause cause = !left.isEmpty() ? Cause.LEFT
				: !joined.isEmpty() ? Cause.JOINED : moves ? Cause.HAND_OVER : Cause.OTHER;
		List<String> who = new ArrayList<>();
		if (!left.isEmpty()) {
			who.add(names(left) + " left");
		}
		if (!joined.isEmpty()) {
			who.add(names(joined) + " joined");
		}
		String asked = asked(round, members);
		String otherwise = moves ? "shards change owner" : "an instance has joined again";
		String text = !who.isEmpty() ? String.join(", ", who) + (asked.isEmpty() ? "" : ", " + asked)
				: asked.isEmpty() ? otherwise : asked;
		return new Occasion(cause, text);
	}

	private static Map<String, String> names(Map<String, MemberAssignment> plan) {
		Map<String, String> names = new HashMap<>();
		plan.forEach((memberId, assignment) -> names.put(memberId,
				assignment.isNothing() ? memberId : assignment.instance()));
		return names;
	}

	private static List<String> without(Map<String, String> members, Map<String, String> others) {
		return members.entrySet()
			.stream()
			.filter((member) -> !others.containsKey(member.getKey()))
			.map(Map.Entry::getValue)
			.toList();
	}

	private static String names(List<String> names) {
		String listed = String.join(", ", names.stream().sorted().limit(MOST_NAMES).toList());
		return (names.size() <= MOST_NAMES) ? listed : listed + " and %d more".formatted(names.size() - MOST_NAMES);
	}

	/**
	 * The reason of the first of those that have asked for the rebalance.
	 * @return the reason, empty if nobody has asked for it
	 */
	private static String asked(Round round, Map<String, String> members) {
		Map<String, String> asked = new TreeMap<>();
		round.members().forEach((memberId, member) -> {
			if (member.asked() != null) {
				asked.put(members.getOrDefault(memberId, member.instance()), member.asked());
			}
		});
		if (asked.isEmpty()) {
			return "";
		}
		String first = asked.keySet().iterator().next();
		String others = (asked.size() > 1) ? " and %d more".formatted(asked.size() - 1) : "";
		return "requested by %s%s, because %s".formatted(first, others, asked.get(first));
	}

}
