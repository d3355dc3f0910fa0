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
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.TimeBounds;
import org.jspecify.annotations.Nullable;

/**
 * Whose metadata is used. The metadata of each member is within limits by itself, or it
 * could not have been decoded; here are the limits of their sum, and those that need a
 * clock. Whoever does not keep them is refused as a whole.
 * <p>
 * The leader's own metadata comes first, then those that add least to what it knows: a
 * flood is refused before anybody who was there without it.
 *
 * @param members the metadata that is used, by member id
 * @param refused why that of the others is ignored, by member id
 */
public record GroupLimits(Map<String, MemberMetadata> members, Map<String, String> refused) {

	/** Shards of all tasks of a group together. */
	static final int MAX_SHARDS = 200_000;

	/** The group's record cannot hold the claims and grants of more tasks than that. */
	static final int MAX_TASKS = 20_000;

	/** Claims and releases of all members together, shard by shard. */
	public static final int MAX_CLAIMS = 2 * MAX_SHARDS;

	/**
	 * Decide whose metadata is used.
	 * @param members what the members report, by member id
	 * @param leader the member that comes first, whose tokens are believed
	 * @param now the wall clock in milliseconds
	 * @return the decision
	 */
	public static GroupLimits of(Map<String, MemberMetadata> members, @Nullable String leader, long now) {
		return new Decision((leader != null) ? members.get(leader) : null, now).decide(members, leader);
	}

	/**
	 * The highest fencing token that is believed.
	 * @param now the wall clock in milliseconds
	 * @param own the highest token that this instance has believed before
	 */
	static long highestBelievable(long now, long own) {
		return Math.max(now + TimeBounds.LEADER.toMillis(), own);
	}

	/**
	 * How many shards a member announces that another one does not know.
	 */
	static int unknownShards(MemberMetadata member, @Nullable MemberMetadata other) {
		Map<String, TaskDefinition> known = new HashMap<>();
		if (other != null && member.tasks() != other.tasks()) {
			other.tasks().forEach((task) -> known.put(task.name(), task));
		}
		else if (other != null) {
			return 0;
		}
		long unknown = 0;
		for (TaskDefinition task : member.tasks()) {
			TaskDefinition same = known.get(task.name());
			unknown += (same == null || same.shards() < task.shards()) ? task.shards() : 0;
		}
		return (int) Math.min(unknown, Integer.MAX_VALUE);
	}

	private static int claimed(MemberMetadata member) {
		long claimed = member.releases().size();
		for (Claim claim : member.claims()) {
			claimed += 1 + claim.shards().size();
		}
		return (int) Math.min(claimed, Integer.MAX_VALUE);
	}

	/**
	 * The decision in the making.
	 */
	private static final class Decision {

		private final @Nullable MemberMetadata leader;

		private final long highestToken;

		private final Map<String, Integer> shards = new HashMap<>();

		private final Map<List<TaskDefinition>, Boolean> seen = new IdentityHashMap<>();

		private final Map<String, MemberMetadata> members = new HashMap<>();

		private final Map<String, String> refused = new HashMap<>();

		private long shardCount;

		private long claimCount;

		Decision(@Nullable MemberMetadata leader, long now) {
			this.leader = leader;
			this.highestToken = highestBelievable(now, (leader != null) ? highestToken(leader) : 0);
		}

		GroupLimits decide(Map<String, MemberMetadata> all, @Nullable String leaderId) {
			if (this.leader != null && leaderId != null) {
				admit(leaderId, this.leader, claimed(this.leader));
			}
			List<Candidate> candidates = new ArrayList<>();
			Map<List<TaskDefinition>, Integer> unknown = new IdentityHashMap<>();
			all.forEach((memberId, member) -> {
				if (!memberId.equals(leaderId)) {
					candidates.add(new Candidate(memberId, member,
							unknown.computeIfAbsent(member.tasks(), (tasks) -> unknownShards(member, this.leader)),
							claimed(member)));
				}
			});
			candidates.sort(Comparator.comparingInt(Candidate::unknown)
				.thenComparingInt(Candidate::claimed)
				.thenComparing(Candidate::memberId));
			for (Candidate candidate : candidates) {
				String reason = whyNot(candidate);
				if (reason == null) {
					admit(candidate.memberId(), candidate.member(), candidate.claimed());
				}
				else {
					this.refused.put(candidate.memberId(), reason);
				}
			}
			return new GroupLimits(this.members, this.refused);
		}

		private @Nullable String whyNot(Candidate candidate) {
			MemberMetadata member = candidate.member();
			long token = highestToken(member);
			if (token > this.highestToken) {
				return ("its fencing token %d is more than %d hours ahead of the leader's clock: set the clocks of "
						+ "both machines")
					.formatted(token, TimeBounds.LEADER.toHours());
			}
			if (this.claimCount + candidate.claimed() > MAX_CLAIMS) {
				return "with its %d claims and releases the group would have more than %d"
					.formatted(candidate.claimed(), MAX_CLAIMS);
			}
			return whyNot(member.tasks());
		}

		private @Nullable String whyNot(List<TaskDefinition> tasks) {
			if (this.seen.containsKey(tasks)) {
				return null;
			}
			long newTasks = tasks.stream().filter((task) -> !this.shards.containsKey(task.name())).count();
			if (this.shards.size() + newTasks > MAX_TASKS) {
				return "with its %d tasks the group would have more than %d tasks".formatted(tasks.size(), MAX_TASKS);
			}
			if (this.shardCount + added(tasks) > MAX_SHARDS) {
				return "with its %d tasks the group would have more than %d shards".formatted(tasks.size(), MAX_SHARDS);
			}
			return null;
		}

		private long added(List<TaskDefinition> tasks) {
			long added = 0;
			for (TaskDefinition task : tasks) {
				added += Math.max(0, task.shards() - this.shards.getOrDefault(task.name(), 0));
			}
			return added;
		}

		private void admit(String memberId, MemberMetadata member, int claimed) {
			this.members.put(memberId, member);
			this.claimCount += claimed;
			if (this.seen.put(member.tasks(), true) == null) {
				this.shardCount += added(member.tasks());
				member.tasks().forEach((task) -> this.shards.merge(task.name(), task.shards(), Math::max));
			}
		}

		private static long highestToken(MemberMetadata member) {
			return member.claims().stream().mapToLong(Claim::token).reduce(member.highestToken(), Math::max);
		}

	}

	/**
	 * A member that may be admitted.
	 *
	 * @param memberId its id
	 * @param member what it reports
	 * @param unknown how many shards it announces that the leader does not know
	 * @param claimed how many claims and releases it has
	 */
	private record Candidate(String memberId, MemberMetadata member, int unknown, int claimed) {
	}

}
