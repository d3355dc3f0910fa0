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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedRateTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens in whatever order, an ownership is reported as stopped once, and
 * nothing of it runs after that.
 */
@Timeout(120)
class StopExactlyOnceTests {

	private static final List<String> TASKS = List.of("continuous", "failing", "scheduled", "listener", "component");

	private volatile Random random = new Random();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger balance = new AtomicInteger();

	private final AtomicInteger overlaps = new AtomicInteger();

	@Test
	void everyOwnershipStopsOnce() throws Exception {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setPoolSize(4);
		scheduler.initialize();
		DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofMillis(2), false, Clocks.SYSTEM, RunObserver.NONE);
		register(runner, scheduler);
		try {
			for (long seed = 0; seed < 300; seed++) {
				round(runner, seed);
			}
		}
		finally {
			runner.close();
			scheduler.shutdown();
		}
	}

	private void round(DefaultTaskRunner runner, long seed) throws Exception {
		this.random = new Random(seed);
		List<FakeOwnership> ownerships = new ArrayList<>();
		List<FakeOwnership> lost = new ArrayList<>();
		for (String task : TASKS) {
			FakeOwnership ownership = new FakeOwnership(task);
			ownerships.add(ownership);
			if (this.random.nextBoolean()) {
				lost.add(ownership);
			}
			runner.start(ownership);
		}
		CyclicBarrier together = new CyclicBarrier(2);
		int untilLost = this.random.nextInt(3000);
		int untilRevoked = this.random.nextInt(3000);
		Thread losing = new Thread(() -> {
			pause(together, untilLost);
			lost.forEach((ownership) -> {
				ownership.phase(Phase.LOST);
				runner.lost(ownership);
			});
		});
		losing.start();
		pause(together, untilRevoked);
		for (FakeOwnership ownership : ownerships) {
			if (ownership.phase() == Phase.OWNED) {
				ownership.phase(Phase.REVOKING);
			}
			runner.revoke(ownership);
			if (this.random.nextInt(4) == 0) {
				runner.revoke(ownership);
			}
		}
		losing.join();
		await("seed " + seed).pollInterval(1, TimeUnit.MILLISECONDS)
			.until(() -> ownerships.stream().noneMatch((ownership) -> ownership.stops().isEmpty()));
		assertThat(this.running).as("running, seed %d", seed).hasValue(0);
		assertThat(this.balance).as("beginnings less ends, seed %d", seed).hasValue(0);
		assertThat(this.overlaps).as("calls at the same time, seed %d", seed).hasValue(0);
		ownerships.forEach((ownership) -> {
			runner.revoke(ownership);
			runner.lost(ownership);
			assertThat(ownership.stops()).as("seed %d", seed).hasSize(1);
		});
	}

	private static void pause(CyclicBarrier together, int micros) {
		try {
			together.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		long end = System.nanoTime() + micros * 1000L;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

	private void register(DefaultTaskRunner runner, ThreadPoolTaskScheduler scheduler) {
		add(runner, "continuous", new TaskHandler.Continuous("a", (context) -> counted(() -> {
			if (this.random.nextBoolean()) {
				new Semaphore(0).acquire();
			}
			while (context.isOwned()) {
				Thread.onSpinWait();
			}
		})));
		add(runner, "failing", new TaskHandler.Continuous("b", (context) -> counted(() -> {
			throw new OwnershipProblem();
		})));
		add(runner, "scheduled", new TaskHandler.Scheduled("c", List.of(new FixedRateTask(() -> {
		}, Duration.ofMillis(1), Duration.ZERO), new CronTask(() -> {
		}, "* * * * * *")), (task) -> scheduler, (context) -> counted(() -> TimeUnit.MICROSECONDS.sleep(300))));
		add(runner, "listener", new TaskHandler.Listener("d", new CountingListener()));
		add(runner, "component", new TaskHandler.Component("e", CountingComponent::new));
	}

	private static void add(DefaultTaskRunner runner, String name, TaskHandler handler) {
		runner.register(TaskDefinition.of(name), MissedRun.SKIP, handler);
	}

	private void counted(Work work) throws Exception {
		this.running.incrementAndGet();
		try {
			work.run();
		}
		finally {
			this.running.decrementAndGet();
		}
	}

	private interface Work {

		void run() throws Exception;

	}

	@SuppressWarnings("serial")
	private static final class OwnershipProblem extends Exception {

		private OwnershipProblem() {
			super("expected", null, false, false);
		}

	}

	private final class CountingListener implements OwnershipListener {

		private final AtomicInteger inside = new AtomicInteger();

		@Override
		public void onAssigned(TaskContext task) throws Exception {
			StopExactlyOnceTests.this.balance.incrementAndGet();
			alone();
		}

		@Override
		public void onRevoked(TaskContext task) throws Exception {
			StopExactlyOnceTests.this.balance.decrementAndGet();
			alone();
		}

		private void alone() throws Exception {
			if (this.inside.incrementAndGet() != 1) {
				StopExactlyOnceTests.this.overlaps.incrementAndGet();
			}
			try {
				counted(() -> TimeUnit.MICROSECONDS.sleep(StopExactlyOnceTests.this.random.nextInt(3000)));
			}
			finally {
				this.inside.decrementAndGet();
			}
		}

	}

	private final class CountingComponent implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			StopExactlyOnceTests.this.balance.incrementAndGet();
			this.running = true;
		}

		@Override
		public void stop() {
			StopExactlyOnceTests.this.balance.decrementAndGet();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

}
