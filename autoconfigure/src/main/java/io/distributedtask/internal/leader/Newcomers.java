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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.message.MemberMetadata;

/**
 * The members that came with tasks which the leader does not know and that hold nothing,
 * or nothing that the leader gave them: whom to turn away first.
 */
final class Newcomers {

	/** Each costs another plan. */
	private static final int MOST = 8;

	private final Deque<String> largestFirst;

	Newcomers(RoundFacts facts) {
		Map<String, MemberMetadata> members = facts.round().members();
		MemberMetadata leader = members.get(facts.round().leader());
		Map<String, Integer> unknown = new HashMap<>();
		members.forEach((memberId, member) -> {
			boolean holds = !member.claims().isEmpty() && (!facts.remembers() || facts.last().hasGrants(memberId));
			int shards = (holds || member == leader) ? 0 : GroupLimits.unknownShards(member, leader);
			if (shards > 0) {
				unknown.put(memberId, shards);
			}
		});
		List<String> sorted = new ArrayList<>(unknown.keySet());
		sorted.sort(Comparator.comparingInt((String memberId) -> -unknown.getOrDefault(memberId, 0))
			.thenComparing(Comparator.naturalOrder()));
		this.largestFirst = new ArrayDeque<>(sorted.subList(0, Math.min(MOST, sorted.size())));
	}

	/**
	 * The next to turn away.
	 * @param all whether to turn away all at once, for another attempt costs much
	 * @return their member ids
	 */
	List<String> next(boolean all) {
		List<String> next = new ArrayList<>();
		do {
			String memberId = this.largestFirst.poll();
			if (memberId != null) {
				next.add(memberId);
			}
		}
		while (all && !this.largestFirst.isEmpty());
		return next;
	}

}
