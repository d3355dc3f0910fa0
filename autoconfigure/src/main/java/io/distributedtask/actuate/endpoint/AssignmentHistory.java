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

package io.distributedtask.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import io.distributedtask.actuate.endpoint.ChangeDescriptor.ChangeKind;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.TaskLostEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;

/**
 * The last 500 changes of the group that this instance has seen, in memory.
 * <p>
 * An instance receives the assignment of its own shards only. So after a rebalance it
 * sends one request for the whole group to the coordinator, and compares the answer with
 * the previous one. While it is not a member, it knows nothing about the other instances.
 * All instances together send at most five such requests a second, whatever their number
 * and however often they rebalance.
 *
 * @since 0.1.0
 */
public class AssignmentHistory implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(AssignmentHistory.class);

	static final int CAPACITY = 500;

	private static final long GATHER_MILLIS = 100;

	private static final Duration SHARE = Duration.ofMillis(200);

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(500);

	private final DistributedTasks distributedTasks;

	private final Deque<ChangeDescriptor> changes = new ArrayDeque<>();

	private final AssignmentComparison comparison = new AssignmentComparison();

	private final ScheduledThreadPoolExecutor thread;

	private final AtomicBoolean lookIsDue = new AtomicBoolean();

	private final List<Loss> losses = new ArrayList<>();

	/**
	 * Create a history without changes.
	 * @param distributedTasks supplies the state of the group
	 */
	public AssignmentHistory(DistributedTasks distributedTasks) {
		this.distributedTasks = distributedTasks;
		this.thread = new ScheduledThreadPoolExecutor(1, (work) -> {
			Thread thread = new Thread(work, "distributed-task-history");
			thread.setDaemon(true);
			return thread;
		}, new ThreadPoolExecutor.DiscardPolicy());
		this.thread.setKeepAliveTime(10, TimeUnit.SECONDS);
		this.thread.allowCoreThreadTimeOut(true);
		this.thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	/**
	 * Record a rebalance, and request its result a little later.
	 * @param event the rebalance
	 */
	@EventListener
	public void rebalanced(GroupRebalancedEvent event) {
		synchronized (this) {
			addLosses();
			add(ChangeDescriptor.rebalanced(Instant.now(), event));
		}
		lookSoon(event.instances());
	}

	/**
	 * Record a loss, which the coordinator may not report. Losses arrive one by one;
	 * those that follow each other closely are recorded together.
	 * @param event the loss
	 */
	@EventListener
	public synchronized void lost(TaskLostEvent event) {
		if (this.losses.isEmpty()) {
			this.thread.schedule(this::addLosses, GATHER_MILLIS, TimeUnit.MILLISECONDS);
			this.losses.add(new Loss(event, Instant.now(), this.distributedTasks.membership()));
		}
		else {
			Loss first = this.losses.get(0);
			this.losses.add(new Loss(event, first.at(), first.membership()));
		}
	}

	/**
	 * Record that the state of the group is no longer known.
	 * @param event the loss of the membership
	 */
	@EventListener
	public synchronized void membershipLost(MembershipLostEvent event) {
		addLosses();
		add(ChangeDescriptor.unknown(event, this.distributedTasks.membership().generation()));
		this.comparison.becomesStale();
	}

	/**
	 * Record a crash that this instance has found.
	 * @param event the crash
	 */
	@EventListener
	public synchronized void crashed(InstanceCrashedEvent event) {
		addLosses();
		add(ChangeDescriptor.crashed(Instant.now(), event, this.distributedTasks.membership().generation()));
	}

	/**
	 * Record a request of an operator.
	 * @param event the request
	 */
	@EventListener
	public synchronized void decided(OperatorDecisionEvent event) {
		addLosses();
		add(ChangeDescriptor.decided(event, this.distributedTasks.membership().generation()));
	}

	private synchronized void addLosses() {
		ChangeList changes = new ChangeList();
		for (Loss loss : this.losses) {
			TaskId task = loss.event().task();
			String self = loss.membership().instance();
			if (this.comparison.lost(task, self)) {
				changes.add(ChangeDescriptor.ofTask(loss.at(), ChangeKind.LOST, task.name(), self, null,
						loss.membership().generation(), reason(loss.event().cause())), task.shard());
			}
		}
		this.losses.clear();
		changes.toList().forEach(this::add);
	}

	private static String reason(TaskLostEvent.Cause cause) {
		return switch (cause) {
			case LEASE_EXPIRED -> "its lease has expired";
			case MEMBERSHIP_LOST -> "the coordinator has removed the instance";
			case TAKEN_AWAY -> "the group no longer has the instance as the owner";
			case NOT_STARTED -> "it could not be started";
			case LEFT_BEHIND -> "it had not stopped when the instance left";
		};
	}

	private void lookSoon(int instances) {
		if (!this.lookIsDue.getAndSet(true)) {
			Duration share = SHARE.multipliedBy(instances);
			long millis = ((share.compareTo(SHORTEST_WAIT) > 0) ? share : SHORTEST_WAIT).toMillis();
			this.thread.schedule(() -> look(instances), millis, TimeUnit.MILLISECONDS);
		}
	}

	private void look(int instances) {
		this.lookIsDue.set(false);
		try {
			if (!see(this.distributedTasks.assignments())) {
				lookSoon(instances);
			}
		}
		catch (RuntimeException ex) {
			logger.debug("The group could not be looked at for the history", ex);
		}
	}

	/**
	 * Compare what the group looks like with what it looked like before. Of a rebalance
	 * in progress nothing is to be learned: who is gone is not shown, and who comes next
	 * is not known.
	 * @param assignments the group as it is
	 * @return whether there is no need for another look
	 */
	synchronized boolean see(Assignments assignments) {
		GroupStatus state = assignments.group().state();
		boolean atRest = state == GroupStatus.STABLE && assignments.source() == Source.COORDINATOR;
		if (atRest || state == GroupStatus.LOCAL) {
			addLosses();
			this.comparison.compare(assignments).forEach(this::add);
			return true;
		}
		return state != GroupStatus.STABLE && state != GroupStatus.REBALANCING;
	}

	private void add(ChangeDescriptor change) {
		if (this.changes.size() == CAPACITY) {
			this.changes.removeFirst();
		}
		this.changes.addLast(change);
	}

	/**
	 * The changes.
	 * @return those that are remembered, oldest first
	 */
	synchronized List<ChangeDescriptor> changes() {
		return new ArrayList<>(this.changes);
	}

	@Override
	public void close() {
		this.thread.shutdownNow();
	}

	private record Loss(TaskLostEvent event, Instant at, Membership membership) {
	}

}
