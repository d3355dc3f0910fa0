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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.member.Contact;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.MemberPhase;
import io.distributedtask.internal.member.MembershipSnapshot;
import io.distributedtask.internal.member.OwnedShard;
import io.distributedtask.internal.member.OwnedShards;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.GroupRecordRefusedException;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.MembershipListener;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs this instance's membership: one thread takes part in the group, decides with the
 * {@link MemberLifecycle} which shards are held, given back and lost, and instructs the
 * {@link TaskRunner}.
 * <p>
 * <strong>Threads:</strong> the group's thread survives whatever happens in a turn: it
 * reports, waits, and continues. A second thread watches the lease, because the group's
 * thread may be blocked in the network when the lease ends.
 */
public final class TaskEngine {

	private static final Logger logger = LoggerFactory.getLogger(TaskEngine.class);

	private static final Duration DESCRIBE_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(2);

	private final MemberSettings settings;

	private final GroupMembership membership;

	private final TaskRunner runner;

	private final Clocks clocks;

	private final MemberLifecycle life;

	private final FailureBackoff failures;

	private final AssignmentsView view;

	private final ProblemReport problems;

	private final FiguresView figures;

	private final GroupOperations operations;

	private @Nullable GroupThread thread;

	private volatile @Nullable ShutdownSchedule drainDeadline;

	private boolean hurried;

	private boolean isAway;

	/**
	 * Create the engine of one instance. Does no I/O and starts no thread.
	 * @param settings what the instance is
	 * @param membership its membership in the group, closed with the engine
	 * @param runner runs what it owns
	 * @param assignors the algorithms that it knows
	 * @param listener receives the events
	 * @param clocks the clocks for leases
	 */
	public TaskEngine(MemberSettings settings, GroupMembership membership, TaskRunner runner,
			Collection<TaskAssignor> assignors, MembershipListener listener, Clocks clocks) {
		this.settings = settings;
		this.membership = membership;
		this.runner = runner;
		this.clocks = clocks;
		this.failures = new FailureBackoff(settings.groupId(), clocks);
		Map<String, TaskAssignor> byName = new HashMap<>();
		assignors.forEach((assignor) -> byName.put(assignor.name(), assignor));
		Leader leader = new Leader(byName,
				new AssignorInvoker(settings.sessionTimeout().dividedBy(3),
						() -> rebalance("the assignor has returned")),
				settings.rebalanceDelay(), settings.maxMoves(), clocks);
		OwnedShards shards = new OwnedShards(runner, listener, clocks);
		String incarnation = UUID.randomUUID().toString().substring(0, 8);
		this.life = new MemberLifecycle(settings, incarnation, runner, shards, leader, clocks, this::wakeup);
		this.problems = new ProblemReport(settings, membership, this.life, clocks);
		this.view = new AssignmentsView(settings, runner, this.life, clocks, this.problems::problem);
		this.figures = new FiguresView(this.life, leader.fullness(), clocks);
		this.operations = new GroupOperations(this.life, runner, this::assignments, this::wakeup);
	}

	/**
	 * Start the group's thread: join, and run what is assigned. Returns at once.
	 */
	public synchronized void start() {
		if (this.thread == null) {
			this.thread = new GroupThread(this, this.settings.groupId(), this.settings.heartbeatInterval());
			this.thread.start();
		}
	}

	/**
	 * Drain: stop every task, hand it over, leave the group, close. Returns at once.
	 * @param timeout how long all of it may take: tasks that have not stopped shortly
	 * before are interrupted, and those that still do not stop are abandoned
	 * @param done called when it is over, on any thread
	 */
	public synchronized void stop(Duration timeout, Runnable done) {
		if (this.thread == null) {
			done.run();
			return;
		}
		this.drainDeadline = ShutdownSchedule.in(timeout, this.clocks.nanos());
		this.thread.whenEnded(done);
		drain();
	}

