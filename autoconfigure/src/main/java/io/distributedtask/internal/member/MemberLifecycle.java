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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.event.TaskLostEvent.Cause;
import io.distributedtask.internal.control.OperatorState;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Round;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of one instance: which shards it holds, gives back and loses,
 * depending on assignments, responses and time. Every change is made under one lock;
 * nothing waits while it is held. Shards that have stopped are noted without the lock and
 * processed at the next poll, so that a runner may hold its own locks when it calls.
 */
public final class MemberLifecycle implements Callbacks {

	private static final Logger logger = LoggerFactory.getLogger(MemberLifecycle.class);

	private final MemberSettings settings;

	private final String incarnation;

	private final TaskRunner runner;

	private final OwnedShards shards;

	private final Leader leader;

	private final Clocks clocks;

	private final Runnable wakeup;

	private final RejoinRequest rejoin;

	private final Session session;

	private final Setbacks setbacks;

	private final TakeoverWait takeover;

	private final LeaveHandshake leaveHandshake;

	private final RebalanceReport report;

	private final UnusableAssignments unusable = new UnusableAssignments();

	private final LocalCommands commands;

	private volatile MemberPhase phase = MemberPhase.JOINING;

	private volatile MembershipSnapshot snapshot;

	private List<Progress> announcedReleases = List.of();

	private int assignedGeneration = -1;

	public MemberLifecycle(MemberSettings settings, String incarnation, TaskRunner runner, OwnedShards shards,
			Leader leader, Clocks clocks, Runnable wakeup) {
		this.settings = settings;
		this.incarnation = incarnation;
		this.runner = runner;
		this.shards = shards;
		this.leader = leader;
		this.clocks = clocks;
		this.wakeup = wakeup;
		this.rejoin = new RejoinRequest(clocks);
		this.session = new Session(settings, clocks);
		this.setbacks = new Setbacks(settings, clocks);
		this.takeover = new TakeoverWait(incarnation, settings.sessionTimeout(), clocks);
		this.leaveHandshake = new LeaveHandshake(settings, clocks);
		this.report = new RebalanceReport(settings, clocks);
		this.commands = new LocalCommands(shards, runner, clocks);
		this.snapshot = new MembershipSnapshot(settings.instance(), null, -1, null, null, 0, null, null, false, 0, -1);
	}

	/*
	 * Callbacks of the group.
	 */

	@Override
	public synchronized void replaces(@Nullable MemberAssignment assignment) {
		this.takeover.found(assignment);
	}

	@Override
	public synchronized MemberMetadata memberMetadata() {
		this.shards.takeStopped();
		this.session.joins();
		this.report.joins(this.rejoin.clear());
		this.setbacks.joins();
		this.announcedReleases = this.shards.progress().toAnnounce();
		Map<TaskId, Progress> releases = new HashMap<>();
		this.leader.progress(this.snapshot.generation()).forEach((progress) -> releases.put(progress.id(), progress));
		this.announcedReleases.forEach((progress) -> releases.put(progress.id(), progress));
		List<Claim> claims = new ArrayList<>(this.shards.claims());
		claims.addAll(this.takeover.claims());
		this.leaveHandshake.joining(this.phase.isLeaving() && this.shards.isEmpty());
		return new MemberMetadata(this.settings.instance(), this.incarnation, this.rejoin.count(),
				this.settings.uri().get(), this.settings.labels(), this.settings.capacity(), this.phase.isLeaving(),
				this.snapshot.generation(), this.snapshot.highestToken(), List.copyOf(this.runner.tasks()), claims,
				List.copyOf(releases.values()), this.snapshot.kept(),
				this.settings.staticMember() ? this.takeover.session() : Duration.ZERO, this.takeover.isUnknown(),
				this.commands.entries(), this.shards.successes(this.snapshot.successes()), this.report.requestReason());
	}

	@Override
	public Map<String, MemberAssignment> assign(Round round) {
		Map<String, MemberAssignment> plan = this.leader.plan(round,
				this.snapshot.formerGroup(this.session, this.shards.progress().lost(), this.settings.sessionTimeout()));
		Duration retry = this.leader.retryAfter();
		if (retry != null) {
			requestRejoin("the leader has more to assign by now", retry);
		}
		this.report.planned(round.generation(), plan);
		return plan;
	}

