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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.Lifecycle;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.support.CronTrigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DefaultTaskRunner} with tasks that are paused, or run on request.
 */
@Timeout(60)
class PausedTasksTests {

	private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

	private static final Runnable NAMED = () -> {
	};

	private final ManualScheduler scheduler = new ManualScheduler(NOON);

	private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

	private final List<Instant> fired = new CopyOnWriteArrayList<>();

	private final AtomicInteger requested = new AtomicInteger();

	private final FakeOwnership ownership = new FakeOwnership("task");

	private DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofHours(1), false, Clocks.SYSTEM,
			RunObserver.NONE);

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void continuousMethodIsToldToEndAndCalledAnewWhenResumed() throws Exception {
		continuous(this::untilNotOwned);
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("begins true");
		setPaused(true);
		assertThat(this.calls.take()).isEqualTo("ends false");
		awaitStatus(ExecutionStatus.PAUSED);
		assertThat(this.ownership.stops()).as("it stays owned").isEmpty();
		setPaused(false);
		assertThat(this.calls.take()).isEqualTo("begins true");
		awaitStatus(ExecutionStatus.RUNNING);
		assertThat(execution().runs()).isEqualTo(2);
		revoke();
		awaitStop();
	}

	@Test
	void pausedTaskThatIsRevokedStopsOnceAndAtOnce() throws Exception {
		continuous(this::untilNotOwned);
		this.runner.start(this.ownership);
		this.calls.take();
		setPaused(true);
		awaitStatus(ExecutionStatus.PAUSED);
		revoke();
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.runner.execution(this.ownership.id())).isNull();
	}

	@Test
	void taskThatIsRevokedWhileItsPauseIsStoppingItStopsOnce() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		continuous((context) -> {
			this.calls.add("begins");
			end.await();
		});
		this.runner.start(this.ownership);
		this.calls.take();
		setPaused(true);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.STOPPING);
		revoke();
		assertThat(this.ownership.stops()).isEmpty();
		end.countDown();
		awaitStop();
	}

	@Test
	void pauseThatEndsBeforeTheRunDoesLetsAnotherOneBeginAfterIt() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		AtomicInteger running = new AtomicInteger();
		continuous((context) -> {
			assertThat(running.incrementAndGet()).isEqualTo(1);
			boolean first = end.getCount() > 0;
			this.calls.add("begins");
			if (first) {
				end.await();
				running.decrementAndGet();
				return;
			}
			untilNotOwned(context);
			running.decrementAndGet();
		});
		this.runner.start(this.ownership);
		this.calls.take();
		setPaused(true);
		setPaused(false);
		end.countDown();
		assertThat(this.calls.take()).isEqualTo("begins");
		assertThat(this.calls.take()).isEqualTo("begins true");
		assertThat(execution().failures()).isZero();
		revoke();
		awaitStop();
	}

	@Test
	void taskThatIsPausedWhenItIsAssignedDoesNotBegin() throws Exception {
		continuous(this::untilNotOwned);
		setPaused(true);
		this.runner.start(this.ownership);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.PAUSED);
		assertThat(execution().runs()).isZero();
		setPaused(false);
		assertThat(this.calls.take()).isEqualTo("begins true");
		revoke();
		awaitStop();
	}

	@Test
	void pausedRunThatDoesNotEndIsInterruptedAfterTheTimeout() throws Exception {
		this.runner = new DefaultTaskRunner(Duration.ofMillis(20), false, Clocks.SYSTEM, RunObserver.NONE);
		continuous((context) -> {
			this.calls.add("begins");
			new CountDownLatch(1).await();
		});
		this.runner.start(this.ownership);
		this.calls.take();
		setPaused(true);
		awaitStatus(ExecutionStatus.PAUSED);
		assertThat(execution().failures()).isZero();
	}

	@Test
	void completedTaskIsNotCalledAnewByAPauseButOnRequest() throws Exception {
		continuous((context) -> this.calls.add("begins"));
		this.runner.start(this.ownership);
		this.calls.take();
		awaitStatus(ExecutionStatus.COMPLETED);
		setPaused(true);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.PAUSED);
		assertThat(request()).isFalse();
		setPaused(false);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.COMPLETED);
		assertThat(this.calls).isEmpty();
		assertThat(request()).isTrue();
		assertThat(this.calls.take()).isEqualTo("begins");
		awaitStatus(ExecutionStatus.COMPLETED);
		assertThat(execution().runs()).isEqualTo(2);
		assertThat(this.requested).hasValue(1);
	}

	@Test
	void requestCutsAPauseAfterAFailureShort() throws Exception {
		continuous((context) -> {
			this.calls.add("begins");
			throw new IllegalStateException("broken");
		});
		this.runner.start(this.ownership);
		for (int i = 0; i < 8; i++) {
			this.calls.take();
			awaitStatus(ExecutionStatus.BACKOFF);
			assertThat(request()).isTrue();
		}
		assertThat(execution().failures()).isGreaterThanOrEqualTo(8);
		revoke();
		awaitStop();
	}

	@Test
	void requestLeavesARunInProgressAlone() throws Exception {
		continuous(this::untilNotOwned);
		this.runner.start(this.ownership);
		this.calls.take();
		awaitStatus(ExecutionStatus.RUNNING);
		assertThat(request()).isTrue();
		assertThat(this.calls).isEmpty();
		revoke();
		awaitStop();
		assertThat(this.calls).containsExactly("ends false");
	}

	@Test
	void listenerHandsOverAndTakesUpAgain() throws Exception {
		register(new TaskHandler.Listener("here", new OwnershipListener() {

			@Override
			public void onAssigned(TaskContext task) {
				PausedTasksTests.this.calls.add("assigned " + task.isOwned());
			}

			@Override
			public void onRevoked(TaskContext task) {
				PausedTasksTests.this.calls.add("revoked " + task.isOwned());
			}

			@Override
			public void onLost(TaskContext task) {
				PausedTasksTests.this.calls.add("lost");
			}

		}));
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("assigned true");
		setPaused(true);
		assertThat(this.calls.take()).isEqualTo("revoked false");
		awaitStatus(ExecutionStatus.PAUSED);
		setPaused(false);
		assertThat(this.calls.take()).isEqualTo("assigned true");
		assertThat(this.runner.runsOnRequest("task")).isFalse();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.calls).containsExactly("lost");
	}

	@Test
	void componentIsStoppedAndStarted() throws Exception {
		register(new TaskHandler.Component("here", () -> new Lifecycle() {

			@Override
			public void start() {
				PausedTasksTests.this.calls.add("start");
			}

			@Override
			public void stop() {
				PausedTasksTests.this.calls.add("stop");
			}

			@Override
			public boolean isRunning() {
				return false;
			}

		}));
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("start");
		setPaused(true);
		assertThat(this.calls.take()).isEqualTo("stop");
		awaitStatus(ExecutionStatus.PAUSED);
		setPaused(false);
		assertThat(this.calls.take()).isEqualTo("start");
		revoke();
		awaitStop();
	}

	@Test
	void instantsThatPassDuringAPauseAreNotMadeGood() {
		scheduled(this::record, everySecond(), new FixedRateTask(NAMED, Duration.ofSeconds(10), Duration.ofSeconds(4)),
				new FixedDelayTask(NAMED, Duration.ofSeconds(7), Duration.ofSeconds(2)));
		start(3);
		this.scheduler.advance(Duration.ofMillis(1500));
		assertThat(this.fired).containsExactly(seconds(1));
		setPaused(true);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.PAUSED);
		assertThat(execution().nextRun()).isNull();
		this.scheduler.advance(Duration.ofSeconds(60));
		assertThat(this.fired).hasSize(1);
		assertThat(this.runner.getScheduledTasks()).as("the schedules are still there").hasSize(3);
		setPaused(false);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.IDLE);
		awaitTimers(3);
		this.scheduler.advance(Duration.ofMillis(1000));
		assertThat(this.fired).containsExactly(seconds(1), seconds(62));
		this.scheduler.advance(Duration.ofMillis(6500));
		assertThat(this.fired).as("in phase, and one delay after the pause")
			.contains(seconds(64))
			.contains(NOON.plusMillis(68_500));
		assertThat(this.fired).hasSize(2 + 7 + 2);
	}

	@Test
	void taskThatIsHandedOverDuringAPauseLeavesNothingToMakeGood() {
		scheduled(this::record, everySecond(), new FixedRateTask(NAMED, Duration.ofSeconds(10), Duration.ofSeconds(4)));
		start(2);
		setPaused(true);
		this.scheduler.advance(Duration.ofSeconds(65));
		revoke();
		await()
			.untilAsserted(() -> assertThat(this.ownership.stops()).containsExactly(List.of(seconds(65), seconds(64))));
	}

	@Test
	void whatRunsOnceIsNotLeftOut() {
		scheduled(this::record, new OneTimeTask(NAMED, Duration.ofSeconds(3)));
		start(1);
		setPaused(true);
		this.scheduler.advance(Duration.ofSeconds(10));
		assertThat(this.fired).isEmpty();
		setPaused(false);
		awaitTimers(1);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.fired).containsExactly(seconds(3));
	}

	@Test
	void scheduledRunInProgressEndsByItselfWhenPaused() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		scheduled((context) -> {
			this.calls.add("begins");
			end.await();
			this.calls.add("ends " + context.isOwned());
		}, everySecond());
		start(1);
		Thread thread = new Thread(() -> this.scheduler.advance(Duration.ofSeconds(1)));
		thread.start();
		this.calls.take();
		setPaused(true);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.RUNNING);
		end.countDown();
		assertThat(this.calls.take()).isEqualTo("ends true");
		thread.join();
		assertThat(execution().status()).isEqualTo(ExecutionStatus.PAUSED);
		assertThat(this.scheduler.timers()).isEmpty();
		setPaused(false);
		awaitTimers(1);
	}

	@Test
	void scheduledTaskRunsOnceOnRequestAndItsScheduleGoesOn() {
		scheduled(this::record, everyMinute());
		start(1);
		assertThat(this.runner.runsOnRequest("task")).isTrue();
		assertThat(this.runner.runsOnRequest("unknown")).isFalse();
		assertThat(request()).isTrue();
		assertThat(this.requested).as("it has not begun yet").hasValue(0);
		await().until(() -> this.scheduler.timers().equals(List.of(NOON)));
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.requested).hasValue(1);
		assertThat(execution().runs()).isEqualTo(1);
		this.scheduler.advance(Duration.ofSeconds(58));
		assertThat(execution().runs()).isEqualTo(1);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.fired).containsExactly(Instant.EPOCH, seconds(60));
	}

	@Test
	void requestDuringARunIsMetAfterIt() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		scheduled((context) -> {
			record(context);
			this.calls.add("begins");
			end.await();
		}, everyMinute());
		start(1);
		Thread thread = new Thread(() -> this.scheduler.advance(Duration.ofSeconds(60)));
		thread.start();
		this.calls.take();
		assertThat(request()).isTrue();
		assertThat(this.requested).hasValue(0);
		end.countDown();
		thread.join();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.requested).hasValue(1);
		assertThat(this.fired).containsExactly(seconds(60), Instant.EPOCH);
	}

	@Test
	void requestThatHasNotBegunIsForgottenWhenTheShardIsRevokedOrPaused() {
		scheduled(this::record, everyMinute());
		start(1);
		assertThat(request()).isTrue();
		setPaused(true);
		assertThat(request()).isFalse();
		setPaused(false);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.fired).isEmpty();
		assertThat(request()).isTrue();
		revoke();
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(this.fired).isEmpty();
		assertThat(this.requested).as("for another owner to do").hasValue(0);
	}

	private void untilNotOwned(TaskContext context) {
		this.calls.add("begins " + context.isOwned());
		while (context.isOwned()) {
			Thread.onSpinWait();
		}
		this.calls.add("ends " + context.isOwned());
	}

	private void record(TaskContext context) {
		Instant scheduled = context.scheduledTime();
		this.fired.add((scheduled != null) ? scheduled : Instant.EPOCH);
	}

	private void awaitTimers(int count) {
		await().until(() -> this.scheduler.timers().size() == count);
	}

	private void setPaused(boolean paused) {
		this.runner.applyPauses((task) -> paused && task.equals("task"));
	}

	private boolean request() {
		return this.runner.run(this.ownership, this.requested::incrementAndGet);
	}

	private void continuous(TaskWork.Body body) {
		register(new TaskHandler.Continuous("here", body));
	}

	private void scheduled(TaskWork.Body body, Task... schedules) {
		this.runner = new DefaultTaskRunner(Duration.ofHours(1), false, this.scheduler, RunObserver.NONE);
		register(new TaskHandler.Scheduled("here", List.of(schedules), (task) -> this.scheduler, body));
	}

	private void register(TaskHandler handler) {
		this.runner.register(TaskDefinition.of("task"), MissedRun.FIRE_ONCE, handler);
	}

	private static Task everySecond() {
		return new CronTask(NAMED, new CronTrigger("* * * * * *", ZoneOffset.UTC));
	}

	private static Task everyMinute() {
		return new CronTask(NAMED, new CronTrigger("0 * * * * *", ZoneOffset.UTC));
	}

	private static Instant seconds(int seconds) {
		return NOON.plusSeconds(seconds);
	}

	private void start(int timers) {
		this.runner.start(this.ownership);
		await().until(() -> this.scheduler.timers().size() == timers);
	}

	private void revoke() {
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
	}

	private void awaitStop() {
		await().until(() -> this.ownership.stops().equals(List.of(List.of())));
	}

	private void awaitStatus(ExecutionStatus status) {
		await().until(() -> execution().status() == status);
	}

	private Execution execution() {
		return this.runner.execution(this.ownership.id());
	}

}
