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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.control.Absences;
import io.distributedtask.internal.leader.AssignorInvoker.AssignorFailure;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.TimeBounds;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership.Round;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's part of a rebalance: asks the assignor where every shard should be, and
 * lets the {@link HandOverPlanner} find the step that leads there.
 */
public final class Leader {

	private static final Logger logger = LoggerFactory.getLogger(Leader.class);

	private static final Duration ASSIGNOR_RETRY = Duration.ofSeconds(10);

	/** A member that is asked for its tasks joins again at once, or does not answer. */
	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

	private final Map<String, TaskAssignor> assignors;

	private final AssignorInvoker call;

	private final ShardKeeper keeper;

	private final Clocks clocks;

	private final ProgressMemory progress = new ProgressMemory();

	private final Successes successes = new Successes();

	/** Where shards were to go that are still on their way. */
	private Map<TaskId, String> intended = Map.of();

	private int plannedGeneration = -1;

	private final Regathering regathering;

	private final FormerOwners formerOwners = new FormerOwners();

	private final Map<TaskId, Instant> stopping = new HashMap<>();

	private final AtomicBoolean outdated = new AtomicBoolean();

	private final Set<String> knownUnreadable = new HashSet<>();

	private LastPlan lastPlan = LastPlan.UNKNOWN;

	private final Map<String, String> toldRefusals = new HashMap<>();

	private final RecordFullness fullness = new RecordFullness();

	private final Absences absences;

	private OperatorOverrides steering = OperatorOverrides.NONE;

	private @Nullable Duration retryAfter;

	public Leader(Map<String, TaskAssignor> assignors, AssignorInvoker call, ShardKeeper keeper, Clocks clocks) {
		this.assignors = assignors;
		this.call = call;
		this.keeper = keeper;
		this.clocks = clocks;
		this.absences = new Absences(clocks);
		this.regathering = new Regathering(clocks);
	}

	/**
	 * When to try again, for the last plan could not do what there was to do.
	 * @return the time to wait, or {@code null} when the plan was a good one
	 */
	public @Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	/**
	 * How full the group's record is, of use on the leader only. Any thread.
	 */
	public RecordFullness fullness() {
		return this.fullness;
	}

	/**
	 * The progress of shards that no owner is known to have taken up, to be announced by
	 * the leader so that its own departure in order does not lose it.
	 * @param generation the generation in force
	 * @return the progress, empty unless the assignment of that generation was made here
	 */
	public Collection<Progress> progress(int generation) {
		return (generation == this.plannedGeneration && !this.outdated.get())
				? List.copyOf(this.progress.known().values()) : List.of();
	}

	/**
	 * The lease has ended: shards may have gone further than is remembered here. Any
	 * thread.
	 */
	public void forgetProgress() {
		this.outdated.set(true);
	}

	/**
	 * Find an assignment.
	 * @param round who is in and what they say
	 * @param former the group as the leader knew it
	 * @return an assignment for each member
	 */
	public Map<String, MemberAssignment> plan(Round round, FormerGroup former) {
		GroupLimits admission = GroupLimits.of(round.members(), round.leader(), this.clocks.millis());
		Map<String, String> refused = new HashMap<>(admission.refused());
		Map<String, MemberAssignment> plan = planAdmitted(round.without(refused), former, refused);
		tell(refused);
		refused.forEach((memberId, reason) -> plan.put(memberId, MemberAssignment.nothing(round.generation(),
				"The leader passes over what this instance says: " + reason)));
		this.steering = this.steering.withoutDoubtfulRuns(round, plan, this.progress.released(), this.clocks.millis());
		noteStopping(plan);
		this.lastPlan = new LastPlan(plan);
		this.progress.given(round, plan);
		Round admitted = round.without(refused);
		Roster roster = Roster.of(admitted);
		Claims claims = Claims.of(admitted.members(), this.lastPlan);
		TaskCatalog catalogue = TaskCatalog.of(admitted.members().values(), admitted.members().get(round.leader()));
		this.successes.learn(admitted, catalogue, Instant.ofEpochMilli(this.clocks.millis()));
		this.keeper.remember(admitted, roster, claims, plan);
		this.formerOwners.planned(admitted, catalogue, claims, this.progress.released(), plan);
		this.plannedGeneration = round.generation();
		Map<String, MemberAssignment> told = tellWitnesses(admitted, roster, plan);
		return this.steering.tell(admitted, this.successes.tell(admitted, told),
				this.keeper.witnesses(admitted, roster));
	}

