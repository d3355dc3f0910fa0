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

package io.distributedtask.test;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

import io.distributedtask.DistributedTasks;
import io.distributedtask.MissedRun;
import io.distributedtask.autoconfigure.DistributedTaskProperties;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.test.OwnershipChange.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Gives tasks to the instance under test, and takes them away, in place of a group. A
 * bean of tests with {@link AutoConfigureDistributedTasks}. At first the instance owns
 * nothing.
 * <p>
 * What follows is the same code as in production: schedules, continuous methods,
 * listeners, leases, events. So it happens on the threads of tasks; a test waits for it,
 * as with Awaitility. The lease does not end by itself, not even while a debugger has
 * stopped the test.
 * <p>
 * Operations of {@link DistributedTasks} work, {@code pause} and {@code run} for example,
 * except that {@code move} and {@code drain} move nothing: here the test decides.
 * <p>
 * <strong>Threads:</strong> may be called from any thread but those of tasks.
 * <strong>Exceptions:</strong> {@link java.util.NoSuchElementException} for a task that
 * the instance does not have, {@link IllegalArgumentException} for a shard that the task
 * does not have, {@link IllegalStateException} if the instance is not running, or the
 * call has no effect in time.
 *
 * @since 0.1.0
 */
public final class TaskOwnership {

	private static final Duration RESERVE = Duration.ofSeconds(10);

	/** Of the auto-configuration. */
	private static final String LIFECYCLE = "taskEngineLifecycle";

	private final DistributedTaskProperties properties;

	private final BeanFactory beans;

	private final AtomicLong tokens = new AtomicLong();

	private volatile @Nullable ControlledMembership membership;

	TaskOwnership(DistributedTaskProperties properties, BeanFactory beans) {
		this.properties = properties;
		this.beans = beans;
	}

	/**
	 * The instance is started, and makes a membership.
	 * @return a new membership
	 */
	GroupMembership join() {
		// what vanished at a time was a member for a session after its last heartbeat
		Duration silence = this.properties.sessionTimeout().plus(this.properties.heartbeatInterval());
		ControlledMembership joined = new ControlledMembership(this.tokens, silence);
		this.membership = joined;
		return joined;
	}

	/**
	 * Assign shards of a task to the instance, as in a hand-over from an owner that has
	 * stopped gracefully: no instant of a schedule is missed. Returns when the instance
	 * owns them and has begun to start them. If code of a former ownership still runs
	 * here, that has to end first, as in a group. No effect on shards that it owns.
	 * <p>
	 * A schedule that the instance has had before continues where it was; instants since
	 * then are made up for.
	 * @param task the name of the task
	 * @param shards the numbers of the shards, from 0; none stands for all
	 */
	public void assign(String task, int... shards) {
		change(new OwnershipChange(Kind.ASSIGN, task, shards, null));
	}

	/**
	 * Assign all shards of all tasks to the instance.
	 * @see #assign(String, int...)
	 */
	public void assignAll() {
		change(new OwnershipChange(Kind.ASSIGN, null, new int[0], null));
	}

	/**
	 * Assign shards of a task to the instance after their former owner has crashed: the
	 * instants of their schedules since then were missed, and {@link MissedRun
	 * onMissedRun} of the task says what becomes of them. An instant that this instance
	 * knows to have run itself, since it was started for this test, is not missed.
	 * Otherwise the same as {@link #assign(String, int...)}.
	 * @param task the name of the task
	 * @param ago how long ago the former owner has crashed
	 * @param shards the numbers of the shards, from 0; none stands for all
	 * @throws IllegalStateException if the instance owns one of the shards
	 */
	public void failOver(String task, Duration ago, int... shards) {
		Instant crash = Instant.ofEpochMilli(System.currentTimeMillis()).minus(ago);
		change(new OwnershipChange(Kind.FAIL_OVER, task, shards, crash));
	}

	/**
	 * Revoke shards of a task, as for a hand-over to another instance: a scheduled run in
	 * progress may finish, a continuous method is told to return, and what still runs
	 * after {@code distributed-task.revoke-timeout} is interrupted. Returns when all has
	 * stopped, and the next owner could begin. To look at it meanwhile, call this method
	 * on another thread. No effect on shards that the instance does not own.
	 * @param task the name of the task
	 * @param shards the numbers of the shards, from 0; none stands for all
	 */
	public void revoke(String task, int... shards) {
		change(new OwnershipChange(Kind.REVOKE, task, shards, null));
	}

	/**
	 * Revoke all that the instance owns.
	 * @see #revoke(String, int...)
	 */
	public void revokeAll() {
		change(new OwnershipChange(Kind.REVOKE, null, new int[0], null));
	}

	/**
	 * Let the instance lose shards of a task, as when its lease ends: they belong to
	 * somebody else, and their code is interrupted at once. Returns when
	 * {@code isOwned()} is {@code false}; the code may run on, as that of an instance
	 * that was frozen would.
	 * <p>
	 * The cause that the {@link TaskLostEvent} has is
	 * {@link TaskLostEvent.Cause#TAKEN_AWAY TAKEN_AWAY}.
	 * @param task the name of the task
	 * @param shards the numbers of the shards, from 0; none stands for all
	 * @throws IllegalStateException if the instance owns none of them
	 */
	public void lose(String task, int... shards) {
		change(new OwnershipChange(Kind.LOSE, task, shards, null));
	}

	/**
	 * Let the instance lose all that it owns.
	 * @throws IllegalStateException if it owns nothing
	 * @see #lose(String, int...)
	 */
	public void loseAll() {
		change(new OwnershipChange(Kind.LOSE, null, new int[0], null));
	}

	private void change(OwnershipChange change) {
		ControlledMembership joined = this.membership;
		if (joined == null) {
			throw new IllegalStateException(
					this.properties.enabled() ? "The instance is not running: its context has not been started yet"
							: "Tasks are disabled: @AutoConfigureDistributedTasks(enabled = false)");
		}
		joined.change(change, this.properties.revokeTimeout().plus(RESERVE));
	}

	/**
	 * Stop what the instance owns, and start it anew: as a new process it knows of no
	 * runs and no requests.
	 */
	void reset() {
		ControlledMembership joined = this.membership;
		if (joined == null || joined.isUntouched()) {
			return;
		}
		SmartLifecycle lifecycle = this.beans.getBean(LIFECYCLE, SmartLifecycle.class);
		if (lifecycle.isRunning()) {
			stop(lifecycle);
			lifecycle.start();
		}
	}

	private static void stop(SmartLifecycle lifecycle) {
		CountDownLatch stopped = new CountDownLatch(1);
		lifecycle.stop(stopped::countDown);
		try {
			// it has a limit of its own, after which it leaves tasks behind and says so
			stopped.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while the instance stopped after the test", ex);
		}
	}

}
