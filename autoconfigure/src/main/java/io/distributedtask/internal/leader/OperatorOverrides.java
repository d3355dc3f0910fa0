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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.internal.control.OperatorState;
import io.distributedtask.internal.leader.AssignorInvoker.AssignorFailure;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.TimeBounds;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators have decided, as all members report it in one round: it takes precedence
 * over the assignor, and is part of all assignments.
 */
final class OperatorOverrides {

	private static final Logger logger = LoggerFactory.getLogger(OperatorOverrides.class);

	/**
	 * How much later than all that a leader has accepted before: a member whose clock is
	 * ahead decides one millisecond after what it knows.
	 */
	private static final long SLACK_MILLIS = 1000;

	private static final int MOST_QUESTIONS = 4;

	private final OperatorState state;

	/** Who takes back what has lost its object. */
	private final String leader;

	private final Map<Key, Long> absentSince;

	private OperatorOverrides(OperatorState state, String leader, Map<Key, Long> absentSince) {
		this.state = state;
		this.leader = leader;
		this.absentSince = absentSince;
	}

	/**
	 * Bring together what the members report. A move ends when its instance has left;
	 * whatever is about a task or an instance, when that has not been there for long: an
	 * instance or a task that is away for a moment has to find things as they were,
	 * however long ago they were decided.
	 * @param facts what is so in the round
	 * @param absentSince since when the task or the instance of a decision is not there
	 */
	static OperatorOverrides of(RoundFacts facts, Map<Key, Long> absentSince) {
		Round round = facts.round();
		long now = facts.now().toEpochMilli();
		MemberMetadata leader = round.members().get(round.leader());
		List<OperatorCommand> own = (leader != null) ? leader.control() : List.of();
		long known = own.stream().mapToLong(OperatorCommand::time).max().orElse(0);
		long latest = Math.max(now + TimeBounds.LEADER.toMillis(), known + SLACK_MILLIS);
		OperatorState state = OperatorState.EMPTY;
		for (MemberMetadata member : round.members().values()) {
			if (!member.control().isEmpty()) {
				state = state.with(OperatorState.believable(member.control(), now, latest));
			}
		}
		String leaderName = facts.roster().name(round.leader());
		// who or what is not understood in this round need not have left
		if (state.equals(OperatorState.EMPTY) || !round.unreadable().isEmpty() || !round.complete()) {
			return new OperatorOverrides(state, leaderName, absentSince);
		}
		Set<String> instances = Set.copyOf(facts.roster().names().values());
		Map<Key, Long> absent = new HashMap<>();
		state.inForce().map(OperatorCommand::key).forEach((key) -> {
			boolean isAbsent = switch (key.kind()) {
				case PAUSE_ALL, RUN -> false;
				case PAUSE, MOVE -> !facts.catalog().definitions().containsKey(key.subject());
				case DRAIN -> !instances.contains(key.subject());
			};
			if (isAbsent) {
				absent.put(key, absentSince.getOrDefault(key, facts.nanos()));
			}
		});
		long longest = OperatorState.RETENTION.toNanos();
		Predicate<OperatorCommand> isOver = (
				entry) -> facts.nanos() - absent.getOrDefault(entry.key(), facts.nanos()) > longest
						|| entry.key().kind() == Kind.MOVE && !instances.contains(String.valueOf(entry.value()));
		return new OperatorOverrides(state.takeBack(isOver, now, leaderName), leaderName, absent);
	}

	Map<Key, Long> absentSince() {
		return this.absentSince;
	}

	/**
	 * This without the runs whose shards get an owner to whom nobody has handed them
	 * over: nobody knows whether their last owner has made the run.
	 * @param facts what is so in the round
	 * @param plan the assignments by member id
	 * @param released the shards that were given back in order
	 */
	OperatorOverrides withoutDoubtfulRuns(RoundFacts facts, Map<String, MemberAssignment> plan, Set<TaskId> released) {
		if (this.state.inForce(Kind.RUN).findAny().isEmpty()) {
			return this;
		}
		Set<TaskId> doubtful = new HashSet<>();
		plan.values()
			.stream()
			.flatMap((assignment) -> assignment.grants().stream())
			.filter((grant) -> grant.generation() == facts.round().generation())
			.forEach((grant) -> grant.ids().forEach(doubtful::add));
		doubtful.removeAll(released);
		Predicate<OperatorCommand> isDoubtful = (entry) -> entry.key().kind() == Kind.RUN
				&& doubtful.contains(new TaskId(entry.key().subject(), entry.key().shard()));
		this.state.inForce()
			.filter(isDoubtful)
			.forEach((entry) -> logger.info(
					"The run of {}[{}] that was requested on '{}' is skipped: its owner at that time is gone, and may "
							+ "have made it",
					entry.key().subject(), entry.key().shard(), entry.author()));
		return new OperatorOverrides(this.state.takeBack(isDoubtful, facts.now().toEpochMilli(), this.leader),
				this.leader, this.absentSince);
	}