	private void noteStopping(Map<String, MemberAssignment> plan) {
		this.stopping.clear();
		plan.values().stream().flatMap((assignment) -> assignment.revoked().stream()).forEach((revoked) -> {
			Instant since = revoked.since();
			if (since != null) {
				revoked.shards()
					.stream()
					.forEach((shard) -> this.stopping.put(new TaskId(revoked.task(), shard), since));
			}
		});
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
	private Map<String, MemberAssignment> planAdmitted(Round round, FormerGroup former, Map<String, String> refused) {
		Constraint keeping = recollect(round, former);
		MemberMetadata leader = round.members().get(round.leader());
		Newcomers newcomers = new Newcomers(round.members(), leader, this.lastPlan);
		Round remaining = round;
		Planned planned = planOnce(remaining, keeping, true);
		while (planned.obstacle() != null) {
			List<String> turnedAway = newcomers.next(planned.failed());
			if (turnedAway.isEmpty()) {
				break;
			}
			String reason = planned.obstacle() + ", and it announces tasks that the leader does not know";
			turnedAway.forEach((memberId) -> refused.put(memberId, reason));
			remaining = remaining.without(refused);
			planned = planOnce(remaining, keeping, false);
		}
		return planned.assignments();
	}

	/**
	 * Bring together what is remembered here and what the members say.
	 */
	private Constraint recollect(Round round, FormerGroup former) {
		// a leader whose join was answered twice is asked twice in one generation
		boolean again = round.generation() == this.plannedGeneration;
		boolean remembers = again || round.generation() == this.plannedGeneration + 1;
		boolean outdated = this.outdated.getAndSet(false);
		this.formerOwners.begin(remembers && !outdated, again && !outdated);
		if (!remembers) {
			this.lastPlan = LastPlan.UNKNOWN;
			this.stopping.clear();
			this.progress.doubt(this.keeper.recall(round));
		}
		else if (outdated) {
			this.progress.doubt();
		}
		if (!remembers && round.newestGeneration() != this.plannedGeneration) {
			this.intended = Map.of();
		}
		Claims claims = Claims.of(round.members(), this.lastPlan);
		TaskCatalog catalogue = TaskCatalog.of(round.members().values(), round.members().get(round.leader()));
		if (!again) {
			this.progress.learn(round, claims, this.plannedGeneration,
					(release) -> catalogue.has(release.id()) && TimeBounds.isBelievable(release, this.clocks.millis()));
		}
		Roster roster = Roster.of(round);
		this.steering = OperatorOverrides.of(round, roster, catalogue, this.absences, this.clocks.millis());
		Constraint keeping = this.keeper.look(round, roster, claims, catalogue, remembers, former.ownedUntil(),
				new Constraint(this.steering, Map.copyOf(this.stopping)));
		this.regathering.look(round, claims, catalogue, remembers, former, this.progress::isExact, keeping);
		return keeping;
	}

	private Planned planOnce(Round round, Constraint keeping, boolean first) {
		this.retryAfter = keeping.retryAfter();
		Roster roster = Roster.of(round);
		Claims claims = Claims.of(round.members(), this.lastPlan);
		TaskCatalog catalogue = TaskCatalog.of(round.members().values(), round.members().get(round.leader()));
		HandOverPlanner planner = new HandOverPlanner(round, roster.names(), catalogue, claims, this.progress, keeping,
				this.formerOwners, Instant.ofEpochMilli(this.clocks.millis()));
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
			target = target(round, roster, claims, catalogue, keeping);
		}
		catch (AssignorFailure ex) {
			String problem = "Assignor '%s' %s: every shard stays where it is. Fix the assignor, or name another one in "
					+ "distributed-task.assignors";
			problem = problem.formatted(round.assignor(), ex.getMessage());
			logger.warn("{}", problem, ex.getCause());
			String obstacle = "assignor '%s' failed".formatted(round.assignor());
			if (ex.isOut()) {
				// to ask about fewer members, or again later, is no use before it returns
				return Planned.fitting(planner.keepAll(obstacle, problem));
			}
			this.retryAfter = ASSIGNOR_RETRY;
			return new Planned(planner.keepAll(obstacle, problem), obstacle, true);
		}
		Map<String, MemberAssignment> plan = planner.plan(target);
		if (round.budget().size(plan) > round.budget().limit() && planner.tellsOfLost()) {
			// nothing that has to be said: who has lost a shard knows how far it came
			plan = planner.plan(target);
		}
		return withinBudget(round, planner, plan);
	}

