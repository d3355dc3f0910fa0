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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupMembership.Round;
import io.distributedtask.internal.port.MemberSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of each rebalance, once: why, who came and went, what moved, how long it took. A
 * leader knows all of that; the others how many instances there were before and what
 * became of their own shards. Used under the lock of the {@link MemberLifecycle}, but for
 * what the leader plans: that is the group's thread's.
 */
final class RebalanceReport {

	private static final Logger logger = LoggerFactory.getLogger(RebalanceReport.class);

	private static final int MOST_NAMES = 10;

	private final MemberSettings settings;

	private final Clocks clocks;

	private boolean going;

	private long begunNanos;

	private @Nullable String asked;

	private volatile @Nullable MemberAssignment last;

	private LeadersNote note = LeadersNote.NONE;

	private GroupRebalancedEvent event = new GroupRebalancedEvent(-1, "", 0, Cause.OTHER, Duration.ZERO, Map.of(),
			Map.of());

	RebalanceReport(MemberSettings settings, Clocks clocks) {
		this.settings = settings;
		this.clocks = clocks;
	}

	/**
	 * The group has begun to rebalance, or this instance asks it to.
	 */
	void begins() {
		if (!this.going) {
			this.going = true;
			this.begunNanos = this.clocks.nanos();
		}
	}

	/**
	 * This instance is about to join.
	 * @param reason why it wants the rebalance, {@code null} if others do
	 */
	void joins(@Nullable String reason) {
		begins();
		this.asked = (reason != null) ? reason : this.asked;
	}

	/**
	 * Why this instance asks for the rebalance that it joins, {@code null} if it does
	 * not.
	 */
	@Nullable String asked() {
		return this.asked;
	}

	/**
	 * This instance has planned the round, as its leader.
	 * @return the plan, which tells all members why there is a new one if there is room
	 * for that
	 */
	Map<String, MemberAssignment> planned(Round round, Map<String, MemberAssignment> plan) {
		MemberAssignment last = this.last;
		this.note = this.note.next(round, plan, (last != null) ? last.leader() : null);
		Occasion occasion = this.note.occasion(round).forAll(plan.size());
		Map<String, MemberAssignment> told = new HashMap<>();
		plan.forEach((memberId, assignment) -> told.put(memberId, assignment.withOccasion(occasion)));
		return (round.budget().size(told) <= round.budget().limit()) ? told : plan;
	}

	/**
	 * This instance was cut off: the rebalance that it goes through later is another one.
	 * @param lastContact when it was in touch with the coordinator last
	 * @param reason how it was cut off
	 * @return what to tell of that
	 */
	MembershipLostEvent isInterrupted(Instant lastContact, String reason) {
		this.going = false;
		return new MembershipLostEvent(lastContact, reason);
	}

	/**
	 * The coordinator has forgotten this member: it starts anew.
	 */
	void startsAnew() {
		this.last = null;
	}

	/**
	 * The rebalance is over, and what it brings is about to be done.
	 * @param assignment what the leader says
	 * @param handedOver what this instance has handed over by it
	 */
	void ends(MemberAssignment assignment, Map<TaskId, Duration> handedOver) {
		begins();
		Duration duration = Duration.ofNanos(this.clocks.nanos() - this.begunNanos);
		LeadersNote note = (this.note.generation == assignment.generation()) ? this.note : LeadersNote.NONE;
		Cause cause = cause(assignment, note, !handedOver.isEmpty());
		String why = why(cause, assignment, note);
		log(assignment, duration, why, note);
		this.event = new GroupRebalancedEvent(assignment.generation(), assignment.leader(), assignment.instances(),
				cause, duration, handedOver, Map.of(), why);
		this.last = assignment;
		this.going = false;
		this.asked = null;
	}

	private void log(MemberAssignment assignment, Duration duration, String why, LeadersNote note) {
		if (!this.settings.local()) {
			logger.info("Group '{}' rebalanced to generation {} in {} ms: {}. {}, leader '{}'{}",
					this.settings.groupId(), assignment.generation(), duration.toMillis(), why,
					count(assignment.instances(), "instance"), assignment.leader(), note.outcome());
		}
		else if (this.last == null) {
			logger.info("Instance '{}' owns all its tasks, without a group: 'distributed-task.mode' is 'local'",
					this.settings.instance());
		}
		else {
			logger.debug("Instance '{}' looks at its tasks again: {}", this.settings.instance(), why);
		}
	}

	/**
	 * What to tell when what the rebalance brings is done.
	 * @param failedOver what this instance has got from owners that have vanished
	 */
	GroupRebalancedEvent event(Map<TaskId, Duration> failedOver) {
		return new GroupRebalancedEvent(this.event.generation(), this.event.leader(), this.event.instances(),
				this.event.cause(), this.event.duration(), this.event.handedOver(), failedOver, this.event.reason());
	}

	private Cause cause(MemberAssignment assignment, LeadersNote note, boolean handedOver) {
		MemberAssignment last = this.last;
		if (last == null) {
			return Cause.STARTED;
		}
		Occasion occasion = assignment.occasion();
		if (occasion != null) {
			return occasion.cause();
		}
		if (!note.left.isEmpty() || assignment.instances() < last.instances()) {
			return Cause.LEFT;
		}
		if (!note.joined.isEmpty() || assignment.instances() > last.instances()) {
			return Cause.JOINED;
		}
		boolean moves = handedOver || note.given > 0 || note.toStop > 0 || !assignment.revoked().isEmpty()
				|| assignment.grants().stream().anyMatch((grant) -> grant.generation() == assignment.generation());
		return moves ? Cause.HAND_OVER : Cause.OTHER;
	}