	boolean isDrained(String instance) {
		return this.state.isDrained(instance);
	}

	boolean isMoved(TaskId id) {
		return this.state.moved(id) != null;
	}

	/**
	 * The target of an assignor, with those shards where an operator wants them for which
	 * that is possible. The assignor is asked again to balance what is out of balance by
	 * that: in the next round it would do so anyway, and take back what it wants now.
	 * @param owners the names of the owners of shards
	 * @param instances the instances that may own something
	 * @param catalog the tasks
	 * @param assignor finds a target, given the owners
	 * @return the name of the instance that should own each shard
	 * @throws AssignorFailure if the assignor has no answer that can be used
	 */
	Map<TaskId, String> target(Map<TaskId, String> owners, Collection<Instance> instances, TaskCatalog catalog,
			Asked assignor) throws AssignorFailure {
		Map<TaskId, String> moves = moves(instances, catalog);
		Map<TaskId, String> target = new HashMap<>(assignor.target(owners));
		target.putAll(moves);
		try {
			for (int i = 0; i < MOST_QUESTIONS && !moves.isEmpty(); i++) {
				Map<TaskId, String> next = new HashMap<>(assignor.target(target));
				next.putAll(moves);
				if (next.equals(target)) {
					break;
				}
				target = next;
			}
		}
		catch (AssignorFailure ex) {
			logger.debug("Another call of the assignor, because of moves, failed: its former assignment is used", ex);
		}
		return target;
	}

	/**
	 * The moves that are possible.
	 */
	Map<TaskId, String> moves(Collection<Instance> instances, TaskCatalog catalog) {
		Map<TaskId, String> moves = new HashMap<>();
		Map<String, Instance> byName = new HashMap<>();
		instances.forEach((instance) -> byName.put(instance.name(), instance));
		this.state.inForce(Kind.MOVE).forEach((move) -> {
			TaskId id = new TaskId(move.key().subject(), move.key().shard());
			TaskDefinition task = catalog.definitions().get(id.name());
			Instance instance = byName.get(String.valueOf(move.value()));
			if (task != null && catalog.has(id) && instance != null && instance.canOwn(task)) {
				moves.put(id, instance.name());
			}
		});
		return moves;
	}

	/**
	 * Say to all members what has been decided. They repeat it when they join, so there
	 * has to be room for it twice; if there is not, most are told only what concerns
	 * them, and then all.
	 * @param round the round
	 * @param plan the assignments by member id
	 * @param witnesses the members that are told everything, to report it to the next
	 * leader
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> tell(Round round, Map<String, MemberAssignment> plan, Collection<String> witnesses) {
		List<OperatorCommand> all = this.state.entries();
		if (all.isEmpty()) {
			return plan;
		}
		long size = round.budget().size(plan);
		for (Collection<String> toldAll : List.of(plan.keySet(), witnesses, Set.<String>of())) {
			Map<String, MemberAssignment> told = new HashMap<>();
			plan.forEach((memberId, assignment) -> told.put(memberId,
					assignment.isNothing() ? assignment : assignment.withControl(toldAll.contains(memberId) ? all
							: concerning(assignment, round.members().get(memberId), all))));
			long added = round.budget().size(told) - size;
			if (size + 2 * added <= round.budget().limit()) {
				return told;
			}
		}
		logger.warn("The group's record has no room for the requests of operators: {} entries are not passed on",
				all.size());
		return plan;
	}

	/**
	 * What a member has to follow, and what it has and is no longer so: it would report
	 * that for longer than others remember the contrary.
	 */
	private static List<OperatorCommand> concerning(MemberAssignment assignment, @Nullable MemberMetadata member,
			List<OperatorCommand> all) {
		Map<Key, OperatorCommand> reported = new HashMap<>();
		if (member != null) {
			member.control().forEach((entry) -> reported.put(entry.key(), entry));
		}
		Map<String, List<Grant>> grants = new HashMap<>();
		assignment.grants()
			.forEach((grant) -> grants.computeIfAbsent(grant.task(), (task) -> new ArrayList<>()).add(grant));
		Set<String> tasks = grants.keySet();
		Predicate<OperatorCommand> concerns = (entry) -> switch (entry.key().kind()) {
			case PAUSE_ALL -> true;
			case PAUSE -> tasks.contains(entry.key().subject());
			case MOVE -> false;
			case RUN -> grants.getOrDefault(entry.key().subject(), List.of())
				.stream()
				.anyMatch((grant) -> grant.shards().contains(entry.key().shard()));
			case DRAIN -> entry.key().subject().equals(assignment.instance());
		};
		Predicate<OperatorCommand> corrects = (entry) -> {
			OperatorCommand known = reported.get(entry.key());
			return known != null && !known.equals(entry);
		};
		return all.stream().filter(concerns.or(corrects)).toList();
	}

	/**
	 * An assignor that is asked for a target.
	 */
	@FunctionalInterface
	interface Asked {

		Map<TaskId, String> target(Map<TaskId, String> owners) throws AssignorFailure;

	}

}
