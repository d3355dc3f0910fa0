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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.leader.RoundPlanner.Plan;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The leader's part of a rebalance. A round and the {@link RoundMemory} make a plan and
 * the memory for the next round.
 */
public final class Leader {

	private static final Logger logger = LoggerFactory.getLogger(Leader.class);

	private final Map<String, TaskAssignor> assignors;

	private final AssignorInvoker invoker;

	private final Duration delay;

	private final MoveLimit moveLimit;

	private final Clocks clocks;

	private final RecordFullness fullness = new RecordFullness();

	private final AtomicBoolean leaseEnded = new AtomicBoolean();

	private RoundMemory memory = RoundMemory.NONE;

	/** From which the last round was planned. */
	private RoundMemory before = RoundMemory.NONE;

	private @Nullable Duration retryAfter;

	/**
	 * Create a leader without memory, and without a limit of moves.
	 */
	public Leader(Map<String, TaskAssignor> assignors, AssignorInvoker invoker, Duration delay, Clocks clocks) {
		this(assignors, invoker, delay, Integer.MAX_VALUE, clocks);
	}

	/**
	 * Create a leader without memory.
	 * @param assignors the algorithms that it knows, by name
	 * @param invoker calls them
	 * @param delay how long the shards of an instance that is gone are kept
	 * @param maxMoves how many shards may be in hand-over at a time that could stay
	 * @param clocks the leader's clocks
	 */
	public Leader(Map<String, TaskAssignor> assignors, AssignorInvoker invoker, Duration delay, int maxMoves,
			Clocks clocks) {
		this.assignors = assignors;
		this.invoker = invoker;
		this.delay = delay;
		this.moveLimit = new MoveLimit(maxMoves);
		this.clocks = clocks;
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
		return (generation == this.memory.last().generation() && !this.leaseEnded.get())
				? this.memory.progress().known().values() : List.of();
	}

	/**
	 * The lease has ended: shards may have gone further than is remembered here. Any
	 * thread.
	 */
	public void leaseEnded() {
		this.leaseEnded.set(true);
	}

	/**
	 * Find an assignment.
	 * @param round who is in and what they report
	 * @param former the group as the leader knew it
	 * @return an assignment for each member
	 */
	public Map<String, MemberAssignment> plan(Round round, FormerGroup former) {
		if (this.leaseEnded.getAndSet(false)) {
			this.memory = this.memory.doubtful();
			this.before = this.before.doubtful();
		}
		// a leader whose join was answered twice is asked twice in one generation
		RoundMemory memory = this.memory.last().isOf(round) ? this.before : this.memory;
		Map<String, String> refused = new HashMap<>(
				GroupLimits.of(round.members(), round.leader(), this.clocks.millis()).refused());
		Attempt attempt = plan(round.without(refused), former, memory, refused);
		RoundFacts facts = attempt.facts();
		RoundMemory learned = attempt.memory();
		Map<String, MemberAssignment> plan = new HashMap<>(attempt.plan().assignments());
		refused.forEach((memberId, reason) -> plan.put(memberId, refusal(facts, memberId, reason)));
		OperatorOverrides overrides = attempt.overrides()
			.withoutDoubtfulRuns(facts, plan, learned.progress().released());
		log(facts, plan);
		this.before = memory;
		this.memory = learned.planned(facts, plan, attempt.plan().intended(), attempt.plan().waiting(),
				overrides.absentSince());
		this.retryAfter = attempt.plan().retryAfter();
		String waiting = this.moveLimit.tell(attempt.plan().waiting());
		// to measure once is mostly enough; what members report again has to fit in twice
		Map<String, MemberAssignment> told = tell(facts.withBudget(Budget.UNLIMITED), plan, learned, overrides,
				waiting);
		boolean hasRoom = round.budget().size(told) <= round.budget().limit() / 2;
		return hasRoom ? told : tell(facts, plan, learned, overrides, waiting);
	}

