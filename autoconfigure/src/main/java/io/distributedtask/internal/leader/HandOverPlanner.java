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

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.leader.Claims.Holder;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.End;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * Turns a target into this round's step towards it: a shard whose target is its holder
 * stays; one that nobody holds goes to its target; one that another holds is revoked from
 * its holder, and given to nobody before the holder has given it back. Makes one plan.
 */
final class HandOverPlanner {

	private final RoundFacts facts;

	private final RoundMemory memory;

	private final Constraint constraint;

	private final OperatorOverrides overrides;

	/** Whether to tell how far those had come that have lost their shards. */
	private final boolean tellsOfLost;

	private final Map<String, String> memberIds = new HashMap<>();

	private final Map<TaskId, Instant> stoppingSince;

	private final long highestToken;

	private final long newToken;

	private final Map<String, String> reasons = new HashMap<>();

	private final Map<String, AssignmentBuilder> drafts = new HashMap<>();

	private boolean granted;

	HandOverPlanner(RoundFacts facts, RoundMemory memory, Constraint constraint, OperatorOverrides overrides,
			boolean tellsOfLost) {
		this.facts = facts;
		this.memory = memory;
		this.constraint = constraint;
		this.overrides = overrides;
		this.tellsOfLost = tellsOfLost;
		facts.roster().names().forEach((memberId, name) -> this.memberIds.put(name, memberId));
		this.stoppingSince = facts.remembers() ? facts.last().stoppingSince() : Map.of();
		this.highestToken = facts.highestToken();
		this.newToken = Math.max(this.highestToken + 1, facts.now().toEpochMilli());
	}

