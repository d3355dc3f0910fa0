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
import java.util.function.Predicate;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership.Round;
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
 */
final class Regathering {

	private final Clocks clocks;

	/** How many instances there were, 0 while nobody is waited for. */
	private int instances;

	private long begunNanos;

	/** {@code null} if others have had the shards since. */
	private @Nullable Instant ownedUntil;

	private final Set<TaskId> shards = new HashSet<>();

	/** Whether the tasks of all members were known. */
	private boolean complete;

	/** Members that came to the group for the first time meanwhile. */
	private final Set<String> newcomers = new HashSet<>();

	Regathering(Clocks clocks) {
		this.clocks = clocks;
	}

	/**
	 * Say what is to be heeded in a round.
	 * @param round the round
	 * @param claims what members hold
	 * @param catalogue the tasks
	 * @param remembers whether what is remembered here is the round before
	 * @param former the group as the leader knew it
	 * @param isTold whether it is known how far a shard has come
	 * @param keeping takes what is to be heeded
	 */
	void look(Round round, Claims claims, TaskCatalog catalogue, boolean remembers, FormerGroup former,
			Predicate<TaskId> isTold, Constraint keeping) {
		if (former.instances() > 0 && (isNew(round) || isMember(round.leader(), round))) {
			begin(former, round);
		}
		else if (!remembers) {
			this.instances = 0;
			this.shards.clear();
		}
		if (this.instances > 0 && !this.complete && round.complete()) {
			this.complete = true;
			collect(catalogue, (id) -> !former.own().contains(id) && !isTold.test(id));
		}
		this.shards.removeIf((id) -> claims.holder(id) != null || !catalogue.has(id));
		Duration left = former.session().minusNanos(this.clocks.nanos() - this.begunNanos);
		if (this.instances > 0 && (isBack(round) || left.isNegative() || left.isZero())) {
			this.instances = 0;
		}
		Instant ownedUntil = this.ownedUntil;
		if (ownedUntil != null) {
			this.shards.forEach((id) -> keeping.vanishedAt(id, ownedUntil));
		}
		if (this.instances > 0 && !this.shards.isEmpty()) {
			Instant until = Instant.ofEpochMilli(this.clocks.millis()).plus(left).truncatedTo(ChronoUnit.SECONDS);
			this.shards.stream()
				.filter((id) -> !isTold.test(id))
				.forEach((id) -> keeping.keepFor(id, "kept for instances that are not back yet, until " + until));
			keeping.lookAgainAfter(left);
		}
	}

	private static boolean isNew(Round round) {
		return round.members().keySet().stream().noneMatch((memberId) -> isMember(memberId, round));
	}

	private static boolean isMember(String memberId, Round round) {
		MemberMetadata member = round.members().get(memberId);
		return member != null && member.generation() >= 0;
	}

	/**
	 * An assignment that has reached nobody is made anew: that is no second beginning.
	 */
	private void begin(FormerGroup former, Round round) {
		if (this.instances == 0) {
			this.instances = former.instances();
			this.begunNanos = this.clocks.nanos();
			this.ownedUntil = former.hasGoneOn(round) ? null : former.ownedUntil();
			this.shards.clear();
			this.complete = false;
			this.newcomers.clear();
		}
	}

	private void collect(TaskCatalog catalogue, Predicate<TaskId> which) {
		for (TaskDefinition task : catalogue.definitions().values()) {
			for (int shard = 0; shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				if (which.test(id)) {
					this.shards.add(id);
				}
			}
		}
	}

	/**
	 * Who has never seen a token has been in no group before.
	 */
	private boolean isBack(Round round) {
		round.members().forEach((memberId, member) -> {
			if (member.highestToken() == 0) {
				this.newcomers.add(memberId);
			}
		});
		long former = round.members()
			.keySet()
			.stream()
			.filter((memberId) -> !this.newcomers.contains(memberId))
			.count();
		return former + round.unreadable().size() >= this.instances;
	}

}
