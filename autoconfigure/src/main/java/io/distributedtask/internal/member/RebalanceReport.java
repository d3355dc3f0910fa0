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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Reports each rebalance, once: why, which instances joined and left, what moved, how
 * long it took. Used under the lock of the {@link MemberLifecycle}, except for the
 * leader's plan, which the group's thread reports.
 */
final class RebalanceReport {

	private static final Logger logger = LoggerFactory.getLogger(RebalanceReport.class);

	private final MemberSettings settings;

	private final Clocks clocks;

	private boolean inProgress;

	private long startedNanos;

	private @Nullable String requestReason;

	private volatile @Nullable MemberAssignment last;

	private int plannedGeneration = -1;

	private String planned = "";

	/** The instances that this one has found to have crashed, and since when. */
	private final Map<String, Long> crashed = new LinkedHashMap<>();

	private final List<InstanceCrashedEvent> crashes = new ArrayList<>();

	private GroupRebalancedEvent event = new GroupRebalancedEvent(-1, "", 0, Cause.OTHER, Duration.ZERO, Map.of(),
			Map.of());

	RebalanceReport(MemberSettings settings, Clocks clocks) {
		this.settings = settings;
		this.clocks = clocks;
	}

	/**
	 * The instance has gone to another phase. Each rebalance has a line of its own.
	 */
	void moved(MemberPhase former, MemberPhase next, int generation) {
		Level level = (this.settings.local() || next.isMembership() && former.isMembership()) ? Level.DEBUG
				: Level.INFO;
		logger.atLevel(level)
			.log("Instance '{}' of group '{}': {} -> {} (generation {})", this.settings.instance(),
					this.settings.groupId(), former, next, generation);
	}

	/**
	 * The group has begun to rebalance, or this instance requests it.
	 */
	void begins() {
		if (!this.inProgress) {
			this.inProgress = true;
			this.startedNanos = this.clocks.nanos();
		}
	}

	/**
	 * This instance is about to join.
	 * @param reason why it requests the rebalance, {@code null} if others do
	 */
	void joins(@Nullable String reason) {
		begins();
		this.requestReason = (reason != null) ? reason : this.requestReason;
	}

	/**
	 * Why this instance requests the rebalance that it joins, {@code null} if it does
	 * not.
	 */
	@Nullable String requestReason() {
		return this.requestReason;
	}

	/**
	 * This instance has found that another one has crashed, and the group rebalances
	 * because of that.
	 */
	void crashed(String instance, long sinceNanos) {
		this.crashed.put(instance, sinceNanos);
		this.requestReason = "its crash watch found that the process of %s has ended"
			.formatted(String.join(", ", this.crashed.keySet()));
	}

	/**
	 * This instance has planned a round, as its leader.
	 */
	void planned(int generation, Map<String, MemberAssignment> plan) {
		int given = 0;
		int toStop = 0;
		int unassigned = 0;
		for (MemberAssignment assignment : plan.values()) {
			for (Grant grant : assignment.grants()) {
				given += (grant.generation() == generation) ? grant.shards().size() : 0;
			}
			toStop += assignment.revoked().stream().mapToInt((revoked) -> revoked.shards().size()).sum();
			unassigned += assignment.unassigned().stream().mapToInt((nobodys) -> nobodys.shards().size()).sum();
		}
		this.plannedGeneration = generation;
		this.planned = " (this one): %s assigned, %d to be stopped first, %d unassigned"
			.formatted(ShardNames.count(given), toStop, unassigned);
	}

	/**
	 * This instance was disconnected: a later rebalance is another one.
	 * @param lastContact when the coordinator last responded
	 * @param reason how it was disconnected
	 * @return the event to publish
	 */
	MembershipLostEvent interrupted(Instant lastContact, String reason) {
		this.inProgress = false;
		return new MembershipLostEvent(lastContact, reason);
	}

	/**
	 * The coordinator no longer knows this member: its next assignment is a first one.
	 */
	void membershipLost() {
		this.last = null;
	}

	/**
	 * The rebalance is over, and its assignment is about to be applied.
	 * @param assignment the assignment
	 * @param handedOver what this instance has handed over by it
	 */
	void ends(MemberAssignment assignment, Map<TaskId, Duration> handedOver) {
		begins();
		Duration duration = Duration.ofNanos(this.clocks.nanos() - this.startedNanos);
		Occasion occasion = assignment.occasion();
		Cause cause = (this.last == null) ? Cause.STARTED : (occasion != null) ? occasion.cause() : Cause.OTHER;
		String why = (occasion != null) ? occasion.text() : "the group's record has no room for the reason";
		log(assignment, duration, why);
		this.crashed.forEach(this::reassigned);
		this.crashed.clear();
		this.event = new GroupRebalancedEvent(assignment.generation(), assignment.leader(), assignment.instances(),
				cause, duration, handedOver, Map.of(), why);
		this.last = assignment;
		this.inProgress = false;
		this.requestReason = null;
	}

	private void log(MemberAssignment assignment, Duration duration, String why) {
		if (!this.settings.local()) {
			logger.info("Group '{}' rebalanced to generation {} in {} ms: {}. {}, leader '{}'{}",
					this.settings.groupId(), assignment.generation(), duration.toMillis(), why,
					count(assignment.instances(), "instance"), assignment.leader(),
					(this.plannedGeneration == assignment.generation()) ? this.planned : "");
		}
		else if (this.last == null) {
			logger.info("Instance '{}' is in no group and needs no broker: 'distributed-task.mode' is 'local'",
					this.settings.instance());
		}
		else {
			logger.debug("Instance '{}' checks its tasks again: {}", this.settings.instance(), why);
		}
	}

	private void reassigned(String instance, long sinceNanos) {
		Duration duration = Duration.ofNanos(this.clocks.nanos() - sinceNanos);
		logger.info("Instance '{}' of group '{}' has crashed, as the crash watch found: others have its shards {} ms "
				+ "after its connection ended", instance, this.settings.groupId(), duration.toMillis());
		this.crashes.add(new InstanceCrashedEvent(instance, duration));
	}

	/**
	 * The events to publish when the assignment is applied.
	 * @param failedOver the shards that this instance got from owners that have vanished
	 */
	List<Record> events(Map<TaskId, Duration> failedOver) {
		List<Record> events = new ArrayList<>();
		events.add(new GroupRebalancedEvent(this.event.generation(), this.event.leader(), this.event.instances(),
				this.event.cause(), this.event.duration(), this.event.handedOver(), failedOver, this.event.reason()));
		events.addAll(this.crashes);
		this.crashes.clear();
		return events;
	}

	private static String count(int number, String what) {
		return (number == 1) ? "1 " + what : "%d %ss".formatted(number, what);
	}

}
