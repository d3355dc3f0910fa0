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

package io.distributedtask.internal.coordination;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.coordination.AssignorCall.AssignorFailure;
import io.distributedtask.internal.coordination.GroupMembership.Round;
import io.distributedtask.internal.coordination.MemberState.Hold;
import io.distributedtask.internal.coordination.MemberState.Progress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's part of a rebalance: asks the assignor where every shard should be, and
 * lets the {@link Planner} find the step that leads there.
 * <p>
 * Remembers the progress of schedules until a new owner claims the shard: an assignment
 * that never reached its member would take the knowledge with it.
 */
final class RoundPlanner {

	private static final Logger logger = LoggerFactory.getLogger(RoundPlanner.class);

	private static final Duration ASSIGNOR_RETRY = Duration.ofSeconds(10);

	/** A member that is asked for its tasks joins again at once, or does not answer. */
	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

	private final Map<String, TaskAssignor> assignors;

	private final AssignorCall call;

	private final Clocks clocks;

	private final Map<TaskId, Progress> progress = new HashMap<>();

	private final Map<TaskId, String> progressGivenTo = new HashMap<>();

	/** Where shards were to go that are still on their way. */
	private Map<TaskId, String> intended = Map.of();

	private int plannedGeneration = -1;

	private final AtomicBoolean outdated = new AtomicBoolean();

	private final Set<String> knownUnreadable = new HashSet<>();

	private LastPlan lastPlan = LastPlan.UNKNOWN;

	private final Map<String, String> toldRefusals = new HashMap<>();

	private final RecordFullness fullness = new RecordFullness();

	private @Nullable Duration retryAfter;

	RoundPlanner(Map<String, TaskAssignor> assignors, AssignorCall call, Clocks clocks) {
		this.assignors = assignors;
		this.call = call;
		this.clocks = clocks;
	}

	/**
	 * When to try again, for the last plan could not do what there was to do.
	 * @return the time to wait, or {@code null} when the plan was a good one
	 */
	@Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * The progress of shards that no owner is known to have taken up, to be announced by
	 * the leader so that its own departure in order does not lose it.
	 * @param generation the generation in force
	 * @return the progress, empty unless the assignment of that generation was made here
	 */
	Collection<Progress> progress(int generation) {
		return (generation == this.plannedGeneration && !this.outdated.get()) ? List.copyOf(this.progress.values())
				: List.of();
	}

	/**
	 * The lease has ended: shards may have gone further than is remembered here. Any
	 * thread.
	 */
	void forgetProgress() {
		this.outdated.set(true);
	}

	/**
	 * Find an assignment.
	 * @param round who is in and what they say
	 * @return an assignment for each member
	 */
	Map<String, MemberAssignment> plan(Round round) {
		Admission admission = Admission.of(round.members(), round.leader(), this.clocks.millis());
		Map<String, String> refused = new HashMap<>(admission.refused());
		Map<String, MemberAssignment> plan = planAdmitted(round.without(refused), refused);
		tell(refused);
		refused.forEach((memberId, reason) -> plan.put(memberId, MemberAssignment.nothing(round.generation(),
				"The leader passes over what this instance says: " + reason)));
		this.lastPlan = new LastPlan(plan);
		plan.forEach((memberId, assignment) -> assignment.grants()
			.stream()
			.filter((grant) -> grant.generation() == round.generation())
			.forEach((grant) -> grant.shards()
				.stream()
				.forEach((shard) -> this.progressGivenTo.put(new TaskId(grant.task(), shard), memberId))));
		this.plannedGeneration = round.generation();
		return plan;
	}

	/**
	 * Said once, not in every round.
	 */
	private void tell(Map<String, String> refused) {
		this.toldRefusals.keySet().retainAll(refused.keySet());
		refused.forEach((memberId, reason) -> {
			if (this.toldRefusals.put(memberId, reason) == null) {
				logger.error("Member '{}' is assigned nothing: {}", memberId, reason);
			}
		});
	}

