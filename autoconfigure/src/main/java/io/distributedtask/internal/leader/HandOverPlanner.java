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
import java.util.Collection;
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
import io.distributedtask.internal.port.GroupMembership.Round;
import org.jspecify.annotations.Nullable;

/**
 * Turns a target into this round's step towards it: a shard whose target is its holder
 * stays; one that nobody holds goes to its target; one that another holds is revoked from
 * its holder, and given to nobody before the holder has given it back.
 */
final class HandOverPlanner {

	private final Round round;

	private final Map<String, String> names;

	private final Map<String, String> memberIds = new HashMap<>();

	private final TaskCatalog catalogue;

	private final Claims claims;

	private final ProgressMemory progress;

	/** Whether to say how far those had come that have lost their shards. */
	private boolean tellsOfLost = true;

	private final Constraint keeping;

	private final FormerOwners formerOwners;

	private final Instant now;

	private final long newToken;

	private final boolean freshGroup;

	private final Map<String, String> reasons = new HashMap<>();

	HandOverPlanner(Round round, Map<String, String> names, TaskCatalog catalogue, Claims claims,
			ProgressMemory progress, Constraint keeping, FormerOwners formerOwners, Instant now) {
		this.round = round;
		this.names = names;
		this.catalogue = catalogue;
		this.claims = claims;
		this.progress = progress;
		this.keeping = keeping;
		this.formerOwners = formerOwners;
		this.now = now;
		names.forEach((memberId, name) -> this.memberIds.put(name, memberId));
		this.newToken = Math.max(highestToken() + 1, now.toEpochMilli());
		this.freshGroup = round.members().values().stream().allMatch((member) -> member.generation() < 0);
	}