	/**
	 * Begin to drain; the following turns continue it.
	 */
	public void drain() {
		this.life.drain();
		wakeup();
	}

	/**
	 * Whether a drain has ended and the instance has left the group.
	 * @return whether the turns are over
	 */
	public boolean isStopped() {
		return this.life.phase() == MemberPhase.STOPPED;
	}

	/**
	 * One turn of the group's thread: check the lease, do what is due, poll the group.
	 * Called by the group's thread, or by a test in its place; throws only what reporting
	 * a failure may throw.
	 * @param longest how long to poll at most
	 */
	public void turn(Duration longest) {
		try {
			this.life.beforePoll();
			this.problems.look();
			if (isDrained()) {
				leave();
				return;
			}
			ShutdownSchedule deadline = this.drainDeadline;
			Duration timeout = (deadline != null) ? deadline.untilNext(this.clocks.nanos(), longest) : longest;
			String rejoin = this.life.rejoin().due();
			if (rejoin != null) {
				this.membership.requestRejoin(rejoin);
			}
			Duration pause = pause();
			if (pause.isZero()) {
				// a request that is due waits for a join in progress, or joins now
				this.membership.poll((rejoin != null) ? timeout : this.life.rejoin().untilDue(timeout), this.life);
				lookAtContact();
			}
			else {
				this.membership.keepAlive();
				this.failures.await((pause.compareTo(timeout) < 0) ? pause : timeout);
			}
		}
		catch (GroupException ex) {
			boolean refused = ex instanceof GroupRecordRefusedException;
			boolean holdsNothing = this.life.shards().isEmpty();
			this.life.setProblem(ex.getMessage(), ex.needsRemedy());
			// an instance with shards retries at once, while those without shards wait
			this.failures.failed(ex, refused ? holdsNothing : ex.needsRemedy());
			if (refused && holdsNothing) {
				makeRoom();
			}
		}
		catch (Throwable ex) {
			this.life.setProblem("Unexpected failure in the group's thread: " + ex, false);
			this.failures.failed(ex, false);
		}
	}

	private Duration pause() {
		Duration failed = this.failures.remaining();
		Duration away = this.life.untilReturn();
		if (!away.isZero() && !this.isAway) {
			// the coordinator would not wait that long for a join in progress
			leaveForNow("it waits before it joins again");
			this.life.setProblem("This instance has lost its membership several times in a row, and waits before it "
					+ "joins again: its machine or the brokers are too slow for so many members", false);
		}
		this.isAway = !away.isZero();
		return (away.compareTo(failed) > 0) ? away : failed;
	}

	private void lookAtContact() {
		Contact contact = this.life.lastContact();
		if (contact != null) {
			this.figures.heard(contact);
			if (this.failures.heard(contact.nanos())) {
				this.life.setProblem(null, false);
			}
		}
	}

	/**
	 * While this instance is out of the group, the others can continue.
	 */
	private void makeRoom() {
		leaveForNow("the group's record is too large with this member");
		this.life.givenUp("it has left to make room");
	}

	private void leaveForNow(String reason) {
		try {
			this.membership.leave(reason, LEAVE_TIMEOUT);
		}
		catch (RuntimeException | Error ex) {
			logger.debug("Group '{}' was not informed that instance '{}' leaves: {}", this.settings.groupId(),
					this.settings.instance(), reason, ex);
		}
	}

	private boolean isDrained() {
		if (this.life.phase() != MemberPhase.DRAINING) {
			return false;
		}
		if (this.life.isHandedOver()) {
			return true;
		}
		ShutdownSchedule deadline = this.drainDeadline;
		long now = this.clocks.nanos();
		if (deadline != null && deadline.isTimeToHurry(now) && !this.hurried) {
			this.hurried = true;
			this.life.shards().hurryAll();
		}
		if (deadline != null && deadline.isTimeToLeave(now)) {
			List<TaskId> left = this.life.abandon();
			if (!left.isEmpty()) {
				logger.warn("Leaving group '{}' although these tasks have not stopped: {}. They are interrupted{}",
						this.settings.groupId(), left,
						this.settings.local() ? "" : "; another instance may start them now");
			}
			return true;
		}
		return false;
	}

