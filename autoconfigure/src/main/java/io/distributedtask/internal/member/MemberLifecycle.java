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
import io.distributedtask.internal.member.Lease.Contact;
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
import org.slf4j.event.Level;

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

	private final OwnedShards holdings;

	private final Leader planner;

	private final Clocks clocks;

	private final Runnable wakeup;

	private final RejoinRequest rejoin;

	private final Session session;

	private final Setbacks setbacks;

	private final TakeoverWait formerProcess;

	private final LeaveHandshake farewell;

	private final RebalanceReport account;

	private final UnusableAssignments unusable = new UnusableAssignments();

	private final LocalCommands control;

	private volatile MemberPhase state = MemberPhase.JOINING;

	private volatile MembershipSnapshot standing;

	private List<Progress> announcedReleases = List.of();

	private int assignedGeneration = -1;

	public MemberLifecycle(MemberSettings settings, String incarnation, TaskRunner runner, OwnedShards holdings,
			Leader planner, Clocks clocks, Runnable wakeup) {
		this.settings = settings;
		this.incarnation = incarnation;
		this.runner = runner;
		this.holdings = holdings;
		this.planner = planner;
		this.clocks = clocks;
		this.wakeup = wakeup;
		this.rejoin = new RejoinRequest(clocks);
		this.session = new Session(settings, clocks);
		this.setbacks = new Setbacks(settings, clocks);
		this.formerProcess = new TakeoverWait(incarnation, settings.sessionTimeout(), clocks);
		this.farewell = new LeaveHandshake(settings, clocks);
		this.account = new RebalanceReport(settings, clocks);
		this.control = new LocalCommands(holdings, runner, clocks);
		this.standing = new MembershipSnapshot(settings.instance(), null, -1, null, null, 0, null, null, false, 0, -1);
	}

	/*
	 * Callbacks of the group.
	 */

	@Override
	public synchronized void replaces(@Nullable MemberAssignment assignment) {
		this.formerProcess.found(assignment);
	}

	@Override
	public synchronized MemberMetadata memberState() {
		this.holdings.takeStopped();
		this.session.joins();
		this.account.joins(this.rejoin.clear());
		this.setbacks.joins();
		this.announcedReleases = this.holdings.progress().told();
		Map<TaskId, Progress> releases = new HashMap<>();
		this.planner.progress(this.standing.generation()).forEach((progress) -> releases.put(progress.id(), progress));
		this.announcedReleases.forEach((progress) -> releases.put(progress.id(), progress));
		List<Claim> claims = new ArrayList<>(this.holdings.claims());
		claims.addAll(this.formerProcess.claims());
		this.farewell.joining(this.state.isLeaving() && this.holdings.isEmpty());
		return new MemberMetadata(this.settings.instance(), this.incarnation, this.rejoin.count(),
				this.settings.uri().get(), this.settings.labels(), this.settings.capacity(), this.state.isLeaving(),
				this.standing.generation(), this.standing.highestToken(), List.copyOf(this.runner.tasks()), claims,
				List.copyOf(releases.values()), this.standing.kept(),
				this.settings.staticMember() ? this.formerProcess.session() : Duration.ZERO,
				this.formerProcess.isUnknown(), this.control.entries(),
				this.holdings.successes(this.standing.successes()), this.account.asked());
	}

	@Override
	public Map<String, MemberAssignment> assign(Round round) {
		Map<String, MemberAssignment> plan = this.planner.plan(round, this.standing.formerGroup(this.session,
				this.holdings.progress().lost(), this.settings.sessionTimeout()));
		Duration retry = this.planner.retryAfter();
		if (retry != null) {
			requestRejoin("the leader has more to assign by now", retry);
		}
		this.account.planned(round.generation(), plan);
		return plan;
	}

	@Override
	public synchronized void assigned(String memberId, int generation, String assignor,
			@Nullable MemberAssignment assignment) {
		checkLease();
		this.session.assigned();
		Lease lease = this.session.begin();
		this.formerProcess.isReplaced();
		this.farewell.assigned();
		Map<TaskId, Duration> handedOver = this.holdings.forget(this.announcedReleases);
		if (lease == null) {
			logger.warn("The assignment of generation {} came too late: the coordinator's last answer is older than a "
					+ "lease lasts", generation);
			this.holdings.loseAll(Cause.LEASE_EXPIRED, "the assignment came too late");
			requestRejoin("its assignment came too late", this.setbacks.next());
			return;
		}
		String problem = AssignmentCheck.problem(assignment, this.clocks.millis(), this.standing.highestToken());
		if (assignment == null || problem != null) {
			refuse(problem, generation);
			return;
		}
		this.unusable.end();
		this.setbacks.assigned();
		tellRecovery(assignment);
		if (generation == this.assignedGeneration && !memberId.equals(this.standing.memberId())) {
			requestRejoin("the leader does not receive the metadata of a static member that joins again",
					Duration.ZERO);
		}
		this.assignedGeneration = generation;
		this.standing = this.standing.assigned(memberId, generation, assignor, assignment);
		if (!this.state.isLeaving()) {
			moveTo(MemberPhase.STABLE);
		}
		this.account.ends(assignment, handedOver);
		apply(assignment, lease);
		this.holdings.tell(this.account.event(this.holdings.account().takeFailedOver()));
	}

	private void tellRecovery(MemberAssignment assignment) {
		if (this.standing.groupProblem() != null && assignment.problem() == null) {
			logger.info("Group '{}' recovered", this.settings.groupId());
		}
	}

	private void refuse(@Nullable String problem, int generation) {
		logger.error("{}: every task is stopped (generation {})", problem, generation);
		this.holdings.loseAll(Cause.TAKEN_AWAY, "the assignment cannot be used");
		this.standing = this.standing.withGroupProblem(String.valueOf(problem));
		requestRejoin("its assignment cannot be used", this.unusable.retry());
	}

	private void apply(MemberAssignment assignment, Lease lease) {
		this.control.hear(assignment.control());
		if (!this.incarnation.equals(assignment.incarnation())) {
			this.holdings.loseAll(Cause.TAKEN_AWAY, "the assignment is that of an earlier process");
			this.formerProcess.wasAssigned(assignment);
			requestRejoin("its assignment is that of an earlier process", Duration.ZERO);
		}
		else if (!this.holdings.apply(assignment, lease, this.session, !this.state.isLeaving(), this.wakeup)) {
			requestRejoin("shards were assigned that it no longer holds", Duration.ZERO);
		}
		this.control.carryOut(this.standing.instance());
	}

	@Override
	public synchronized void contact(long sentNanos, long sentMillis, boolean rebalancing) {
		this.session.contact(new Contact(sentNanos, sentMillis), rebalancing);
		if (rebalancing && this.state == MemberPhase.STABLE) {
			this.account.begins();
			moveTo(MemberPhase.REBALANCING);
		}
	}

	@Override
	public synchronized void waitsAnew(long sentNanos, long sentMillis) {
		this.session.waitsAnew(new Contact(sentNanos, sentMillis));
	}

	@Override
	public synchronized void membershipLost(String reason) {
		this.setbacks.next();
		givenUp("the coordinator no longer knows it (%s)".formatted(reason));
	}

	public synchronized void givenUp(String reason) {
		int generation = this.standing.generation();
		this.standing = this.standing.lost();
		this.account.startsAnew();
		endLease(generation, Cause.MEMBERSHIP_LOST, reason);
		this.session.forgetContact();
		if (!this.state.isLeaving()) {
			moveTo(MemberPhase.JOINING);
		}
	}

	/*
	 * Changes by time and by the application.
	 */

	public synchronized void checkLease() {
		if (this.session.isExpired()) {
			requestRejoin("its lease has expired", this.setbacks.next());
			endLease(this.standing.generation(), Cause.LEASE_EXPIRED, "the lease has expired: no answer from the "
					+ "coordinator within %d ms".formatted(this.settings.sessionTimeout().toMillis()));
			if (!this.state.isLeaving()) {
				moveTo(MemberPhase.DISCONNECTED);
			}
		}
		else if (this.state == MemberPhase.JOINING && this.session.isUnanswered()) {
			moveTo(MemberPhase.DISCONNECTED);
		}
	}

	private void endLease(int generation, Cause cause, String reason) {
		if (!this.session.end()) {
			return;
		}
		try {
			this.holdings.leaseEnds(generation, cause, reason);
			this.holdings.tell(this.account.isInterrupted(this.session.lastContactAt(), reason));
		}
		finally {
			// others may by now own what was handed over before, and have made progress
			this.planner.leaseEnded();
		}
	}

	/**
	 * Note what has stopped, and check what time has ended.
	 */
	public synchronized void beforePoll() {
		checkLease();
		if (this.formerProcess.ends()) {
			requestRejoin("no earlier process can still run a task", Duration.ZERO);
		}
		if (this.holdings.takeStopped()) {
			this.farewell.delay();
			if (!this.state.isLeaving() || this.farewell.isDue(this.holdings)) {
				requestRejoin("shards have stopped",
						this.holdings.isStopping() ? this.settings.gatherTime() : Duration.ZERO);
			}
		}
	}

	public synchronized void drain() {
		if (!this.state.isLeaving()) {
			moveTo(MemberPhase.DRAINING);
			this.farewell.delay();
			boolean nothingHeld = this.holdings.isEmpty();
			if (this.farewell.isDue(this.holdings)) {
				requestRejoin("the instance is draining", nothingHeld ? Duration.ZERO : this.settings.gatherTime());
			}
			this.holdings.revokeAll();
		}
	}

	/**
	 * This instance runs other tasks than it has announced.
	 * @param gone the names of those that it no longer runs
	 */
	public synchronized void tasksChanged(Collection<String> gone) {
		this.holdings.revokeAll(gone);
		this.holdings.progress().forget(gone);
		requestRejoin("tasks were registered or unregistered", this.settings.gatherTime());
	}

	/**
	 * Whether this instance holds no shards and the others know it, or waiting for them
	 * is of no use.
	 */
	public synchronized boolean isHandedOver() {
		return this.holdings.isEmpty() && (!this.session.hasLease() || this.farewell.isOver(this.holdings));
	}

	public synchronized boolean guardsFormerProcess() {
		return this.formerProcess.isGuarded();
	}

	/**
	 * Stop waiting for what does not stop.
	 * @return what still runs
	 */
	public synchronized List<TaskId> abandon() {
		this.holdings.takeStopped();
		this.holdings.loseAll(Cause.LEFT_BEHIND, "the time that it may take to stop is over");
		return this.holdings.all().stream().map(OwnedShard::id).sorted().toList();
	}

	public synchronized void left() {
		this.session.end();
		this.holdings.loseAll(Cause.LEFT_BEHIND, "the group is left");
		moveTo(MemberPhase.STOPPED);
	}

	/**
	 * An operator has made a request here. A join in progress does not contain it yet.
	 */
	public synchronized void decide(OperatorCommand.Key key, @Nullable String value, String reason) {
		this.control.decide(key, value, this.standing.instance());
		requestRejoin(reason, Duration.ZERO);
	}

	/**
	 * How long not to join the group, which has lost this instance repeatedly.
	 */
	public synchronized Duration untilReturn() {
		boolean isOut = this.standing.memberId() == null && !this.state.isLeaving();
		return isOut ? this.setbacks.remaining() : Duration.ZERO;
	}

	private void requestRejoin(String reason, Duration delay) {
		this.rejoin.request(reason, delay);
	}

	private void moveTo(MemberPhase next) {
		if (next != this.state) {
			MemberPhase former = this.state;
			this.state = former.moveTo(next);
			// the report logs each rebalance
			Level level = (this.settings.local() || next.isMembership() && former.isMembership()) ? Level.DEBUG
					: Level.INFO;
			logger.atLevel(level)
				.log("Instance '{}' of group '{}': {} -> {} (generation {})", this.settings.instance(),
						this.settings.groupId(), former, next, this.standing.generation());
		}
	}

	/**
	 * Why and when the group should be joined again.
	 */
	public RejoinRequest rejoin() {
		return this.rejoin;
	}

	public MemberPhase state() {
		return this.state;
	}

	public OwnedShards holdings() {
		return this.holdings;
	}

	public MembershipSnapshot standing() {
		return this.standing;
	}

	public @Nullable Contact lastContact() {
		return this.session.lastContact();
	}

	public Duration leaseRemaining() {
		return this.session.remaining();
	}

	public OperatorState control() {
		return this.control.state();
	}

	public synchronized void setProblem(@Nullable String problem, boolean needsRemedy) {
		this.standing = this.standing.withOwnProblem(problem, needsRemedy);
	}

}
