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
import io.distributedtask.internal.coordination.AssignorCall.AssignorFailure;
import io.distributedtask.internal.coordination.ControlEntry.Kind;
import io.distributedtask.internal.coordination.GroupMembership.Round;
import io.distributedtask.internal.coordination.MemberAssignment.Grant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators have decided, as the leader hears it from all members in one round: it
 * goes before what the assignor wants, and is said again to all.
 */
final class Steering {

	/** Nothing has been decided. */
	static final Steering NONE = new Steering(ControlState.EMPTY);

	private static final Logger logger = LoggerFactory.getLogger(Steering.class);

	/**
	 * How much later than all that a leader has believed before: a member whose clock is
	 * ahead decides one millisecond after what it knows.
	 */
	private static final long SLACK_MILLIS = 1000;

	private static final int MOST_QUESTIONS = 4;

	private final ControlState state;

	private Steering(ControlState state) {
		this.state = state;
	}

	/**
	 * Bring together what the members say.
	 * @param round the members whose words are taken into account
	 * @param roster their names
	 * @param catalogue the tasks
	 * @param now the wall clock of the leader in milliseconds
	 */
	static Steering of(Round round, Roster roster, Catalogue catalogue, long now) {
		MemberState leader = round.members().get(round.leader());
		List<ControlEntry> own = (leader != null) ? leader.control() : List.of();
		long known = own.stream().mapToLong(ControlEntry::time).max().orElse(0);
		long latest = Math.max(now + Admission.MAX_AHEAD.toMillis(), known + SLACK_MILLIS);
		ControlState state = ControlState.EMPTY;
		for (MemberState member : round.members().values()) {
			if (!member.control().isEmpty()) {
				state = state.with(ControlState.believable(member.control(), now, latest));
			}
		}
		if (state.equals(ControlState.EMPTY)) {
			return NONE;
		}
		// who is not understood in this round need not have left
		boolean allKnown = round.unreadable().isEmpty();
		return new Steering(allKnown ? state.settle(new HashSet<>(roster.names().values()),
				catalogue.definitions().keySet(), now, roster.name(round.leader())) : state);
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
	 * @param catalogue the tasks
	 * @param assignor finds a target, given the owners
	 * @return the name of the instance that should own each shard
	 * @throws AssignorFailure if the assignor has no answer that can be used
	 */
	Map<TaskId, String> target(Map<TaskId, String> owners, Collection<Instance> instances, Catalogue catalogue,
			Asked assignor) throws AssignorFailure {
		Map<TaskId, String> moves = moves(instances, catalogue);
		Map<TaskId, String> target = new HashMap<>(assignor.target(owners));
		target.putAll(moves);
		for (int i = 0; i < MOST_QUESTIONS && !moves.isEmpty(); i++) {
			Map<TaskId, String> next = new HashMap<>(assignor.target(target));
			next.putAll(moves);
			if (next.equals(target)) {
				break;
			}
			target = next;
		}
		return target;
	}

	private Map<TaskId, String> moves(Collection<Instance> instances, Catalogue catalogue) {
		Map<TaskId, String> moves = new HashMap<>();
		Map<String, Instance> byName = new HashMap<>();
		instances.forEach((instance) -> byName.put(instance.name(), instance));
		this.state.inForce(Kind.MOVE).forEach((move) -> {
			TaskId id = new TaskId(move.key().subject(), move.key().shard());
			TaskDefinition task = catalogue.definitions().get(id.name());
			Instance instance = byName.get(String.valueOf(move.value()));
			if (task != null && catalogue.has(id) && instance != null && instance.canOwn(task)) {
				moves.put(id, instance.name());
			}
		});
		return moves;
	}

	/**
	 * Say to all members what has been decided. They repeat it when they join, so there
	 * has to be room for it twice; if there is not, most are told only what concerns
	 * them.
	 * @param round the round
	 * @param plan the assignments by member id
	 * @param witnesses the members that are told everything, to say it to the next leader
	 * @return the assignments by member id
	 */
	Map<String, MemberAssignment> tell(Round round, Map<String, MemberAssignment> plan, Collection<String> witnesses) {
		List<ControlEntry> all = this.state.entries();
		if (all.isEmpty()) {
			return plan;
		}
		long size = round.budget().size(plan);
		for (boolean toAll : new boolean[] { true, false }) {
			Map<String, MemberAssignment> told = new HashMap<>();
			plan.forEach((memberId, assignment) -> told.put(memberId, assignment.isNothing() ? assignment : assignment
				.withControl((toAll || witnesses.contains(memberId)) ? all : concerning(assignment, all))));
			long added = round.budget().size(told) - size;
			if (size + 2 * added <= round.budget().limit()) {
				return told;
			}
		}
		logger.warn("The group's record has no room for what operators have decided: {} entries are not passed on",
				all.size());
		return plan;
	}

	private static List<ControlEntry> concerning(MemberAssignment assignment, List<ControlEntry> all) {
		Map<String, List<Grant>> grants = new HashMap<>();
		assignment.grants()
			.forEach((grant) -> grants.computeIfAbsent(grant.task(), (task) -> new ArrayList<>()).add(grant));
		Set<String> tasks = grants.keySet();
		Predicate<ControlEntry> concerns = (entry) -> switch (entry.key().kind()) {
			case PAUSE_ALL -> true;
			case PAUSE -> tasks.contains(entry.key().subject());
			case MOVE -> false;
			case RUN -> grants.getOrDefault(entry.key().subject(), List.of())
				.stream()
				.anyMatch((grant) -> grant.shards().contains(entry.key().shard()));
			case DRAIN -> entry.key().subject().equals(assignment.instance());
		};
		return all.stream().filter(concerns).toList();
	}

	/**
	 * An assignor that is asked for a target.
	 */
	@FunctionalInterface
	interface Asked {

		Map<TaskId, String> target(Map<TaskId, String> owners) throws AssignorFailure;

	}

}