	/**
	 * A leader of an older version does not tell, or there was no room for it.
	 */
	private String why(Cause cause, MemberAssignment assignment, LeadersNote note) {
		String who = note.who();
		if (assignment.occasion() != null || who != null) {
			return (assignment.occasion() != null) ? assignment.occasion().text() : String.valueOf(who);
		}
		MemberAssignment last = this.last;
		int more = (last != null) ? assignment.instances() - last.instances() : 0;
		return switch (cause) {
			case STARTED -> "this instance joined";
			case JOINED -> count(more, "instance") + " joined";
			case LEFT -> (more < 0) ? count(-more, "instance") + " left" : "an instance left";
			case HAND_OVER, OTHER -> (this.asked != null) ? "asked for here, since " + this.asked
					: (cause == Cause.HAND_OVER) ? "shards change hands" : "another instance asked for it";
		};
	}

	private static String names(List<String> names) {
		String listed = String.join(", ", names.subList(0, Math.min(MOST_NAMES, names.size())));
		return (names.size() <= MOST_NAMES) ? listed : listed + " and %d more".formatted(names.size() - MOST_NAMES);
	}

	private static String count(int number, String what) {
		return (number == 1) ? "1 " + what : "%d %ss".formatted(number, what);
	}

	/**
	 * What the leader of a round knows of it.
	 */
	private static final class LeadersNote {

		static final LeadersNote NONE = new LeadersNote(-1, Map.of());

		private final int generation;

		private final Map<String, String> members;

		private final List<String> joined = new ArrayList<>();

		private final List<String> left = new ArrayList<>();

		private int given;

		private int toStop;

		private int unassigned;

		private LeadersNote(int generation, Map<String, String> members) {
			this.generation = generation;
			this.members = members;
		}

		/**
		 * A leader that has not planned the round before knows newcomers by what they
		 * say, and of those that are gone the name of the former leader.
		 */
		LeadersNote next(Round round, Map<String, MemberAssignment> plan, @Nullable String formerLeader) {
			Map<String, String> members = new HashMap<>();
			plan.forEach((memberId, assignment) -> members.put(memberId,
					assignment.isNothing() ? memberId : assignment.instance()));
			LeadersNote next = new LeadersNote(round.generation(), members);
			boolean knowsBefore = this.generation >= 0 && this.generation >= round.newestGeneration();
			members.forEach((memberId, name) -> {
				boolean isNew = knowsBefore ? !this.members.containsKey(memberId)
						: round.members().containsKey(memberId) && round.members().get(memberId).generation() < 0;
				if (isNew) {
					next.joined.add(name);
				}
			});
			if (knowsBefore) {
				this.members.forEach((memberId, name) -> {
					if (!members.containsKey(memberId)) {
						next.left.add(name);
					}
				});
			}
			else if (formerLeader != null && !members.containsValue(formerLeader)) {
				next.left.add(formerLeader);
			}
			next.joined.sort(null);
			next.left.sort(null);
			plan.values().forEach(next::count);
			return next;
		}

		@Nullable String who() {
			List<String> who = new ArrayList<>();
			if (!this.left.isEmpty()) {
				who.add(names(this.left) + " left");
			}
			if (!this.joined.isEmpty()) {
				who.add(names(this.joined) + " joined");
			}
			return who.isEmpty() ? null : String.join(", ", who);
		}

		Occasion occasion(Round round) {
			boolean moves = this.given > 0 || this.toStop > 0;
			Cause cause = !this.left.isEmpty() ? Cause.LEFT
					: !this.joined.isEmpty() ? Cause.JOINED : moves ? Cause.HAND_OVER : Cause.OTHER;
			String text = who();
			return new Occasion(cause, (text != null) ? text : asked(round, moves));
		}

		/**
		 * What the first of those says that have asked for the rebalance.
		 */
		private String asked(Round round, boolean moves) {
			Map<String, String> asked = new TreeMap<>();
			round.members().forEach((memberId, member) -> {
				if (member.asked() != null) {
					asked.put(this.members.getOrDefault(memberId, member.instance()), member.asked());
				}
			});
			if (asked.isEmpty()) {
				return moves ? "shards change hands" : "an instance has joined once more";
			}
			String first = asked.keySet().iterator().next();
			String others = (asked.size() > 1) ? " and %d more".formatted(asked.size() - 1) : "";
			return "asked for by %s%s, since %s".formatted(first, others, asked.get(first));
		}

		private void count(MemberAssignment assignment) {
			for (Grant grant : assignment.grants()) {
				this.given += (grant.generation() == this.generation) ? grant.shards().size() : 0;
			}
			assignment.revoked().forEach((shards) -> this.toStop += shards.shards().size());
			assignment.unassigned().forEach((unassigned) -> this.unassigned += unassigned.shards().size());
		}

		String outcome() {
			if (this.generation < 0) {
				return "";
			}
			return " (this one): %s assigned, %d to be stopped first, %d unassigned"
				.formatted(ShardNames.count(this.given), this.toStop, this.unassigned);
		}

	}

}