	private Planned withinBudget(Round round, HandOverPlanner planner, Map<String, MemberAssignment> plan) {
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

	private Map<TaskId, String> target(Round round, Roster roster, Claims claims, TaskCatalog catalogue,
			Constraint keeping) throws AssignorFailure {
		TaskAssignor assignor = this.assignors.get(round.assignor());
		if (assignor == null) {
			throw new AssignorFailure("is not known to the leader", null);
		}
		List<GroupState.Instance> instances = new ArrayList<>();
		round.members().forEach((memberId, member) -> {
			if (!member.draining() && !this.steering.isDrained(roster.name(memberId))) {
				instances.add(new GroupState.Instance(roster.name(memberId), member.labels(), member.capacity(),
						catalogue.runnableBy(member)));
			}
		});
		instances.sort(Comparator.comparing(GroupState.Instance::name));
		Map<TaskId, String> owners = new HashMap<>();
		claims.holders().forEach((id, holder) -> {
			if (catalogue.isInForce(id.name(), holder.claim().shardCount()) && holder.claim().hold() == Hold.OWNED) {
				owners.put(id, roster.name(holder.memberId()));
			}
		});
		// a shard on its way counts as where it is going: else the target might send it
		// back to where it came from, and it would have been stopped for nothing
		this.intended.forEach(owners::putIfAbsent);
		keeping.owners().forEach(owners::putIfAbsent);
		List<TaskDefinition> tasks = List.copyOf(catalogue.definitions().values());
		keeping.letGo(this.steering.moves(instances, catalogue).keySet());
		long begin = this.clocks.nanos();
		Map<TaskId, String> target = this.steering.target(owners, instances, catalogue,
				(current) -> this.call.target(assignor, new GroupState(instances, tasks, current),
						Duration.ofNanos(this.clocks.nanos() - begin)));
		target.keySet().removeAll(keeping.kept());
		this.intended = target;
		return target;
	}

	/**
	 * Let some members know whose shards are whose, if there is room for that: they say
	 * it to the next leader, and so it has to fit in twice.
	 */
	private Map<String, MemberAssignment> tellWitnesses(Round round, Roster roster,
			Map<String, MemberAssignment> plan) {
		if (!this.keeper.tellsOthers(round)) {
			return plan;
		}
		for (boolean ownedToo : new boolean[] { true, false }) {
			List<Reservation> kept = this.keeper.kept(plan, this.progress.known(), ownedToo);
			if (kept.isEmpty()) {
				continue;
			}
			Map<String, MemberAssignment> told = new HashMap<>(plan);
			this.keeper.witnesses(round, roster)
				.forEach((memberId) -> told.computeIfPresent(memberId, (id, assignment) -> assignment.withKept(kept)));
			if (round.budget().size(told) <= round.budget().limit() / (ownedToo ? 2 : 1)) {
				return told;
			}
			logger.debug("The group's record has no room for the list of {}",
					ownedToo ? "all owners" : "the shards that are kept for somebody");
		}
		return plan;
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
