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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.distributedtask.MissedRun;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.CronTrigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for what triggers and schedulers of the application may do to others.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ForeignCodeTests {

	private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

	private static final Runnable NAMED = () -> {
	};

	private final ManualScheduler scheduler = new ManualScheduler(NOON);

	private final DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofHours(1), false, this.scheduler,
			RunObserver.NONE);

	private final FakeOwnership ownership = new FakeOwnership("odd");

	private final FakeOwnership other = new FakeOwnership("other");

	private final List<Instant> fired = new CopyOnWriteArrayList<>();

	private final List<Instant> firedByOther = new CopyOnWriteArrayList<>();

	@BeforeEach
	void startOther() {
		register("other", everySecond(), this.scheduler, (context) -> this.firedByOther.add(context.scheduledTime()));
		this.runner.start(this.other);
		awaitTimers(1);
	}

	@AfterEach
	void close() {
		this.runner.close();
	}

	static Stream<Named<Supplier<Instant>>> oddAnswers() {
		return Stream.of(Named.of("RuntimeException", () -> {
			throw new IllegalArgumentException("odd");
		}), Named.of("Error", () -> {
			throw new StackOverflowError("odd");
		}), Named.of("failure without a message", () -> {
			throw new Unspeakable();
		}), Named.of("null", () -> null), Named.of("the same", () -> NOON), Named.of("the past", () -> Instant.EPOCH),
				Named.of("the least", () -> Instant.MIN), Named.of("the greatest", () -> Instant.MAX));
	}

	@ParameterizedTest
	@MethodSource("oddAnswers")
	void oddAnswerHarmsNoOther(Supplier<Instant> answer, CapturedOutput output) {
		register("odd", new TriggerTask(NAMED, (context) -> answer.get()), this.scheduler, this::record);
		this.runner.start(this.ownership);
		await().until(() -> output.getAll().contains("odd[0]: its trigger"));
		this.runner.applyPauses((task) -> true);
		this.runner.applyPauses((task) -> false);
		awaitTimers(1);
		this.scheduler.advance(Duration.ofMillis(2500));
		assertThat(this.firedByOther).containsExactly(NOON.plusSeconds(1), NOON.plusSeconds(2));
		assertThat(this.fired).isEmpty();
		lookAtAll();
		this.runner.run(this.ownership, () -> this.fired.add(Instant.EPOCH));
		awaitTimers(2);
		this.scheduler.advance(Duration.ofMillis(100));
		assertThat(this.fired).as("on request").hasSize(2);
		revoke(this.ownership);
		await().until(() -> this.ownership.stops().size() == 1);
		assertThat(output.getAll().split("odd\\[0\\]: its trigger", -1)).as("told once").hasSize(2);
	}

	@Test
	void triggerThatFailsIsAskedAgainAndShownUntilThen() {
		AtomicInteger asked = new AtomicInteger();
		register("odd", new TriggerTask(NAMED, (context) -> {
			if (asked.getAndIncrement() == 0) {
				throw new IllegalStateException("not yet");
			}
			return context.lastCompletion().plusSeconds(5);
		}), this.scheduler, this::record);
		this.runner.start(this.ownership);
		await().until(() -> this.runner.execution(this.ownership.id()).lastError() != null);
		assertThat(this.runner.execution(this.ownership.id())).satisfies((execution) -> {
			assertThat(execution.lastError()).isEqualTo("java.lang.IllegalStateException: not yet");
			assertThat(execution.failures()).as("no run has failed").isZero();
			assertThat(execution.nextRun()).isNull();
		});
		this.runner.run(this.ownership, () -> {
		});
		awaitTimers(2);
		this.scheduler.advance(Duration.ofMillis(500));
		assertThat(this.fired).containsExactly(Instant.EPOCH);
		awaitTimers(2);
		this.scheduler.advance(Duration.ofSeconds(6));
		await().until(() -> this.fired.contains(NOON.plusSeconds(5)));
	}

	@Test
	void triggerThatTakesForEverKeepsNobodyWaiting() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		Trigger blocking = (context) -> {
			asked.countDown();
			return never();
		};
		register("odd", new TriggerTask(NAMED, blocking), this.scheduler, this::record);
		this.runner.start(this.ownership);
		asked.await();
		FakeOwnership sibling = new FakeOwnership("odd", 1).failedOver(NOON.minusSeconds(10));
		this.runner.start(sibling);
		lookAtAll();
		this.runner.applyPauses((task) -> task.equals("odd"));
		revoke(this.ownership);
		await().until(() -> this.ownership.stops().equals(List.of(List.of(NOON))));
		sibling.phase(Phase.LOST);
		this.runner.lost(sibling);
		await().until(() -> sibling.stops().size() == 1);
		this.scheduler.advance(Duration.ofMillis(2500));
		assertThat(this.firedByOther).containsExactly(NOON.plusSeconds(1), NOON.plusSeconds(2));
	}

	@Test
	void triggerThatTakesForEverAfterARunKeepsNobodyWaiting() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		register("odd",
				new TriggerTask(NAMED, (context) -> (asked.getAndIncrement() == 0) ? NOON.plusMillis(1500) : never()),
				this.scheduler, this::record);
		this.runner.start(this.ownership);
		awaitTimers(2);
		this.scheduler.advance(Duration.ofMillis(3500));
		assertThat(this.fired).hasSize(1);
		assertThat(this.firedByOther).as("by the same thread of the scheduler").hasSize(3);
		await().until(() -> asked.get() == 2);
		lookAtAll();
		revoke(this.ownership);
		await().until(() -> this.ownership.stops().equals(List.of(List.of(NOON.plusMillis(1500)))));
	}

	@Test
	void schedulerThatTakesForEverKeepsNobodyWaiting() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		TaskScheduler blocking = mock();
		given(blocking.getClock()).willReturn(Clock.fixed(NOON, ZoneOffset.UTC));
		given(blocking.schedule(any(Runnable.class), any(Instant.class))).will((call) -> {
			asked.countDown();
			return never();
		});
		register("odd", everySecond(), blocking, this::record);
		this.runner.start(this.ownership);
		asked.await();
		lookAtAll();
		this.runner.applyPauses((task) -> task.equals("odd"));
		this.runner.applyPauses((task) -> false);
		this.runner.run(this.ownership, () -> {
		});
		revoke(this.ownership);
		await().until(() -> this.ownership.stops().size() == 1);
		this.scheduler.advance(Duration.ofMillis(2500));
		assertThat(this.firedByOther).hasSize(2);
	}

	@Test
	void timerThatCannotBeTakenBackKeepsNobodyWaiting(CapturedOutput output) {
		ScheduledFuture<?> timer = mock();
		TaskScheduler odd = mock();
		given(odd.getClock()).willReturn(Clock.fixed(NOON, ZoneOffset.UTC));
		given(odd.schedule(any(Runnable.class), any(Instant.class))).will((call) -> timer);
		given(timer.cancel(false)).will((call) -> never());
		register("odd", everySecond(), odd, this::record);
		this.runner.start(this.ownership);
		await().until(() -> this.runner.execution(this.ownership.id()).nextRun() != null);
		revoke(this.ownership);
		await().until(() -> this.ownership.stops().size() == 1);
		willThrow(new StackOverflowError()).given(timer).cancel(false);
		register("odder", everySecond(), odd, this::record);
		FakeOwnership odder = new FakeOwnership("odder");
		this.runner.start(odder);
		await().until(() -> this.runner.execution(odder.id()).nextRun() != null);
		revoke(odder);
		await().until(() -> odder.stops().size() == 1);
		await().until(() -> output.getAll().contains("odder[0]: a timer cannot be canceled"));
	}

	@Test
	void callThatTakesLongIsReportedOnceWithTheTaskAndItsStack(CapturedOutput output) {
		TaskThreads threads = new TaskThreads(false);
		ForeignCalls calls = new ForeignCalls("odd", threads, Duration.ofMillis(20));
		CountDownLatch end = new CountDownLatch(1);
		CountDownLatch next = new CountDownLatch(1);
		calls.execute(() -> awaitUninterruptibly(end));
		calls.execute(next::countDown);
		await().until(() -> output.getAll().contains("Task 'odd': its trigger or its scheduler has not returned"));
		assertThat(output).contains("awaitUninterruptibly");
		assertThat(next.getCount()).isEqualTo(1);
		end.countDown();
		await().until(() -> next.getCount() == 0);
		assertThat(output.getAll().split("has not returned", -1)).hasSize(2);
		threads.close();
	}

	private void lookAtAll() {
		assertThat(this.runner.execution(this.ownership.id())).isNotNull();
		assertThat(this.runner.getScheduledTasks()).hasSizeGreaterThan(1);
		this.runner.getScheduledTasks().forEach(ScheduledTask::nextExecution);
	}

	private static <T> T never() throws IllegalStateException {
		awaitUninterruptibly(new CountDownLatch(1));
		throw new IllegalStateException("closed");
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void record(TaskContext context) {
		Instant scheduled = context.scheduledTime();
		this.fired.add((scheduled != null) ? scheduled : Instant.EPOCH);
	}

	private void register(String name, Task schedule, TaskScheduler scheduler, TaskWork.Body body) {
		this.runner.register(List.of(new RegisteredTask(TaskDefinition.of(name).withShards(16), MissedRun.FIRE_ONCE,
				new TaskHandler.Scheduled("here", List.of(schedule), (task) -> scheduler, body))));
	}

	private static Task everySecond() {
		return new CronTask(NAMED, new CronTrigger("* * * * * *", ZoneOffset.UTC));
	}

	private void awaitTimers(int count) {
		await().untilAsserted(() -> assertThat(this.scheduler.timers()).hasSize(count));
	}

	private void revoke(FakeOwnership ownership) {
		ownership.phase(Phase.REVOKING);
		this.runner.revoke(ownership);
	}

	/**
	 * Fails when it is asked what it is, too.
	 */
	@SuppressWarnings("serial")
	private static final class Unspeakable extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("unspeakable");
		}

	}

}