	/**
	 * If the group's record would be too large, or the assignor fails, members that came
	 * with tasks of their own and hold nothing are turned away, the largest first: those
	 * that were there without them keep being assigned.
	 */
	private Map<String, MemberAssignment> planAdmitted(Round round, Map<String, String> refused) {
		boolean wasLeader = round.generation() == this.plannedGeneration + 1;
		if (!wasLeader) {
			this.lastPlan = LastPlan.UNKNOWN;
		}
		if (!wasLeader || this.outdated.getAndSet(false)) {
			this.progress.clear();
			this.intended = Map.of();
		}
		MemberState leader = round.members().get(round.leader());
		Newcomers newcomers = new Newcomers(round.members(), leader, this.lastPlan);
		Round remaining = round;
		Planned planned = planOnce(remaining, true);
		while (planned.obstacle() != null) {
			List<String> turnedAway = newcomers.next(planned.failed());
			if (turnedAway.isEmpty()) {
				break;
			}
			String reason = planned.obstacle() + ", and it announces tasks that the leader does not know";
			turnedAway.forEach((memberId) -> refused.put(memberId, reason));
			remaining = remaining.without(refused);
			planned = planOnce(remaining, false);
		}
		return planned.assignments();
	}

	private Planned planOnce(Round round, boolean first) {
		this.retryAfter = null;
		Map<String, String> names = names(round.members());
		Claims claims = Claims.of(round.members(), this.lastPlan);
		Catalogue catalogue = Catalogue.of(round.members().values(), round.members().get(round.leader()));
		if (first) {
			learn(round, claims, catalogue);
		}
		Planner planner = new Planner(round, names, catalogue, claims, this.progress,
				Instant.ofEpochMilli(this.clocks.millis()));
		if (!round.complete()) {
			this.retryAfter = ANSWER_TIMEOUT;
			return Planned.fitting(planner.keepAll("the tasks of a member are not known yet", null));
		}
		if (first && mayHideClaims(round)) {
			this.retryAfter = Duration.ZERO;
			return Planned.fitting(planner.keepAll("a member that cannot be understood may still run it", null));
		}
		Map<TaskId, String> target;
		try {
			target = target(round, names, claims, catalogue);
		}
		catch (AssignorFailure ex) {
			this.retryAfter = ASSIGNOR_RETRY;
			String problem = "Assignor '%s' %s: every shard stays where it is. Mend the assignor, or name another one in "
					+ "distributed-task.assignors";
			problem = problem.formatted(round.assignor(), ex.getMessage());
			logger.warn("{}", problem, ex.getCause());
			String obstacle = "assignor '%s' failed".formatted(round.assignor());
			return new Planned(planner.keepAll(obstacle, problem), obstacle, true);
		}
		return withinBudget(round, planner, planner.plan(target));
	}

	private Planned withinBudget(Round round, Planner planner, Map<String, MemberAssignment> plan) {
		String problem = this.fullness.problem(round.budget(), round.budget().size(plan));
		if (problem == null) {
			return Planned.fitting(plan);
		}
		this.retryAfter = round.budget().retryAfter();
		String obstacle = "the group's record is full";
		return new Planned(planner.keepAll(obstacle, problem), obstacle, false);
	}

	/**
	 * A member whose words cannot be read may run anything. It is told to stop by its
	 * empty assignment, and not before the round after that its shards may go to others.
	 */
	private boolean mayHideClaims(Round round) {
		this.knownUnreadable.retainAll(round.unreadable().keySet());
		return this.knownUnreadable.addAll(round.unreadable().keySet());
	}