	private void leave() {
		if (this.life.guardsTakenOver()) {
			this.life.left();
			return;
		}
		ShutdownSchedule deadline = this.drainDeadline;
		Duration timeout = (deadline != null) ? deadline.leaveTimeout(this.clocks.nanos(), LEAVE_TIMEOUT)
				: LEAVE_TIMEOUT;
		try {
			this.membership.leave("instance '%s' is stopped".formatted(this.settings.instance()), timeout);
		}
		catch (RuntimeException | Error ex) {
			logger.info("Group '{}' was not informed that instance '{}' leaves, and removes it after the session "
					+ "timeout: {}", this.settings.groupId(), this.settings.instance(), ex.toString());
		}
		finally {
			this.life.left();
		}
	}

	/**
	 * End the ownership that the lease no longer covers. Called by a watchdog when the
	 * lease runs out, whatever the group's thread is doing.
	 */
	public void checkLease() {
		this.life.checkLease();
	}

	/**
	 * How long the lease is valid.
	 * @return the time that is left, zero without a lease
	 */
	Duration leaseRemaining() {
		return this.life.leaseRemaining();
	}

	void wakeup() {
		this.failures.wakeup();
		this.membership.wakeup();
	}

	void close() {
		this.membership.close();
	}

	/**
	 * See {@link DistributedTasks#isOwner(String, int)}.
	 */
	public boolean isOwner(String task, int shard) {
		OwnedShard ownedShard = (shard >= 0) ? this.life.shards().get(new TaskId(task, shard)) : null;
		return ownedShard != null && ownedShard.phase() == Ownership.Phase.OWNED;
	}

	/**
	 * See {@link DistributedTasks#assignments()}.
	 */
	public Assignments assignments() {
		GroupDescription description = null;
		if (this.life.phase() != MemberPhase.STOPPED) {
			description = this.membership.describe(DESCRIBE_TIMEOUT);
		}
		return this.view.assignments(description, Instant.ofEpochMilli(this.clocks.millis()));
	}

	/**
	 * See {@link DistributedTasks#membership()}.
	 */
	public Membership membership() {
		Contact contact = this.life.lastContact();
		MembershipSnapshot snapshot = this.life.snapshot();
		return new Membership(snapshot.instance(), this.view.groupStatus(), snapshot.generation(),
				(contact != null && !this.settings.local()) ? Instant.ofEpochMilli(contact.millis()) : null,
				this.life.shards().owned(), this.life.shards().stuck(this.settings.revokeTimeout()),
				this.problems.problem(), snapshot.needsRemedy(), this.membership.watch());
	}

	/**
	 * The figures of this instance. Reads memory and clocks only.
	 * @return the figures of this moment
	 */
	public EngineFigures figures() {
		return this.figures.now();
	}

	/**
	 * See {@link DistributedTasks#rebalance(String)}.
	 */
	public void rebalance(String reason) {
		this.life.rejoin().request(reason, Duration.ZERO);
		wakeup();
	}

	/**
	 * The result of {@link TaskRunner#tasks()} has changed. Changes shortly after each
	 * other are announced to the group together.
	 * @param gone the names of tasks that no longer run here: their shards are given back
	 */
	public void tasksChanged(Collection<String> gone) {
		this.life.tasksChanged(gone);
		wakeup();
	}

	/**
	 * The operations for the whole group.
	 */
	public GroupOperations operations() {
		return this.operations;
	}

	@Override
	public String toString() {
		return "instance '%s' of group '%s'".formatted(this.settings.instance(), this.settings.groupId());
	}

}