	/**
	 * The step towards a target.
	 * @param target the name of the instance that should own each shard
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> plan(Map<TaskId, String> target) {
		this.facts.claims().holders().forEach((id, holder) -> {
			String owner = target.get(id);
			boolean isTarget = owner != null && holder.memberId().equals(this.memberIds.get(owner));
			boolean stays = holder.claim().hold() == Hold.OWNED
					&& this.facts.catalog().isInForce(id.name(), holder.claim().shardCount())
					&& (isTarget || this.constraint.awaitsReturn() && !this.overrides.isMoved(id)
							&& mayOwn(holder.memberId(), id.name()));
			keepOrRevoke(id, holder, stays);
		});
		this.facts.catalog()
			.definitions()
			.values()
			.forEach((task) -> this.facts.unclaimed(task).forEach((id) -> grantOrExplain(task, id, target.get(id))));
		return assignments(null);
	}

	private boolean mayOwn(String memberId, String name) {
		MemberMetadata member = this.facts.round().members().get(memberId);
		TaskDefinition task = this.facts.catalog().definitions().get(name);
		return member != null && task != null && !isDraining(memberId, member)
				&& task.requires().matches(member.labels()) && this.facts.catalog().runnableBy(member).contains(name);
	}

	private boolean isDraining(String memberId, MemberMetadata member) {
		return member.draining() || this.overrides.isDrained(this.facts.roster().name(memberId));
	}

	private void grantOrExplain(TaskDefinition task, TaskId id, @Nullable String owner) {
		String memberId = (owner != null) ? this.memberIds.get(owner) : null;
		String runningOn = this.facts.claims().stillRunning(id);
		String withheld = this.constraint.reasonToWithhold(id);
		if (runningOn != null) {
			unassigned(id, "still running on %s, which has lost it".formatted(this.facts.roster().name(runningOn)));
		}
		else if (this.facts.claims().hasOtherSplit(task.name(), task.shards())) {
			unassigned(id, "waiting until the shards of another shard count have stopped");
		}
		else if (withheld != null) {
			unassigned(id, withheld);
		}
		else if (memberId == null) {
			unassigned(id, this.reasons.computeIfAbsent(task.name(), (name) -> whyNobody(task)));
		}
		else {
			grant(id, task, memberId);
		}
	}

	private String whyNobody(TaskDefinition task) {
		Map<String, MemberMetadata> candidates = new HashMap<>(this.facts.round().members());
		candidates.values().removeIf((member) -> !this.facts.catalog().runnableBy(member).contains(task.name()));
		if (candidates.isEmpty()) {
			return "no live instance knows the task with %d shards".formatted(task.shards());
		}
		candidates.entrySet().removeIf((candidate) -> isDraining(candidate.getKey(), candidate.getValue()));
		if (candidates.isEmpty()) {
			return "every instance that knows the task is draining";
		}
		if (candidates.values().stream().noneMatch((member) -> task.requires().matches(member.labels()))) {
			return "no instance has label%s %s".formatted((task.requires().labels().size() == 1) ? "" : "s",
					task.requires());
		}
		return "assignor '%s' gives it to nobody".formatted(this.facts.round().assignor());
	}

	/**
	 * The step that changes nothing: every member keeps what it holds.
	 * @param reason why a shard that nobody holds is not assigned
	 * @param problem what keeps the leader from doing more
	 * @param explains whether to list the shards that nobody holds
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> keepAll(String reason, @Nullable String problem, boolean explains) {
		this.facts.claims()
			.holders()
			.forEach((id, holder) -> keepOrRevoke(id, holder, holder.claim().hold() == Hold.OWNED));
		if (explains) {
			this.facts.unclaimed().forEach((id) -> unassigned(id, reason));
		}
		return assignments(problem);
	}

	private void keepOrRevoke(TaskId id, Holder holder, boolean keep) {
		if (keep) {
			Claim claim = holder.claim();
			draft(holder.memberId()).grant(new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
					claim.generation(), Origin.HANDED_OVER, null, ShardSet.EMPTY), id.shard());
		}
		else {
			draft(holder.memberId()).revoke(id, this.stoppingSince.getOrDefault(id, this.facts.now()));
		}
	}

	private void grant(TaskId id, TaskDefinition task, String memberId) {
		Progress known = this.memory.progress().known().get(id);
		Origin origin = origin(id, known);
		boolean isTold = known != null && !known.anchors().isEmpty() && (!known.isLost() || this.tellsOfLost);
		draft(memberId).grant(new Grant(task.name(), task.shards(), this.newToken, this.facts.now(),
				this.facts.round().generation(), origin, ownerless(id, known, origin, isTold), ShardSet.EMPTY),
				id.shard());
		if (known != null && isTold) {
			draft(memberId).progress(new Progress(id, known.anchors()));
		}
		this.granted = true;
	}

	private Origin origin(TaskId id, @Nullable Progress known) {
		boolean hasVanished = (known != null) ? known.isLost()
				: this.constraint.vanished().contains(id) || !this.facts.isNewGroup() && this.memory.isLost(id);
		return hasVanished ? Origin.FAILED_OVER : Origin.HANDED_OVER;
	}

	/**
	 * Until when the last owner was counted in: {@code null} for a shard that comes
	 * directly from it, or if the assignment tells how far it came.
	 */
	private @Nullable Instant ownerless(TaskId id, @Nullable Progress known, Origin origin, boolean isTold) {
		boolean isDirect = origin == Origin.HANDED_OVER && (known == null || known.end() == End.RELEASED);
		boolean isExact = origin == Origin.FAILED_OVER && isTold && this.memory.progress().isExact(id);
		return (isDirect || isExact) ? null : this.constraint.ownerlessSince(id);
	}

	private void unassigned(TaskId id, String reason) {
		draft(this.facts.round().leader()).unassigned(id, reason);
	}

	private AssignmentBuilder draft(String memberId) {
		return this.drafts.computeIfAbsent(memberId, (id) -> new AssignmentBuilder());
	}

	/**
	 * The coordinator hands a static member's assignment to its successor, which has to
	 * know what may still run in its place.
	 */
	private void remindSuccessors() {
		this.facts.claims().stillRunning().forEach((id, memberId) -> {
			if (this.facts.roster().isStatic(memberId)) {
				draft(memberId).revoke(id, null);
			}
		});
		this.constraint.successors().forEach((id, memberId) -> draft(memberId).revoke(id, null));
	}

	private Map<String, MemberAssignment> assignments(@Nullable String problem) {
		remindSuccessors();
		Round round = this.facts.round();
		long highest = this.granted ? this.newToken : this.highestToken;
		String leader = this.facts.roster().names().getOrDefault(round.leader(), "?");
		Map<String, MemberAssignment> assignments = new HashMap<>();
		round.members().forEach((memberId, member) -> {
			AssignmentBuilder draft = draft(memberId);
			assignments.put(memberId,
					new MemberAssignment(round.generation(), leader, this.facts.roster().name(memberId),
							member.incarnation(), round.members().size(), highest, draft.grants(), draft.revoked(),
							draft.progress(), draft.unassigned(), problem, List.of(), member.session(),
							member.replacing(), List.of(), Map.of(), null));
		});
		return assignments;
	}

}
