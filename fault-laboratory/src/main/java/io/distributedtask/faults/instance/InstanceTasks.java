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

package io.distributedtask.faults.instance;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.DistributedTask;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * The tasks of an instance: one of each kind, written as a user would, and each writes
 * down what it does.
 */
@Configuration(proxyBeanMethods = false)
class InstanceTasks {

	private static final String LOST = "lost";

	private static final String THROWN = "thrown";

	private static final long WORK_MILLIS = 80;

	private static final long INTERRUPT_MILLIS = 3;

	private final HistoryWriter history;

	private final LeaseSampler leases;

	private final FencedStore.Client store;

	private final AtomicBoolean throwNext = new AtomicBoolean();

	private volatile long stubbornUntilNanos = System.nanoTime();

	InstanceTasks(HistoryWriter history, LeaseSampler leases, FencedStore.Client store) {
		this.history = history;
		this.leases = leases;
		this.store = store;
	}

	void throwNext() {
		this.throwNext.set(true);
	}

	void beStubborn(long millis) {
		this.stubbornUntilNanos = System.nanoTime() + millis * 1_000_000;
	}

	@DistributedTask(GroupUnderTest.CRAWL)
	void crawl(TaskContext task) throws IOException {
		begin(task);
		String end = THROWN;
		try (FencedStore.Client.Session session = this.store.open()) {
			while (isOwnedForWork(task)) {
				session.write(task.name(), task.shard(), task.fencingToken());
				Thread.sleep(WORK_MILLIS);
			}
			end = revokedOrLost(task);
		}
		catch (InterruptedException ex) {
			end = LOST;
		}
		finally {
			end(task, end);
		}
	}

	/**
	 * Heeds nothing for as long as it was told.
	 */
	@DistributedTask(GroupUnderTest.STUBBORN)
	void stubborn(TaskContext task) {
		begin(task);
		String end = null;
		while (isOwnedForWork(task) || this.stubbornUntilNanos - System.nanoTime() > 0) {
			try {
				Thread.sleep(WORK_MILLIS);
				if (!task.isOwned() && end == null) {
					end = revokedOrLost(task);
				}
			}
			catch (InterruptedException ex) {
				if (end == null) {
					end = LOST;
					this.history.write(Kind.LOST, task, System.nanoTime(), "interrupted");
				}
			}
		}
		end(task, (end != null) ? end : revokedOrLost(task));
	}

	@DistributedTask(GroupUnderTest.THROWER)
	void thrower(TaskContext task) {
		begin(task);
		String end = THROWN;
		try {
			while (isOwnedForWork(task)) {
				if (this.throwNext.compareAndSet(true, false)) {
					throw new IllegalStateException("as it was told");
				}
				Thread.sleep(WORK_MILLIS);
			}
			end = revokedOrLost(task);
		}
		catch (InterruptedException ex) {
			end = LOST;
		}
		finally {
			end(task, end);
		}
	}

	@DistributedTask(GroupUnderTest.TICK)
	@Scheduled(cron = "* * * * * *")
	void tick(TaskContext task) {
		fire(task);
	}

	@DistributedTask(name = GroupUnderTest.TOCK, onMissedRun = MissedRun.SKIP)
	@Scheduled(cron = "* * * * * *")
	void tock(TaskContext task) {
		fire(task);
	}

	@DistributedTask(GroupUnderTest.SLOW)
	@Scheduled(cron = "*/20 * * * * *")
	void slow(TaskContext task) {
		ran(task);
	}

	@DistributedTask(GroupUnderTest.RARE)
	@Scheduled(cron = "0 * * * * *")
	void rare(TaskContext task) {
		ran(task);
	}

	@Bean
	@DistributedTask(GroupUnderTest.LEADER)
	OwnershipListener leader() {
		return new Leader();
	}

	private void begin(TaskContext task) {
		this.history.write(Kind.RUN_START, task, System.nanoTime(), "");
		this.leases.begin(task);
	}

	private boolean isOwnedForWork(TaskContext task) {
		long before = System.nanoTime();
		boolean owned = task.isOwned();
		if (owned) {
			this.history.write(Kind.WORK, task, before, "");
		}
		return owned;
	}

	/**
	 * What is revoked is interrupted only when the revoke timeout is over, what is lost
	 * at once: so a body that is not interrupted now was revoked, unless its lease is
	 * over.
	 */
	private String revokedOrLost(TaskContext task) {
		try {
			Thread.sleep(INTERRUPT_MILLIS);
			return this.leases.isOver(task) ? LOST : "revoked";
		}
		catch (InterruptedException ex) {
			return LOST;
		}
	}

	private void end(TaskContext task, String how) {
		this.leases.end(task);
		this.history.write(Kind.RUN_END, task, System.nanoTime(), how);
	}

	private void fire(TaskContext task) {
		long before = System.nanoTime();
		String instant = (task.scheduledTime() != null) ? String.valueOf(task.scheduledTime().toEpochMilli()) : "";
		if (!task.isOwned()) {
			return;
		}
		this.history.write(Kind.FIRE, task, before, instant);
		this.leases.begin(task);
		this.leases.end(task);
		this.history.write(Kind.FIRE_END, task, System.nanoTime(), instant);
	}

	private void ran(TaskContext task) {
		if (task.isOwned() && task.scheduledTime() != null) {
			this.history.write(Kind.RAN, task.name() + " " + task.scheduledTime().toEpochMilli());
		}
	}

	private final class Leader implements OwnershipListener {

		@Override
		public void onAssigned(TaskContext task) {
			InstanceTasks.this.history.write(Kind.ASSIGNED, task, System.nanoTime(), "");
			InstanceTasks.this.leases.begin(task);
		}

		@Override
		public void onRevoked(TaskContext task) {
			InstanceTasks.this.leases.end(task);
			InstanceTasks.this.history.write(Kind.REVOKED, task, System.nanoTime(), "");
		}

		@Override
		public void onLost(TaskContext task) {
			InstanceTasks.this.leases.end(task);
			InstanceTasks.this.history.write(Kind.LOST, task, System.nanoTime(), "told");
		}

	}

}
