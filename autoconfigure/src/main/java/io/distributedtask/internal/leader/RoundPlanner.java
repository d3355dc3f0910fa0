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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.internal.leader.AssignorInvoker.AssignorFailure;
import io.distributedtask.internal.leader.Claims.Holder;
import io.distributedtask.internal.leader.MoveLimit.Waiting;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans one round: asks the assignor for a target, and makes the step towards it; or, if
 * that is not possible, the step that changes nothing.
 */
final class RoundPlanner {

	private static final Logger logger = LoggerFactory.getLogger(RoundPlanner.class);

	private static final Duration ASSIGNOR_RETRY = Duration.ofSeconds(10);

	/** A member that is asked for its tasks joins again at once, or does not answer. */
	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

	private final RoundFacts facts;

	private final RoundMemory memory;

	private final OperatorOverrides overrides;

	private final List<GroupState.Instance> instances;

	private final Constraint constraint;

	private final MoveLimit moveLimit;

	/**
	 * Begin.
	 * @param facts what is so in the round
	 * @param memory the memory, which has learned from it
	 * @param moveLimit how many moves may begin
	 */
	RoundPlanner(RoundFacts facts, RoundMemory memory, MoveLimit moveLimit) {
		this.facts = facts;
		this.memory = memory;
		this.moveLimit = moveLimit;
		this.overrides = OperatorOverrides.of(facts, memory.absentSince());
		this.instances = instances();
		Constraint constraint = Constraint.of(facts, memory);
		// what operators want elsewhere is not kept
		this.constraint = constraint.withoutKept(this.overrides.moves(this.instances, facts.catalog()).keySet());
		log();
	}

	/**
	 * The sets of shards that follow from what members report and from the memory, a line
	 * each.
	 */
	private void log() {
		if (!logger.isDebugEnabled()) {
			return;
		}
		Map<String, Collection<TaskId>> sets = new LinkedHashMap<>();
		sets.put("claimed by a member", this.facts.claims().holders().keySet());
		sets.put("still running where they are lost", this.facts.claims().stillRunning().keySet());
		sets.put("released by their last owner", this.memory.progress().released());
		sets.put("lost with their last owner", (this.memory.lost() != null) ? this.memory.lost() : Set.of());
		sets.put("deleted", this.facts.remembers() ? this.facts.last().inUse() : Set.of());
		sets.computeIfPresent("deleted",
				(name, ids) -> ids.stream().filter((id) -> !this.facts.catalog().has(id)).toList());
		sets.put("reserved for an instance of the round", this.constraint.owners().keySet());
		sets.put("reserved for the return of an instance", this.constraint.kept().keySet());
		sets.put("withheld from everybody", this.constraint.withheld().keySet());
		sets.forEach((name, ids) -> {
			if (!ids.isEmpty()) {
				logger.debug("Generation {}, {}: {}", this.facts.round().generation(), name, ShardNames.of(ids));
			}
		});
	}

	private List<GroupState.Instance> instances() {
		List<GroupState.Instance> instances = new ArrayList<>();
		this.facts.round().members().forEach((memberId, member) -> {
			String name = this.facts.roster().name(memberId);
			if (!member.draining() && !this.overrides.isDrained(name)) {
				instances.add(new GroupState.Instance(name, member.labels(), member.capacity(),
						this.facts.catalog().runnableBy(member)));
			}
		});
		instances.sort(Comparator.comparing(GroupState.Instance::name));
		return instances;
	}

	OperatorOverrides overrides() {
		return this.overrides;
	}

	/**
	 * Find the assignments.
	 * @param assignor finds the target
	 * @param fullness judges the size of the group's record
	 * @param isFirst whether this is the first attempt to plan the round
	 */
	Plan plan(Asked assignor, RecordFullness fullness, boolean isFirst) {
		Round round = this.facts.round();
		if (!round.complete()) {
			return keepAll("the tasks of a member are not known yet", null, ANSWER_TIMEOUT);
		}
		// a member whose metadata is not used may run anything: it is told to stop by its
		// empty assignment, and not before the round after that its shards may go to
		// others
		if (isFirst && !this.facts.areUnreadableTold()) {
			return keepAll("a member whose metadata cannot be decoded may still run it", null, Duration.ZERO);
		}
		Map<TaskId, String> target;
		try {
			target = target(assignor);
		}
		catch (AssignorFailure ex) {
			String problem = "Assignor '%s' %s: every shard stays where it is. Fix the assignor, or name another one "
					+ "in distributed-task.assignors";
			problem = problem.formatted(round.assignor(), ex.getMessage());
			logger.warn("{}", problem, ex.getCause());
			String obstacle = "assignor '%s' failed".formatted(round.assignor());
			// to ask about fewer members, or again later, is no use before it returns
			return ex.isOut() ? keepAll(obstacle, problem, this.constraint.retryAfter())
					: keepAll(obstacle, problem, ASSIGNOR_RETRY).withObstacle(obstacle, true);
		}
		Waiting waiting = waiting(target);
		Map<TaskId, String> step = without(waiting, target);
		Map<String, MemberAssignment> assignments = planner(true).plan(step);
		if (round.budget().size(assignments) > round.budget().limit() && this.memory.progress().hasLost()) {
			// nothing that has to be told: who has lost a shard knows how far it came
			assignments = planner(false).plan(step);
		}
		String problem = fullness.problem(round.budget(), round.budget().size(assignments));
		if (problem != null) {
			String obstacle = "the group's record is full";
			Plan plan = keepAll(obstacle, problem, round.budget().retryAfter());
			return new Plan(plan.assignments(), target, plan.retryAfter(), obstacle, false, null);
		}
		return new Plan(assignments, target, this.constraint.retryAfter(), null, false, waiting);
	}