	@Override
	public synchronized void assigned(String memberId, int generation, String assignor,
			@Nullable MemberAssignment assignment) {
		checkLease();
		this.session.assigned();
		Lease lease = this.session.begin();
		this.takeover.isReplaced();
		this.leaveHandshake.assigned();
		Map<TaskId, Duration> handedOver = this.shards.forget(this.announcedReleases);
		if (lease == null) {
			logger.warn("The assignment of generation {} came too late: the coordinator's last answer is older than a "
					+ "lease lasts", generation);
			this.shards.loseAll(Cause.LEASE_EXPIRED, "the assignment came too late");
			requestRejoin("its assignment came too late", this.setbacks.next());
			return;
		}
		String problem = AssignmentCheck.problem(assignment, this.clocks.millis(), this.snapshot.highestToken());
		if (assignment == null || problem != null) {
			refuse(problem, generation);
			return;
		}
		this.unusable.end();
		this.setbacks.assigned();
		logRecovery(assignment);
		if (generation == this.assignedGeneration && !memberId.equals(this.snapshot.memberId())) {
			requestRejoin("the leader does not receive the metadata of a static member that joins again",
					Duration.ZERO);
		}
		this.assignedGeneration = generation;
		this.snapshot = this.snapshot.assigned(memberId, generation, assignor, assignment);
		if (!this.phase.isLeaving()) {
			moveTo(MemberPhase.STABLE);
		}
		this.report.ends(assignment, handedOver);
		apply(assignment, lease);
		this.report.events(this.shards.report().takeFailedOver()).forEach(this.shards::publish);
	}

	private void logRecovery(MemberAssignment assignment) {
		if (this.snapshot.groupProblem() != null && assignment.problem() == null) {
			logger.info("Group '{}' recovered", this.settings.groupId());
		}
	}

	private void refuse(@Nullable String problem, int generation) {
		logger.error("{}: every task is stopped (generation {})", problem, generation);
		this.shards.loseAll(Cause.TAKEN_AWAY, "the assignment cannot be used");
		this.snapshot = this.snapshot.withGroupProblem(String.valueOf(problem));
		requestRejoin("its assignment cannot be used", this.unusable.retry());
	}

	private void apply(MemberAssignment assignment, Lease lease) {
		this.commands.receive(assignment.control());
		if (!this.incarnation.equals(assignment.incarnation())) {
			this.shards.loseAll(Cause.TAKEN_AWAY, "the assignment is that of an earlier process");
			this.takeover.wasAssigned(assignment);
			requestRejoin("its assignment is that of an earlier process", Duration.ZERO);
		}
		else if (!this.shards.apply(assignment, lease, this.session, !this.phase.isLeaving(), this.wakeup)) {
			requestRejoin("shards were assigned that it no longer holds", Duration.ZERO);
		}
		this.commands.carryOut(this.snapshot.instance());
	}

	@Override
	public synchronized void contact(long sentNanos, long sentMillis, boolean rebalancing) {
		this.session.contact(new Contact(sentNanos, sentMillis), rebalancing);
		if (rebalancing && this.phase == MemberPhase.STABLE) {
			this.report.begins();
			moveTo(MemberPhase.REBALANCING);
		}
	}

	@Override
	public synchronized void waitsAnew(long sentNanos, long sentMillis) {
		this.session.waitsAnew(new Contact(sentNanos, sentMillis));
	}

	@Override
	public synchronized void crashed(String instance, long sinceNanos) {
		this.report.crashed(instance, sinceNanos);
	}

	@Override
	public void addressChanged() {
		requestRejoin("the crash watch has another address", Duration.ZERO);
		this.wakeup.run();
	}

	@Override
	public synchronized void membershipLost(String reason) {
		this.setbacks.next();
		givenUp("the coordinator no longer knows it (%s)".formatted(reason));
	}

	public synchronized void givenUp(String reason) {
		int generation = this.snapshot.generation();
		this.snapshot = this.snapshot.lost();
		this.report.membershipLost();
		endLease(generation, Cause.MEMBERSHIP_LOST, reason);
		this.session.forgetContact();
		if (!this.phase.isLeaving()) {
			moveTo(MemberPhase.JOINING);
		}
	}

	public synchronized void checkLease() {
		if (this.session.isExpired()) {
			requestRejoin("its lease has expired", this.setbacks.next());
			endLease(this.snapshot.generation(), Cause.LEASE_EXPIRED, "the lease has expired: no answer from the "
					+ "coordinator within %d ms".formatted(this.settings.sessionTimeout().toMillis()));
			if (!this.phase.isLeaving()) {
				moveTo(MemberPhase.DISCONNECTED);
			}
		}
		else if (this.phase == MemberPhase.JOINING && this.session.isUnanswered()) {
			moveTo(MemberPhase.DISCONNECTED);
		}
	}