	/**
	 * What is remembered holds for the very next round only, and not for a shard whose
	 * next owner has vanished: that one may have gone further.
	 */
	private void learn(Round round, Claims claims, Catalogue catalogue) {
		Set<TaskId> vanished = new HashSet<>();
		this.progressGivenTo.forEach((id, nextOwner) -> {
			MemberState owner = round.members().get(nextOwner);
			if (owner == null || (hadItsAssignment(round, nextOwner, owner) && claims.holder(id) == null)) {
				vanished.add(id);
			}
		});
		this.progress.keySet().removeAll(vanished);
		this.progressGivenTo.clear();
		round.members().forEach((memberId, member) -> {
			// the leader announces this very memory, as it was when it joined
			boolean memory = memberId.equals(round.leader());
			member.releases()
				.stream()
				.filter((release) -> catalogue.has(release.id())
						&& AssignmentCheck.isBelievable(release, this.clocks.millis()))
				.filter((release) -> !memory || !vanished.contains(release.id()))
				.forEach((release) -> this.progress.merge(release.id(), release, RoundPlanner::later));
		});
		this.progress.keySet().removeIf((id) -> claims.holder(id) != null);
	}

	/**
	 * Whether a next owner has begun: if it claims nothing it has lost the shard since.
	 * Of the leader itself {@link #forgetProgress} tells.
	 */
	private boolean hadItsAssignment(Round round, String memberId, MemberState member) {
		return !memberId.equals(round.leader()) && member.generation() >= this.plannedGeneration;
	}

	private static Progress later(Progress one, Progress other) {
		Instant latestOfOne = one.anchors().stream().max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
		Instant latestOfOther = other.anchors().stream().max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
		return latestOfOther.isAfter(latestOfOne) ? other : one;
	}

	private Map<TaskId, String> target(Round round, Map<String, String> names, Claims claims, Catalogue catalogue)
			throws AssignorFailure {
		TaskAssignor assignor = this.assignors.get(round.assignor());
		if (assignor == null) {
			throw new AssignorFailure("is not known to the leader", null);
		}
		List<GroupState.Instance> instances = new ArrayList<>();
		round.members().forEach((memberId, member) -> {
			if (!member.draining()) {
				instances.add(new GroupState.Instance(names.getOrDefault(memberId, memberId), member.labels(),
						member.capacity(), catalogue.runnableBy(member)));
			}
		});
		instances.sort(Comparator.comparing(GroupState.Instance::name));
		Map<TaskId, String> owners = new HashMap<>();
		claims.holders().forEach((id, holder) -> {
			if (catalogue.isInForce(id.name(), holder.claim().shardCount()) && holder.claim().hold() == Hold.OWNED) {
				owners.put(id, names.getOrDefault(holder.memberId(), holder.memberId()));
			}
		});
		// a shard on its way counts as where it is going: else the target might send it
		// back to where it came from, and it would have been stopped for nothing
		this.intended.forEach(owners::putIfAbsent);
		this.intended = this.call.target(assignor,
				new GroupState(instances, List.copyOf(catalogue.definitions().values()), owners));
		return this.intended;
	}

	/**
	 * The names of the instances, made unique: a name that several members have goes with
	 * the end of the member id, except on the first of them.
	 */
	private static Map<String, String> names(Map<String, MemberState> members) {
		Map<String, String> names = new HashMap<>();
		Set<String> taken = new HashSet<>();
		new TreeMap<>(members).forEach((memberId, member) -> {
			String name = member.instance();
			int suffix = 2;
			while (!taken.add(name)) {
				name = member.instance() + "#" + suffix++;
			}
			names.put(memberId, name);
		});
		return names;
	}

	/**
	 * An attempt to plan.
	 *
	 * @param assignments the assignments by member id
	 * @param obstacle why they only keep what is, {@code null} if they do more
	 * @param failed whether the assignor was the obstacle
	 */
	private record Planned(Map<String, MemberAssignment> assignments, @Nullable String obstacle, boolean failed) {

		static Planned fitting(Map<String, MemberAssignment> assignments) {
			return new Planned(assignments, null, false);
		}

	}

}
