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
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * A group whose coordinator has dropped all members at once, as it does when it has stood
 * still for longer than a session, begins anew with whoever is back first. What the
 * others ran right before that, only they can tell: the shards of which nobody tells how
 * far they came are kept until as many are back as there were, or for a session.
 * <p>
 * The coordinator may also keep the leader, of which it finds a heartbeat in a buffer,
 * and drop the others. The leader notices by its own lease, which has ended in the
 * coordinator's silence.
 *
 * @param instances how many instances there were, 0 while nobody is waited for
 * @param begunNanos since when others are waited for, by the monotonic clock
 * @param ownedUntil until when the others had owned something, {@code null} if others
 * have had the shards since
 * @param shards the shards that others may have had
 * @param isComplete whether the tasks of all members were known, so that the shards are
 * @param newcomers members that came to the group for the first time meanwhile
 */
record Regathering(int instances, long begunNanos, @Nullable Instant ownedUntil, Set<TaskId> shards, boolean isComplete,
		Set<String> newcomers) {

	static final Regathering NONE = new Regathering(0, 0, null, Set.of(), false, Set.of());

	/**
	 * The same with what is so in a round.
	 * @param progress what is known of the progress of shards
	 */
	Regathering learn(RoundFacts facts, KnownProgress progress) {
		Regathering begun = begun(facts);
		if (begun == NONE) {
			return NONE;
		}
		Round round = facts.round();
		boolean isWaiting = begun.instances > 0;
		Set<TaskId> shards = new HashSet<>(begun.shards);
		if (isWaiting && !begun.isComplete && round.complete()) {
			facts.unclaimed()
				.filter((id) -> !facts.former().own().contains(id) && !progress.isExact(id))
				.forEach(shards::add);
		}
		shards.removeIf((id) -> facts.isClaimed(id) || !facts.catalog().has(id));
		Set<String> newcomers = new HashSet<>(begun.newcomers);
		round.members().forEach((memberId, member) -> {
			// who has never seen a token has been in no group before
			if (isWaiting && member.highestToken() == 0) {
				newcomers.add(memberId);
			}
		});
		long back = round.unreadable().size()
				+ round.members().keySet().stream().filter((memberId) -> !newcomers.contains(memberId)).count();
		Duration left = begun.left(facts);
		boolean isOver = back >= begun.instances || left.isNegative() || left.isZero();
		return new Regathering(isOver ? 0 : begun.instances, begun.begunNanos, begun.ownedUntil, shards,
				begun.isComplete || isWaiting && round.complete(), newcomers);
	}

	/**
	 * An assignment that has reached nobody is made anew: that is no second beginning.
	 */
	private Regathering begun(RoundFacts facts) {
		FormerGroup former = facts.former();
		if (former.instances() > 0 && (facts.isNewGroup() || isMember(facts.round()))) {
			return (this.instances > 0) ? this : new Regathering(former.instances(), facts.nanos(),
					former.hasGoneOn(facts.round()) ? null : former.ownedUntil(), Set.of(), false, Set.of());
		}
		return facts.remembers() ? this : NONE;
	}

	private static boolean isMember(Round round) {
		MemberMetadata leader = round.members().get(round.leader());
		return leader != null && leader.generation() >= 0;
	}

	private Duration left(RoundFacts facts) {
		return facts.former().session().minusNanos(facts.nanos() - this.begunNanos);
	}

	void constrain(RoundFacts facts, KnownProgress progress, Constraint.Builder constraint) {
		Instant ownedUntil = this.ownedUntil;
		if (ownedUntil != null) {
			this.shards.forEach((id) -> constraint.vanishedAt(id, ownedUntil));
		}
		if (this.instances > 0 && !this.shards.isEmpty()) {
			Instant until = facts.now().plus(left(facts)).truncatedTo(ChronoUnit.SECONDS);
			this.shards.stream()
				.filter((id) -> !progress.isExact(id))
				.forEach((id) -> constraint.keep(id, "reserved for instances that are not back yet, until " + until));
			constraint.lookAgainAfter(left(facts));
		}
	}

}