	private long highestToken() {
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
	 * The step towards a target.
	 * @param target the name of the instance that should own each shard
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> plan(Map<TaskId, String> target) {
		Drafts drafts = new Drafts();
		this.claims.holders().forEach((id, holder) -> {
			String owner = target.get(id);
			boolean isTarget = owner != null && holder.memberId().equals(this.memberIds.get(owner));
			boolean stays = holder.claim().hold() == Hold.OWNED
					&& this.catalogue.isInForce(id.name(), holder.claim().shardCount())
					&& (isTarget || this.keeping.awaitsReturn() && !this.keeping.steering().isMoved(id)
							&& mayOwn(holder.memberId(), id.name()));
			drafts.keepOrRevoke(id, holder, stays);
		});
		for (TaskDefinition task : this.catalogue.definitions().values()) {
			for (int shard = 0; shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				if (this.claims.holder(id) == null) {
					grantOrExplain(drafts, task, id, target.get(id));
				}
			}
		}
		return drafts.assignments(null);
	}

	private boolean mayOwn(String memberId, String name) {
		MemberMetadata member = this.round.members().get(memberId);
		TaskDefinition task = this.catalogue.definitions().get(name);
		return member != null && task != null && !isDraining(memberId, member)
				&& task.requires().matches(member.labels()) && this.catalogue.runnableBy(member).contains(name);
	}

	private boolean isDraining(String memberId, MemberMetadata member) {
		return member.draining() || this.keeping.steering().isDrained(this.names.getOrDefault(memberId, memberId));
	}

	private void grantOrExplain(Drafts drafts, TaskDefinition task, TaskId id, @Nullable String owner) {
		String runningOn = this.claims.stillRunning(id);
		String withheld = this.keeping.reasonToWithhold(id);
		if (runningOn != null) {
			drafts.unassigned(id, "still running on %s, which has lost it".formatted(this.names.get(runningOn)));
		}
		else if (this.claims.hasOtherSplit(task.name(), task.shards())) {
			drafts.unassigned(id, "waiting for the shards of another split of the task to stop");
		}
		else if (withheld != null) {
			drafts.unassigned(id, withheld);
		}
		else if (owner == null || !this.memberIds.containsKey(owner)) {
			drafts.unassigned(id, this.reasons.computeIfAbsent(task.name(), (name) -> whyNobody(task)));
		}
		else {
			drafts.grant(id, task, this.memberIds.getOrDefault(owner, ""));
		}
	}

	/**
	 * Say less.
	 * @return whether anything was said of how far those had come that have lost their
	 * shards
	 */
	boolean tellsOfLost() {
		boolean told = this.tellsOfLost && this.progress.known().values().stream().anyMatch(Progress::isLost);
		this.tellsOfLost = false;
		return told;
	}

	private String whyNobody(TaskDefinition task) {
		Map<String, MemberMetadata> candidates = new HashMap<>(this.round.members());
		candidates.values().removeIf((member) -> !this.catalogue.runnableBy(member).contains(task.name()));
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
		return "assignor '%s' gives it to nobody".formatted(this.round.assignor());
	}

	/**
	 * The step that changes nothing: every member keeps what it holds.
	 * @param reason why a shard that nobody holds is not assigned
	 * @param problem what keeps the leader from doing more
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> keepAll(String reason, @Nullable String problem) {
		Map<String, MemberAssignment> all = keepAll(reason, problem, this.catalogue.definitions().values());
		// a list of what nobody owns may be what is too large
		boolean fits = this.round.budget().size(all) <= this.round.budget().limit();
		return fits ? all : keepAll(reason, problem, List.of());
	}

	private Map<String, MemberAssignment> keepAll(String reason, @Nullable String problem,
			Collection<TaskDefinition> explained) {
		Drafts drafts = new Drafts();
		this.claims.holders()
			.forEach((id, holder) -> drafts.keepOrRevoke(id, holder, holder.claim().hold() == Hold.OWNED));
		for (TaskDefinition task : explained) {
			for (int shard = 0; shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				if (this.claims.holder(id) == null) {
					drafts.unassigned(id, reason);
				}
			}
		}
		return drafts.assignments(problem);
	}

	/**
	 * What is going to be said to the members.
	 */
	private final class Drafts {

		private final Map<String, AssignmentBuilder> byMember = new HashMap<>();

		private boolean granted;

		private AssignmentBuilder of(String memberId) {
			return this.byMember.computeIfAbsent(memberId, (id) -> new AssignmentBuilder());
		}

		void keepOrRevoke(TaskId id, Holder holder, boolean keep) {
			AssignmentBuilder draft = of(holder.memberId());
			if (keep) {
				Claim claim = holder.claim();
				draft.grant(new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
						claim.generation(), Origin.HANDED_OVER, null, ShardSet.EMPTY), id.shard());
			}
			else {
				draft.revoke(id, HandOverPlanner.this.keeping.stoppingSince(id, HandOverPlanner.this.now));
			}
		}

		void grant(TaskId id, TaskDefinition task, String memberId) {
			AssignmentBuilder draft = of(memberId);
			Progress known = HandOverPlanner.this.progress.known().get(id);
			Origin origin = origin(id, known);
			boolean isTold = known != null && !known.anchors().isEmpty()
					&& (!known.isLost() || HandOverPlanner.this.tellsOfLost);
			draft.grant(new Grant(task.name(), task.shards(), HandOverPlanner.this.newToken, HandOverPlanner.this.now,
					HandOverPlanner.this.round.generation(), origin, ownerless(id, known, origin, isTold),
					ShardSet.EMPTY), id.shard());
			if (known != null && isTold) {
				draft.progress(new Progress(id, known.anchors()));
			}
			this.granted = true;
		}

		private Origin origin(TaskId id, @Nullable Progress known) {
			if (known != null) {
				return known.isLost() ? Origin.FAILED_OVER : Origin.HANDED_OVER;
			}
			if (HandOverPlanner.this.keeping.hasVanished(id)) {
				return Origin.FAILED_OVER;
			}
			return (HandOverPlanner.this.freshGroup || !HandOverPlanner.this.formerOwners.had(id,
					HandOverPlanner.this.round, HandOverPlanner.this.catalogue)) ? Origin.HANDED_OVER
							: Origin.FAILED_OVER;
		}

		/**
		 * Nothing to be said of a shard that comes directly from its former owner, or of
		 * which it is told how far its last owner came.
		 */
		private @Nullable Instant ownerless(TaskId id, @Nullable Progress known, Origin origin, boolean isTold) {
			boolean isDirect = origin == Origin.HANDED_OVER && (known == null || known.end() == End.RELEASED);
			boolean isExact = origin == Origin.FAILED_OVER && isTold && HandOverPlanner.this.progress.isExact(id);
			return (isDirect || isExact) ? null : HandOverPlanner.this.keeping.ownerlessSince(id);
		}

		void unassigned(TaskId id, String reason) {
			of(HandOverPlanner.this.round.leader()).unassigned(id, reason);
		}

		/**
		 * The coordinator hands a static member's assignment to its successor, which has
		 * to know what may still run in its place.
		 */
		private void remindSuccessors() {
			HandOverPlanner.this.claims.stillRunning().forEach((id, memberId) -> {
				if (HandOverPlanner.this.round.staticIds().containsKey(memberId)) {
					of(memberId).revoke(id, null);
				}
			});
			HandOverPlanner.this.keeping.successors().forEach((id, memberId) -> of(memberId).revoke(id, null));
		}

		Map<String, MemberAssignment> assignments(@Nullable String problem) {
			remindSuccessors();
			long highest = this.granted ? HandOverPlanner.this.newToken : highestToken();
			String leader = HandOverPlanner.this.names.getOrDefault(HandOverPlanner.this.round.leader(), "?");
			Map<String, MemberAssignment> assignments = new HashMap<>();
			HandOverPlanner.this.round.members().forEach((memberId, member) -> {
				AssignmentBuilder draft = of(memberId);
				assignments.put(memberId,
						new MemberAssignment(HandOverPlanner.this.round.generation(), leader,
								HandOverPlanner.this.names.getOrDefault(memberId, member.instance()),
								member.incarnation(), HandOverPlanner.this.round.members().size(), highest,
								draft.grants(), draft.revoked(), draft.progress(), draft.unassigned(), problem,
								List.of(), member.session(), member.replacing(), List.of()));
			});
			return assignments;
		}

	}

}