	/**
	 * While an instance is expected back, nothing moves that need not, limit or not.
	 */
	private Waiting waiting(Map<TaskId, String> target) {
		return this.constraint.awaitsReturn() ? Waiting.NONE
				: this.moveLimit.waiting(this.facts, this.overrides, this.instances, target);
	}

	private Map<TaskId, String> without(Waiting waiting, Map<TaskId, String> target) {
		if (waiting.ids().isEmpty()) {
			return target;
		}
		Map<TaskId, String> step = new HashMap<>(target);
		waiting.ids().forEach((id) -> step.put(id, holder(id)));
		return step;
	}

	private String holder(TaskId id) {
		Holder holder = this.facts.claims().holder(id);
		return this.facts.roster().name((holder != null) ? holder.memberId() : "");
	}

	private Map<TaskId, String> target(Asked assignor) throws AssignorFailure {
		Map<TaskId, String> owners = new HashMap<>();
		this.facts.claims().holders().forEach((id, holder) -> {
			if (holder.claim().hold() == Hold.OWNED
					&& this.facts.catalog().isInForce(id.name(), holder.claim().shardCount())) {
				owners.put(id, this.facts.roster().name(holder.memberId()));
			}
		});
		// a shard on its way counts as where it is going: else the target might send it
		// back to where it came from, and it would have been stopped for nothing
		this.memory.intended().forEach(owners::putIfAbsent);
		this.memory.waiting()
			.ids(this.instances, this.facts.catalog())
			.forEach((id) -> owners.computeIfPresent(id,
					(known, owner) -> this.memory.intended().getOrDefault(id, owner)));
		this.constraint.owners().forEach(owners::putIfAbsent);
		List<TaskDefinition> tasks = List.copyOf(this.facts.catalog().definitions().values());
		Map<TaskId, String> target = this.overrides.target(owners, this.instances, this.facts.catalog(),
				(current) -> assignor.target(new GroupState(this.instances, tasks, current)));
		target.keySet().removeAll(this.constraint.kept().keySet());
		return target;
	}

	private Plan keepAll(String reason, @Nullable String problem, @Nullable Duration retryAfter) {
		Round round = this.facts.round();
		Map<String, MemberAssignment> assignments = planner(true).keepAll(reason, problem, true);
		if (round.budget().size(assignments) > round.budget().limit()) {
			// a list of what nobody owns may be what is too large
			assignments = planner(true).keepAll(reason, problem, false);
		}
		return new Plan(assignments, this.memory.intended(), retryAfter, null, false, null);
	}

	private HandOverPlanner planner(boolean tellsOfLost) {
		return new HandOverPlanner(this.facts, this.memory, this.constraint, this.overrides, tellsOfLost);
	}

	/**
	 * An assignor that is asked for a target.
	 */
	@FunctionalInterface
	interface Asked {

		Map<TaskId, String> target(GroupState group) throws AssignorFailure;

	}

	/**
	 * A plan.
	 *
	 * @param assignments the assignments by member id
	 * @param intended where the shards are to go
	 * @param retryAfter when to plan again, {@code null} if there is no need to
	 * @param obstacle why the members only keep what they have, {@code null} if there is
	 * nothing that fewer members could help against
	 * @param isAssignorsFault whether the assignor was the obstacle
	 * @param waiting the moves that have to wait for others, {@code null} if none is made
	 */
	record Plan(Map<String, MemberAssignment> assignments, Map<TaskId, String> intended, @Nullable Duration retryAfter,
			@Nullable String obstacle, boolean isAssignorsFault, @Nullable Waiting waiting) {

		Plan withObstacle(String obstacle, boolean isAssignorsFault) {
			return new Plan(this.assignments, this.intended, this.retryAfter, obstacle, isAssignorsFault, this.waiting);
		}

	}

}
