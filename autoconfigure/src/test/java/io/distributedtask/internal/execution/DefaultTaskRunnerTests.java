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
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DefaultTaskRunner} with tasks that have no schedule.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class DefaultTaskRunnerTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

	private final FakeOwnership ownership = new FakeOwnership("crawler", 3);

	private DefaultTaskRunner runner = new DefaultTaskRunner(LONG, false, Clocks.SYSTEM, RunObserver.NONE);

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void continuousMethodRunsUntilRevoked() throws Exception {
		continuous((context) -> {
			assertThat(TaskContext.current()).isSameAs(context);
			this.calls.add(Thread.currentThread().getName() + " " + context);
			while (context.isOwned()) {
				Thread.onSpinWait();
			}
			assertThat(context.leaseRemaining()).isZero();
		});
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("task-crawler-3 crawler[3], fencing token 42, OWNED");
		assertThat(execution().status()).isEqualTo(ExecutionStatus.RUNNING);
		revoke();
		awaitStop();
		assertThat(this.runner.execution(this.ownership.id())).isNull();
	}

	@Test
	void continuousMethodThatReturnsIsCompleted() {
		continuous((context) -> {
		});
		this.runner.start(this.ownership);
		await().until(() -> execution().status() == ExecutionStatus.COMPLETED);
		assertThat(execution().runs()).isEqualTo(1);
		assertThat(execution().failures()).isZero();
		assertThat(this.ownership.stops()).isEmpty();
		revoke();
		awaitStop();
	}

	@Test
	void ownershipLostExceptionIsAReturnOnceItIsTrue(CapturedOutput output) {
		for (Throwable end : List.of(new OwnershipLostException("crawler", 3, 42), new IllegalStateException("wrapped",
				new CompletionException(new OwnershipLostException("crawler", 3, 42))))) {
			FakeOwnership lost = new FakeOwnership("crawler");
			this.runner = new DefaultTaskRunner(Duration.ofHours(1), false, Clocks.SYSTEM, RunObserver.NONE);
			continuous((context) -> {
				lost.phase(Phase.LOST);
				throw (Exception) end;
			});
			this.runner.start(lost);
			await().until(() -> this.runner.execution(lost.id()).status() == ExecutionStatus.COMPLETED);
			assertThat(this.runner.execution(lost.id()).failures()).isZero();
			this.runner.lost(lost);
			await().until(() -> lost.stops().size() == 1);
		}
		assertThat(output).doesNotContain("failed");
	}

	static Stream<Throwable> whatAnOwnerMayNotEndWithInSilence() {
		OwnershipLostException refused = new OwnershipLostException("crawler", 3, 42);
		return Stream.of(refused, new IllegalStateException("wrapped", refused), new InterruptedException("odd"),
				new CancellationException("odd"), new ExecutionException(refused), new AssertionError("odd"));
	}

	@ParameterizedTest
	@MethodSource("whatAnOwnerMayNotEndWithInSilence")
	void whateverAnOwnerThrowsIsAFailure(Throwable thrown, CapturedOutput output) throws Exception {
		TaskWork.Body body = (context) -> {
			if (thrown instanceof Error error) {
				throw error;
			}
			throw (Exception) thrown;
		};
		continuous(body);
		this.runner.start(this.ownership);
		await().until(() -> execution().failures() > 1);
		assertThat(execution().lastError()).startsWith(thrown.getClass().getName());
		revoke();
		awaitStop();
		assertThat(output).contains("ERROR")
			.containsPattern("crawler\\[3] failed under fencing token 42; it is called again in \\d+ ms");
		this.runner = new DefaultTaskRunner(Duration.ofHours(1), false, Clocks.SYSTEM, RunObserver.NONE);
		listener(new OwnershipListener() {

			@Override
			public void onAssigned(TaskContext task) throws Exception {
				body.run(task);
			}

			@Override
			public void onRevoked(TaskContext task) throws Exception {
				// nobody else owns it yet
				throw new OwnershipLostException("crawler", 4, 42);
			}

		});
		FakeOwnership leader = new FakeOwnership("crawler", 4);
		this.runner.start(leader);
		await().until(() -> this.runner.execution(leader.id()).failures() > 1);
		leader.phase(Phase.REVOKING);
		this.runner.revoke(leader);
		await().until(() -> leader.stops().size() == 1);
		assertThat(output).containsPattern("crawler\\[4] failed under fencing token 42; it is started again in \\d+ ms")
			.contains("crawler[4] failed under fencing token 42; this was its end");
	}

	@Test
	void continuousMethodThatFailsStartsAgain() throws Exception {
		continuous((context) -> {
			this.calls.add("run");
			Thread.currentThread().interrupt();
			throw new IllegalStateException("broken");
		});
		this.runner.start(this.ownership);
		this.calls.take();
		Execution execution = await().until(this::execution, (shown) -> shown.status() == ExecutionStatus.BACKOFF);
		assertThat(execution.lastError()).isEqualTo("java.lang.IllegalStateException: broken");
		assertThat(execution.lastErrorStack()).startsWith("java.lang.IllegalStateException: broken")
			.contains("\tat " + DefaultTaskRunnerTests.class.getName());
		assertThat(execution.nextRun()).isAfter(execution.lastStart());
		this.calls.take();
		this.calls.take();
		assertThat(execution().failures()).isGreaterThanOrEqualTo(2);
		revoke();
		awaitStop();
	}

	@Test
	void revokedWhileBackingOffStopsAtOnce() {
		continuous((context) -> {
			throw new AssertionError("broken");
		});
		this.runner.start(this.ownership);
		await().until(() -> execution().failures() > 0);
		revoke();
		awaitStop();
	}

	@Test
	void runThatOutlastsTheTimeoutIsInterruptedOnceAndStaysUntilItEnds(CapturedOutput output) throws Exception {
		this.runner = new DefaultTaskRunner(Duration.ofMillis(20), false, Clocks.SYSTEM, RunObserver.NONE);
		Semaphore interrupts = new Semaphore(0);
		CountDownLatch end = new CountDownLatch(1);
		continuous((context) -> {
			this.calls.add("run");
			while (true) {
				try {
					end.await();
					return;
				}
				catch (InterruptedException ex) {
					interrupts.release();
				}
			}
		});
		this.runner.start(this.ownership);
		this.calls.take();
		revoke();
		interrupts.acquire();
		assertThat(this.ownership.stops()).isEmpty();
		assertThat(execution().status()).isEqualTo(ExecutionStatus.STOPPING);
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		this.runner.close();
		assertThat(interrupts.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
		assertThat(this.ownership.stops()).isEmpty();
		end.countDown();
		awaitStop();
		assertThat(output).containsOnlyOnce("crawler[3] did not stop within 20 ms")
			.contains(DefaultTaskRunnerTests.class.getName());
	}

	@Test
	void lostRunIsInterruptedAtOnce() throws Exception {
		continuous((context) -> {
			this.calls.add("run");
			new Semaphore(0).acquire();
		});
		this.runner.start(this.ownership);
		this.calls.take();
		revoke();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		awaitStop();
	}

	@Test
	void lostRunThatGoesOnIsReported(CapturedOutput output) throws Exception {
		this.runner = new DefaultTaskRunner(Duration.ofMillis(20), false, Clocks.SYSTEM, RunObserver.NONE);
		CountDownLatch end = new CountDownLatch(1);
		continuous((context) -> {
			this.calls.add("run");
			while (end.getCount() > 0) {
				Thread.onSpinWait();
			}
		});
		this.runner.start(this.ownership);
		this.calls.take();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		await().until(() -> output.toString().contains("crawler[3] did not stop within 20 ms"));
		assertThat(this.ownership.stops()).isEmpty();
		end.countDown();
		awaitStop();
	}

	@Test
	void hurriedRunIsInterruptedThoughItsTimeIsNotOver() throws Exception {
		continuous((context) -> {
			this.calls.add("run");
			new Semaphore(0).acquire();
		});
		this.runner.start(this.ownership);
		this.calls.take();
		this.runner.hurry(this.ownership);
		assertThat(execution().status()).as("for it was not told to stop").isEqualTo(ExecutionStatus.RUNNING);
		revoke();
		this.runner.hurry(this.ownership);
		awaitStop();
	}

	@Test
	void hurriedRunThatGoesOnIsReportedOnce(CapturedOutput output) throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		continuous((context) -> {
			this.calls.add("run");
			while (end.getCount() > 0) {
				Thread.onSpinWait();
			}
		});
		this.runner.start(this.ownership);
		this.calls.take();
		revoke();
		this.runner.hurry(this.ownership);
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		await().until(() -> output.toString().contains("crawler[3] did not stop within"));
		end.countDown();
		awaitStop();
		assertThat(output).containsOnlyOnce("crawler[3] did not stop within");
	}

	@Test
	void lostAfterStoppedIsIgnored() {
		continuous((context) -> {
		});
		this.runner.start(this.ownership);
		revoke();
		awaitStop();
		this.runner.lost(this.ownership);
		FakeOwnership next = new FakeOwnership("crawler", 3);
		this.runner.start(next);
		this.runner.lost(this.ownership);
		await().until(() -> execution().status() == ExecutionStatus.COMPLETED);
		assertThat(this.ownership.stops()).hasSize(1);
		assertThat(next.stops()).isEmpty();
	}

	@Test
	void expiredOwnershipIsNotBegun() {
		continuous((context) -> this.calls.add("run"));
		this.ownership.phase(Phase.LOST);
		this.runner.start(this.ownership);
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.calls).isEmpty();
	}

	@Test
	void virtualThreadsAreUsedWhereThereAreSome() throws Exception {
		this.runner = new DefaultTaskRunner(LONG, true, Clocks.SYSTEM, RunObserver.NONE);
		continuous((context) -> this.calls.add(Thread.currentThread().toString()));
		this.runner.start(this.ownership);
		String thread = this.calls.take();
		assertThat(thread).contains("task-crawler-3");
		assertThat(thread.startsWith("VirtualThread")).isEqualTo(Runtime.version().feature() >= 21);
	}

	@Test
	void listenerIsToldOfBeginningAndEnd() throws Exception {
		listener(new RecordingListener());
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("assigned true");
		await().until(() -> execution().status() == ExecutionStatus.RUNNING);
		revoke();
		awaitStop();
		assertThat(this.calls).containsExactly("revoked false");
	}

	@Test
	void listenerIsToldOfLoss() throws Exception {
		listener(new RecordingListener());
		this.runner.start(this.ownership);
		this.calls.take();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.calls).containsExactly("lost false");
	}

	@Test
	void listenerThatIsStillBeginningIsInterruptedWhenLostAndThenTold() throws Exception {
		listener(new RecordingListener() {

			@Override
			public void onAssigned(TaskContext task) throws Exception {
				super.onAssigned(task);
				try {
					new Semaphore(0).acquire();
				}
				finally {
					DefaultTaskRunnerTests.this.calls.add("interrupted");
				}
			}

		});
		this.runner.start(this.ownership);
		this.calls.take();
		revoke();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.calls).containsExactly("interrupted", "lost false");
	}

	@Test
	void listenerThatIsBeingRevokedWhenLostIsNotToldTwice() throws Exception {
		listener(new RecordingListener() {

			@Override
			public void onRevoked(TaskContext task) throws Exception {
				super.onRevoked(task);
				new Semaphore(0).acquire();
			}

		});
		this.runner.start(this.ownership);
		this.calls.take();
		revoke();
		assertThat(this.calls.take()).isEqualTo("revoked false");
		assertThat(this.ownership.stops()).isEmpty();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		awaitStop();
		assertThat(this.calls).isEmpty();
	}

	@Test
	void listenerThatFailsStaysOwnedAndIsToldOfTheEnd() throws Exception {
		listener(new RecordingListener() {

			@Override
			public void onAssigned(TaskContext task) throws Exception {
				super.onAssigned(task);
				throw new IllegalStateException("not ready");
			}

		});
		this.runner.start(this.ownership);
		this.calls.take();
		await().until(() -> execution().status() == ExecutionStatus.BACKOFF);
		assertThat(execution().failures()).isPositive();
		assertThat(execution().lastError()).endsWith("not ready");
		revoke();
		awaitStop();
		assertThat(this.calls).endsWith("revoked false").containsOnlyOnce("revoked false");
	}

	@Test
	void componentIsStartedAndStopped() throws Exception {
		AtomicReference<Runnable> callback = new AtomicReference<>();
		component(new RecordingComponent() {

			@Override
			public void stop(Runnable stopped) {
				super.stop();
				callback.set(stopped);
			}

		});
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("start");
		revoke();
		assertThat(this.calls.take()).isEqualTo("stop");
		await().until(() -> callback.get() != null);
		assertThat(this.ownership.stops()).isEmpty();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		assertThat(this.ownership.stops()).isEmpty();
		callback.get().run();
		awaitStop();
	}

	@Test
	void componentThatDoesNotStartIsStartedAgain() throws Exception {
		component(new RecordingComponent() {

			@Override
			public void start() {
				super.start();
				throw new IllegalStateException("not ready");
			}

		});
		this.runner.start(this.ownership);
		this.calls.take();
		await().until(() -> execution().status() == ExecutionStatus.BACKOFF);
		this.calls.take();
		revoke();
		awaitStop();
		assertThat(this.calls).contains("stop");
	}

	@Test
	void namesAreUnique() {
		continuous((context) -> {
		});
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.runner.register(TaskDefinition.of("crawler"), MissedRun.SKIP,
					new TaskHandler.Listener("there", new RecordingListener())))
			.withMessage("Two tasks have the name 'crawler': here and there");
	}

	@Test
	void componentHasOneShard() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.runner.register(TaskDefinition.of("relay").withShards(2), MissedRun.SKIP,
					new TaskHandler.Component("there", RecordingComponent::new)))
			.withMessage("Task 'relay' (there) cannot have 2 shards: it is one component");
	}

	@Test
	void tasksAreFixedOnceStarted() {
		continuous((context) -> {
		});
		assertThat(this.runner.tasks()).extracting(TaskDefinition::name).containsExactly("crawler");
		this.runner.start(this.ownership);
		assertThatIllegalStateException().isThrownBy(() -> this.runner.register(TaskDefinition.of("late"),
				MissedRun.SKIP, new TaskHandler.Continuous("there", (context) -> {
				})))
			.withMessageContaining("'late' (there) is declared too late");
	}

	@Test
	void tasksComeAndGoAtRunTime() {
		this.runner.register(TaskDefinition.of("annotated"), MissedRun.FIRE_ONCE,
				new TaskHandler.Continuous("method x", (context) -> {
				}));
		this.runner.start(this.ownership);
		this.runner.register(List.of(registered("one"), registered("two")));
		assertThat(this.runner.tasks()).extracting(TaskDefinition::name).containsExactly("annotated", "one", "two");
		assertThat(this.runner.unregister(List.of("two", "three", "two"))).containsExactly("two");
		assertThat(this.runner.tasks()).extracting(TaskDefinition::name).containsExactly("annotated", "one");
		this.runner.register(List.of(registered("two")));
		assertThat(this.runner.tasks()).hasSize(3);
	}

	@Test
	void tasksAreAddedAllOrNone() {
		this.runner.register(List.of(registered("one")));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.runner.register(List.of(registered("two"), registered("one"))))
			.withMessage("Two tasks have the name 'one': here and here");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.runner.register(List.of(registered("two"), registered("two"))));
		assertThat(this.runner.tasks()).hasSize(1);
	}

	@Test
	void annotatedTasksStay() {
		this.runner.register(TaskDefinition.of("annotated"), MissedRun.FIRE_ONCE,
				new TaskHandler.Continuous("method x", (context) -> {
				}));
		this.runner.register(List.of(registered("one")));
		assertThatIllegalArgumentException().isThrownBy(() -> this.runner.unregister(List.of("one", "annotated")))
			.withMessage("Task 'annotated' cannot be unregistered: it is declared by method x");
		assertThat(this.runner.tasks()).hasSize(2);
	}

	private static RegisteredTask registered(String name) {
		return RegisteredTask.of(TaskDefinition.of(name), TaskWork.continuous((context) -> {
		}), "here", (task) -> new ManualScheduler(Instant.EPOCH));
	}

	@Test
	void unknownTaskStopsAtOnce() {
		FakeOwnership unknown = new FakeOwnership("unknown");
		this.runner.start(unknown);
		assertThat(this.runner.execution(new TaskId("unknown", 0)).status()).isEqualTo(ExecutionStatus.IDLE);
		this.runner.revoke(unknown);
		await().until(() -> unknown.stops().equals(List.of(List.of())));
	}

	private void continuous(TaskWork.Body body) {
		this.runner.register(TaskDefinition.of("crawler").withShards(16), MissedRun.SKIP,
				new TaskHandler.Continuous("here", body));
	}

	private void listener(OwnershipListener listener) {
		this.runner.register(TaskDefinition.of("crawler").withShards(16), MissedRun.SKIP,
				new TaskHandler.Listener("here", listener));
	}

	private void component(Lifecycle component) {
		this.runner.register(TaskDefinition.of("crawler"), MissedRun.SKIP,
				new TaskHandler.Component("here", () -> component));
	}

	private void revoke() {
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
	}

	private void awaitStop() {
		await().until(() -> this.ownership.stops().equals(List.of(List.of())));
	}

	private Execution execution() {
		return this.runner.execution(this.ownership.id());
	}

	private class RecordingListener implements OwnershipListener {

		@Override
		public void onAssigned(TaskContext task) throws Exception {
			DefaultTaskRunnerTests.this.calls.add("assigned " + TaskContext.current().isOwned());
		}

		@Override
		public void onRevoked(TaskContext task) throws Exception {
			DefaultTaskRunnerTests.this.calls.add("revoked " + TaskContext.current().isOwned());
		}

		@Override
		public void onLost(TaskContext task) {
			DefaultTaskRunnerTests.this.calls.add("lost " + TaskContext.current().isOwned());
		}

	}

	private class RecordingComponent implements SmartLifecycle {

		@Override
		public void start() {
			DefaultTaskRunnerTests.this.calls.add("start");
		}

		@Override
		public void stop() {
			DefaultTaskRunnerTests.this.calls.add("stop");
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