	/**
	 * Add to the plan what members should know beside their shards, as far as the group's
	 * record has room for it.
	 */
	private Map<String, MemberAssignment> tell(RoundFacts facts, Map<String, MemberAssignment> plan,
			RoundMemory learned, OperatorOverrides overrides, String waiting) {
		Map<String, MemberAssignment> told = this.memory.reservations().tell(facts, plan, learned.progress());
		told = learned.successes().tell(facts.round(), told);
		told = overrides.tell(facts.round(), told, Reservations.witnesses(facts));
		return RoundReason.tell(facts, told, waiting);
	}

	/**
	 * If the group's record would be too large, or the assignor fails, members that came
	 * with tasks of their own and hold nothing are turned away, the largest first: those
	 * that were there without them keep being assigned.
	 * @param refused takes the members that are turned away, with the reason
	 */
	private Attempt plan(Round round, FormerGroup former, RoundMemory memory, Map<String, String> refused) {
		Attempt attempt = attempt(round, former, memory, true);
		Newcomers newcomers = new Newcomers(attempt.facts());
		String obstacle = attempt.plan().obstacle();
		while (obstacle != null) {
			List<String> turnedAway = newcomers.next(attempt.plan().isAssignorsFault());
			if (turnedAway.isEmpty()) {
				break;
			}
			String reason = obstacle + ", and it announces tasks that the leader does not know";
			turnedAway.forEach((memberId) -> refused.put(memberId, reason));
			attempt = attempt(round.without(refused), former, memory, false);
			obstacle = attempt.plan().obstacle();
		}
		return attempt;
	}

	private Attempt attempt(Round round, FormerGroup former, RoundMemory memory, boolean isFirst) {
		RoundFacts facts = RoundFacts.of(round, former, memory.last(), this.delay,
				Instant.ofEpochMilli(this.clocks.millis()), this.clocks.nanos());
		RoundMemory learned = memory.learn(facts);
		RoundPlanner planner = new RoundPlanner(facts, learned, this.moveLimit);
		TaskAssignor assignor = this.assignors.get(round.assignor());
		long begin = this.clocks.nanos();
		Plan plan = planner.plan(
				(group) -> this.invoker.target(assignor, group, Duration.ofNanos(this.clocks.nanos() - begin)),
				this.fullness, isFirst);
		return new Attempt(facts, learned, planner.overrides(), plan);
	}

	/**
	 * Logged once, not in every round.
	 */
	private static MemberAssignment refusal(RoundFacts facts, String memberId, String reason) {
		MemberAssignment refusal = MemberAssignment.nothing(facts.round().generation(),
				"The leader ignores the metadata of this instance: " + reason);
		MemberAssignment last = facts.last().plan().get(memberId);
		if (last == null || !String.valueOf(refusal.problem()).equals(last.problem())) {
			logger.error("Member '{}' gets no assignment: {}", memberId, reason);
		}
		return refusal;
	}

	private static void log(RoundFacts facts, Map<String, MemberAssignment> plan) {
		if (logger.isDebugEnabled()) {
			int generation = facts.round().generation();
			Stream<Grant> grants = plan.values().stream().flatMap((assignment) -> assignment.grants().stream());
			log(generation, "granted", grants.filter((grant) -> grant.generation() == generation).flatMap(Grant::ids));
			log(generation, "to be stopped by their owner",
					plan.values().stream().flatMap((assignment) -> assignment.revoked().stream()).flatMap(Shards::ids));
			log(generation, "unassigned",
					plan.values()
						.stream()
						.flatMap((assignment) -> assignment.unassigned().stream())
						.flatMap(Unassigned::ids));
		}
	}

	private static void log(int generation, String name, Stream<TaskId> ids) {
		List<TaskId> shards = ids.toList();
		if (!shards.isEmpty()) {
			logger.debug("Generation {}, {}: {}", generation, name, ShardNames.of(shards));
		}
	}

	/**
	 * An attempt to plan a round.
	 *
	 * @param facts what is so in the round
	 * @param memory the memory, which has learned from it
	 * @param overrides what operators have decided
	 * @param plan the plan
	 */
	private record Attempt(RoundFacts facts, RoundMemory memory, OperatorOverrides overrides, Plan plan) {
	}

}
