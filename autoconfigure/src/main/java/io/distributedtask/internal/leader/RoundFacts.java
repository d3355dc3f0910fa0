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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Round;

/**
 * What is so in a round, whatever the leader remembers of shards.
 *
 * @param round the members whose metadata is used, and what they report
 * @param former the group as the leader's own instance knew it
 * @param last the last round that this leader has planned
 * @param remembers whether that is the round before this one
 * @param roster the names of the members
 * @param claims what they hold
 * @param catalog the tasks in force
 * @param delay how long the shards of an instance that is gone are kept
 * @param now the wall clock
 * @param nanos the monotonic clock
 */
record RoundFacts(Round round, FormerGroup former, LastRound last, boolean remembers, Roster roster, Claims claims,
		TaskCatalog catalog, Duration delay, Instant now, long nanos) {

	static RoundFacts of(Round round, FormerGroup former, LastRound last, Duration delay, Instant now, long nanos) {
		boolean remembers = round.generation() == last.generation() + 1;
		return new RoundFacts(round, former, last, remembers, Roster.of(round),
				Claims.of(round.members(), remembers ? last : LastRound.NONE),
				TaskCatalog.of(round.members().values(), round.members().get(round.leader())), delay, now, nanos);
	}

	RoundFacts withBudget(Budget budget) {
		return new RoundFacts(this.round.withBudget(budget), this.former, this.last, this.remembers, this.roster,
				this.claims, this.catalog, this.delay, this.now, this.nanos);
	}

	boolean isClaimed(TaskId id) {
		return this.claims.holder(id) != null;
	}

	/**
	 * Whether a member reports that it stops, and is expected back.
	 */
	boolean isRestarting(String memberId) {
		MemberMetadata member = this.round.members().get(memberId);
		return member != null && member.draining() && (!this.delay.isZero() || this.roster.isStatic(memberId));
	}

	/**
	 * Whether the members whose metadata is not used have been told to stop everything.
	 */
	boolean areUnreadableTold() {
		return this.round.unreadable().isEmpty()
				|| this.remembers && this.last.unreadable().containsAll(this.round.unreadable().keySet());
	}

	/**
	 * Whether nobody in the round has been a member before.
	 */
	boolean isNewGroup() {
		return this.round.members().values().stream().allMatch((member) -> member.generation() < 0);
	}

	/**
	 * The highest fencing token that a member has seen.
	 */
	long highestToken() {
		long highest = 0;
		for (MemberMetadata member : this.round.members().values()) {
			highest = Math.max(highest, member.highestToken());
			for (Claim claim : member.claims()) {
				highest = Math.max(highest, claim.token());
			}
		}
		return highest;
	}

	/**
	 * All shards of the tasks in force that no member claims.
	 */
	Stream<TaskId> unclaimed() {
		return this.catalog.definitions().values().stream().flatMap(this::unclaimed);
	}

	Stream<TaskId> unclaimed(TaskDefinition task) {
		return IntStream.range(0, task.shards())
			.mapToObj((shard) -> new TaskId(task.name(), shard))
			.filter((id) -> !isClaimed(id));
	}

}
