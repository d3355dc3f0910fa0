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

import java.time.Duration;
import java.util.Collection;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.assignment.TaskAssignor;

/**
 * Skeleton: to be replaced.
 */
public final class TaskCoordinator implements DistributedTasks {

	public TaskCoordinator(CoordinationSettings settings, GroupMembership membership, TaskRunner runner,
			Collection<TaskAssignor> assignors, CoordinationListener listener, Clocks clocks) {
	}

	/**
	 * Start the group's thread: join, and run what is assigned. Returns at once.
	 */
	public void start() {
	}

	/**
	 * Drain: stop every task, hand it over, leave the group, close. Returns at once.
	 * @param timeout how long tasks may take to stop before the group is left all the same
	 * @param done called when it is over, on some thread
	 */
	public void stop(Duration timeout, Runnable done) {
		done.run();
	}

	/**
	 * One turn of the group's thread: look at the lease, do what is due, poll the group.
	 * Called by the group's thread, or by a test in its place; throws nothing.
	 * @param timeout how long to poll at most
	 */
	void turn(Duration timeout) {
	}

	/**
	 * Begin to drain; the following turns do it.
	 */
	void drain() {
	}

	/**
	 * Whether a drain has ended: the group is left.
	 * @return whether the turns are over
	 */
	boolean isStopped() {
		return true;
	}

	/**
	 * End what the lease no longer covers. Called by a watchdog when the lease runs out,
	 * whatever the group's thread is doing.
	 */
	void checkLease() {
	}

	@Override
	public boolean isOwner(String task, int shard) {
		return false;
	}

	@Override
	public Assignments assignments() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Membership membership() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void rebalance(String reason) {
	}

}