	private void endLease(int generation, Cause cause, String reason) {
		if (!this.session.end()) {
			return;
		}
		try {
			this.shards.leaseEnds(generation, cause, reason);
			this.shards.publish(this.report.interrupted(this.session.lastContactAt(), reason));
		}
		finally {
			// others may by now own what was handed over before, and have made progress
			this.leader.leaseEnded();
		}
	}

	/**
	 * Note what has stopped, and check what time has ended.
	 */
	public synchronized void beforePoll() {
		checkLease();
		if (this.takeover.ends()) {
			requestRejoin("no earlier process can still run a task", Duration.ZERO);
		}
		if (this.shards.takeStopped()) {
			this.leaveHandshake.delay();
			if (!this.phase.isLeaving() || this.leaveHandshake.isDue(this.shards)) {
				requestRejoin("shards have stopped",
						this.shards.isStopping() ? this.settings.gatherTime() : Duration.ZERO);
			}
		}
	}

	public synchronized void drain() {
		if (!this.phase.isLeaving()) {
			moveTo(MemberPhase.DRAINING);
			this.leaveHandshake.delay();
			boolean nothingHeld = this.shards.isEmpty();
			if (this.leaveHandshake.isDue(this.shards)) {
				requestRejoin("the instance is draining", nothingHeld ? Duration.ZERO : this.settings.gatherTime());
			}
			this.shards.revokeAll();
		}
	}

	/**
	 * This instance runs other tasks than it has announced.
	 * @param gone the names of those that it no longer runs
	 */
	public synchronized void tasksChanged(Collection<String> gone) {
		this.shards.revokeAll(gone);
		this.shards.progress().forget(gone);
		requestRejoin("tasks were registered or unregistered", this.settings.gatherTime());
	}

	/**
	 * Whether this instance holds no shards and the others know it, or waiting for them
	 * is of no use.
	 */
	public synchronized boolean isHandedOver() {
		return this.shards.isEmpty() && (!this.session.hasLease() || this.leaveHandshake.isOver(this.shards));
	}

	public synchronized boolean guardsTakenOver() {
		return this.takeover.isGuarded();
	}

	/**
	 * Stop waiting for what does not stop.
	 * @return what still runs
	 */
	public synchronized List<TaskId> abandon() {
		this.shards.takeStopped();
		this.shards.loseAll(Cause.LEFT_BEHIND, "the time that it may take to stop is over");
		return this.shards.all().stream().map(OwnedShard::id).sorted().toList();
	}

	public synchronized void left() {
		this.session.end();
		this.shards.loseAll(Cause.LEFT_BEHIND, "the group is left");
		moveTo(MemberPhase.STOPPED);
	}

	/**
	 * An operator has made a request here. A join in progress does not contain it yet.
	 */
	public synchronized void decide(OperatorCommand.Key key, @Nullable String value, String reason) {
		this.commands.decide(key, value, this.snapshot.instance());
		requestRejoin(reason, Duration.ZERO);
	}

	/**
	 * How long not to join the group, which has lost this instance repeatedly.
	 */
	public synchronized Duration untilReturn() {
		boolean isOut = this.snapshot.memberId() == null && !this.phase.isLeaving();
		return isOut ? this.setbacks.remaining() : Duration.ZERO;
	}

	private void requestRejoin(String reason, Duration delay) {
		this.rejoin.request(reason, delay);
	}

	private void moveTo(MemberPhase next) {
		if (next != this.phase) {
			MemberPhase former = this.phase;
			this.phase = former.moveTo(next);
			this.report.moved(former, next, this.snapshot.generation());
		}
	}

	/**
	 * Why and when the group should be joined again.
	 */
	public RejoinRequest rejoin() {
		return this.rejoin;
	}

	public MemberPhase phase() {
		return this.phase;
	}

	public OwnedShards shards() {
		return this.shards;
	}

	public MembershipSnapshot snapshot() {
		return this.snapshot;
	}

	public @Nullable Contact lastContact() {
		return this.session.lastContact();
	}

	public Duration leaseRemaining() {
		return this.session.remaining();
	}

	public OperatorState control() {
		return this.commands.state();
	}

	public synchronized void setProblem(@Nullable String problem, boolean needsRemedy) {
		this.snapshot = this.snapshot.withOwnProblem(problem, needsRemedy);
	}

}
