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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership.Round;
import org.jspecify.annotations.Nullable;

/**
 * The leader's memory of what static members ran whose place another process has taken.
 * The coordinator lets a process with the same static member id take over at once, while
 * the former one may be alive, cut off, and act under its lease. A new process that gets
 * the assignment of the former one sees to that itself; one that comes in the midst of a
 * rebalance gets to see none.
 */
final class ReplacedMembers {

	private final Clocks clocks;

	private final Map<String, Former> members = new HashMap<>();

	private final Map<TaskId, Ghost> ghosts = new HashMap<>();

	private Map<String, String> holders = Map.of();

	ReplacedMembers(Clocks clocks) {
		this.clocks = clocks;
	}

	/**
	 * Look for members that have been replaced since the last round.
	 * @param round the round
	 * @param remembers whether what is remembered is the round before
	 */
	void look(Round round, boolean remembers) {
		long now = this.clocks.nanos();
		this.holders = new HashMap<>();
		round.staticIds().forEach((memberId, staticId) -> this.holders.put(staticId, memberId));
		this.ghosts.values().removeIf((ghost) -> now - ghost.untilNanos() >= 0);
		if (!remembers) {
			this.members.clear();
			return;
		}
		this.members.forEach((memberId, former) -> {
			String successorId = this.holders.get(former.staticId());
			MemberMetadata successor = (successorId != null) ? round.members().get(successorId) : null;
			boolean replaced = successorId != null && !memberId.equals(successorId) && (successor == null
					|| isUninformed(successor) && !successor.incarnation().equals(former.incarnation()));
			if (replaced) {
				String instance = (successor != null) ? successor.instance() : former.staticId();
				Ghost ghost = new Ghost(former.staticId(), instance, now + former.session().toNanos());
				former.shards().forEach((id) -> this.ghosts.merge(id, ghost, Ghost::later));
			}
		});
	}

	private static boolean isUninformed(MemberMetadata successor) {
		return successor.generation() < 0 || successor.replacing();
	}

	/**
	 * Take down who runs what from now on.
	 * @param round the round
	 * @param plan its assignments
	 */
	void remember(Round round, Map<String, MemberAssignment> plan) {
		this.members.clear();
		round.staticIds().forEach((memberId, staticId) -> {
			MemberMetadata member = round.members().get(memberId);
			MemberAssignment assignment = plan.get(memberId);
			if (member != null && assignment != null && !assignment.isIdle()) {
				this.members.put(memberId,
						new Former(staticId, member.incarnation(), member.session(), shards(assignment)));
			}
		});
	}

	private static Set<TaskId> shards(MemberAssignment assignment) {
		Set<TaskId> shards = new HashSet<>();
		for (Grant grant : assignment.grants()) {
			grant.shards().stream().forEach((shard) -> shards.add(new TaskId(grant.task(), shard)));
		}
		for (Shards revoked : assignment.revoked()) {
			revoked.shards().stream().forEach((shard) -> shards.add(new TaskId(revoked.task(), shard)));
		}
		return shards;
	}

	/**
	 * The instance a former process of which may still run a shard.
	 * @param id the shard
	 * @return its name, or {@code null}
	 */
	@Nullable String mayRunOn(TaskId id) {
		Ghost ghost = this.ghosts.get(id);
		return (ghost != null) ? ghost.instance() : null;
	}

	/**
	 * The member in whose place that is.
	 * @param id the shard
	 * @return its id, or {@code null} if it is gone
	 */
	@Nullable String successor(TaskId id) {
		Ghost ghost = this.ghosts.get(id);
		return (ghost != null) ? this.holders.get(ghost.staticId()) : null;
	}

	/**
	 * How long that is so.
	 * @param id the shard
	 * @return the time until it certainly does not
	 */
	Duration remaining(TaskId id) {
		Ghost ghost = this.ghosts.get(id);
		return (ghost != null) ? Duration.ofNanos(Math.max(0, ghost.untilNanos() - this.clocks.nanos()))
				: Duration.ZERO;
	}

	private record Former(String staticId, String incarnation, Duration session, Set<TaskId> shards) {
	}

	private record Ghost(String staticId, String instance, long untilNanos) {

		static Ghost later(Ghost one, Ghost other) {
			return (other.untilNanos - one.untilNanos > 0) ? other : one;
		}

	}

}
