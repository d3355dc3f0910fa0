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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OwnershipWorkExecution}: what ends by itself is noticed, and what
 * somebody else has ended is not taken for it.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class OwnershipWorkExecutionTests {

	private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();

	private final FakeOwnership ownership = new FakeOwnership("relay");

	private DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofHours(1), false, Clocks.SYSTEM,
			RunObserver.NONE);

	private volatile boolean halted;

	@AfterEach
	void close() {
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
		this.runner.close();
	}

	@Test
	void componentThatStopsByItselfIsAFailureAndStartedAgain(CapturedOutput output) throws Exception {
		Component component = start(new Component());
		assertThat(this.calls.take()).isEqualTo("start");
		awaitStatus(ExecutionStatus.RUNNING);
		component.running = false;
		assertThat(this.calls.take()).as("what is left of it").isEqualTo("stop");
		assertThat(this.calls.take()).isEqualTo("start");
		awaitStatus(ExecutionStatus.RUNNING);
		assertThat(execution().failures()).isEqualTo(1);
		assertThat(execution().runs()).isEqualTo(2);
		assertThat(execution().lastError())
			.startsWith("isRunning() of here returns false, though the shard is owned here: ");
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), "relay[0] failed")).isEqualTo(1);
	}

	@Test
	void componentThatStopsAgainAndAgainIsShownInItsPauses() throws Exception {
		start(new Component() {

			@Override
			public boolean isRunning() {
				throw new IllegalStateException("nobody knows");
			}

		});
		await().atMost(Duration.ofSeconds(60)).until(() -> execution().status() == ExecutionStatus.BACKOFF);
		assertThat(execution().lastError()).endsWith("nobody knows");
		await().atMost(Duration.ofSeconds(60)).until(() -> execution().runs() == 2);
	}

	@Test
	void componentThatIsNotRunningAfterItsStartIsAFailure() {
		start(new Component() {

			@Override
			public void start() {
				OwnershipWorkExecutionTests.this.calls.add("start");
			}

		});
		await().atMost(Duration.ofSeconds(60)).until(() -> execution().failures() == 1 && execution().runs() == 2);
	}

	@Test
	void componentThatTakesItsTimeToRunIsNoFailure() throws Exception {
		Component component = start(new Component() {

			@Override
			public void start() {
				OwnershipWorkExecutionTests.this.calls.add("start");
			}

		});
		this.calls.take();
		component.awaitQuestions(2);
		component.running = true;
		component.awaitQuestions(2);
		assertThat(execution().failures()).isZero();
		assertThat(execution().status()).isEqualTo(ExecutionStatus.RUNNING);
	}

	@Test
	void stopThatTakesLongIsNoFailure() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Component component = start(new Component() {

			@Override
			public void stop() {
				super.stop();
				try {
					end.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
			}

		});
		this.calls.take();
		component.awaitQuestions(1);
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
		assertThat(this.calls.take()).isEqualTo("stop");
		assertThat(this.calls.poll(3, TimeUnit.SECONDS)).as("started again").isNull();
		assertThat(execution().failures()).isZero();
		assertThat(execution().status()).isEqualTo(ExecutionStatus.STOPPING);
		end.countDown();
		await().until(() -> this.ownership.stops().size() == 1);
	}

	@Test
	void componentThatStillRunsAfterItsStopKeepsItsShard(CapturedOutput output) throws Exception {
		Component component = startImpatiently(new Component() {

			@Override
			public void stop() {
				OwnershipWorkExecutionTests.this.calls.add("stop");
			}

		});
		revokeAndSeeThatItStaysUntilItDoesNotRun(component, output);
		assertThat(output).doesNotContain("relay[0] failed");
	}

	@Test
	void componentThatStillRunsAfterItsStopHasFailedKeepsItsShard(CapturedOutput output) throws Exception {
		Component component = startImpatiently(new Component() {

			@Override
			public void stop() {
				OwnershipWorkExecutionTests.this.calls.add("stop");
				throw new IllegalStateException("cannot be stopped");
			}

		});
		revokeAndSeeThatItStaysUntilItDoesNotRun(component, output);
		assertThat(output).contains("relay[0] failed").contains("cannot be stopped");
	}

	private void revokeAndSeeThatItStaysUntilItDoesNotRun(Component component, CapturedOutput output)
			throws InterruptedException {
		revoke();
		assertThat(this.calls.take()).isEqualTo("stop");
		await().atMost(Duration.ofSeconds(60))
			.until(() -> output.toString().contains("here has been stopped, but its isRunning() still returns true"));
		component.awaitQuestions(3);
		assertThat(this.ownership.stops()).isEmpty();
		assertThat(execution().status()).isEqualTo(ExecutionStatus.STOPPING);
		component.running = false;
		await().atMost(Duration.ofSeconds(60)).until(() -> this.ownership.stops().size() == 1);
		assertThat(output).containsOnlyOnce("its isRunning() still returns true");
	}

	@Test
	void stopThatNeverCallsBackIsOverWhenTheComponentDoesNotRun(CapturedOutput output) throws Exception {
		Component component = startImpatiently(new SilentComponent());
		revoke();
		assertThat(this.calls.take()).isEqualTo("stop");
		component.awaitQuestions(3);
		assertThat(this.ownership.stops()).as("while it runs").isEmpty();
		component.running = false;
		await().atMost(Duration.ofSeconds(60)).until(() -> this.ownership.stops().size() == 1);
		assertThat(output).containsOnlyOnce("stop(Runnable) of here has not called back within 20 ms");
	}

	@Test
	void stopIsBelievedWhereNobodyKnowsWhetherTheComponentRuns() throws Exception {
		start(new Component() {

			@Override
			public boolean isRunning() {
				throw new IllegalStateException("nobody knows");
			}

		});
		assertThat(this.calls.take()).isEqualTo("start");
		revoke();
		await().atMost(Duration.ofSeconds(60)).until(() -> this.ownership.stops().size() == 1);
	}

	private Component startImpatiently(Component component) throws InterruptedException {
		this.runner = new DefaultTaskRunner(Duration.ofMillis(20), false, Clocks.SYSTEM, RunObserver.NONE);
		start(component);
		assertThat(this.calls.take()).isEqualTo("start");
		return component;
	}

	private void revoke() {
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
	}

	@Test
	void componentIsNotStartedAgainWhenItsShardHasGone() throws Exception {
		Component component = start(new Component());
		this.calls.take();
		component.awaitQuestions(1);
		this.ownership.phase(Phase.LOST);
		component.running = false;
		this.runner.lost(this.ownership);
		assertThat(this.calls.take()).isEqualTo("stop");
		await().until(() -> this.ownership.stops().size() == 1);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void componentIsNotStartedAgainInAPause() throws Exception {
		Component component = start(new Component());
		this.calls.take();
		component.awaitQuestions(1);
		this.runner.applyPauses((task) -> true);
		assertThat(this.calls.take()).isEqualTo("stop");
		awaitStatus(ExecutionStatus.PAUSED);
		assertThat(this.calls.poll(3, TimeUnit.SECONDS)).isNull();
		assertThat(execution().failures()).isZero();
		this.runner.applyPauses((task) -> false);
		assertThat(this.calls.take()).isEqualTo("start");
	}

	@Test
	void whatTheApplicationStopsIsNoFailureAndGoesOnWithIt() throws Exception {
		Component component = start(new Component());
		this.calls.take();
		component.awaitQuestions(1);
		this.halted = true;
		component.running = false;
		component.awaitQuestions(4);
		assertThat(this.calls).isEmpty();
		this.halted = false;
		assertThat(this.calls.take()).isEqualTo("start");
		assertThat(execution().failures()).isZero();
	}

	@Test
	void componentThatTheContextHasStartedWithoutOwnershipIsStopped() throws Exception {
		Component component = new Component();
		register(component);
		component.start();
		this.runner.stopUnowned();
		assertThat(component.isRunning()).isFalse();
		this.calls.clear();
		this.runner.start(this.ownership);
		assertThat(this.calls.take()).isEqualTo("start");
		this.runner.stopUnowned();
		assertThat(component.isRunning()).isTrue();
	}

	@Test
	void listenerThatFailsIsToldAgain() throws Exception {
		this.runner.register(TaskDefinition.of("relay"), MissedRun.SKIP,
				new TaskHandler.Listener("here", new OwnershipListener() {

					private int failures = 2;

					@Override
					public void onAssigned(TaskContext task) {
						OwnershipWorkExecutionTests.this.calls.add("assigned");
						if (this.failures-- > 0) {
							throw new IllegalStateException("not ready");
						}
					}

					@Override
					public void onRevoked(TaskContext task) {
						OwnershipWorkExecutionTests.this.calls.add("revoked");
					}

				}));
		this.runner.start(this.ownership);
		for (int i = 0; i < 3; i++) {
			assertThat(this.calls.take()).isEqualTo("assigned");
		}
		awaitStatus(ExecutionStatus.RUNNING);
		assertThat(execution().failures()).isEqualTo(2);
		this.ownership.phase(Phase.REVOKING);
		this.runner.revoke(this.ownership);
		await().until(() -> this.ownership.stops().size() == 1);
		assertThat(this.calls).containsExactly("revoked");
	}

	@Test
	void whatWaitsToBeBegunAgainStaysDownWhileTheContextStops() throws Exception {
		CountDownLatch fail = new CountDownLatch(1);
		this.runner.haltWhile(() -> this.halted);
		FakeOwnership crawler = new FakeOwnership("crawler");
		this.runner.register(TaskDefinition.of("crawler"), MissedRun.SKIP,
				new TaskHandler.Continuous("here", (context) -> failAfter(fail)));
		this.runner.register(TaskDefinition.of("relay"), MissedRun.SKIP,
				new TaskHandler.Listener("here", new OwnershipListener() {

					@Override
					public void onAssigned(TaskContext task) throws Exception {
						failAfter(fail);
					}

					@Override
					public void onRevoked(TaskContext task) {
					}

				}));
		this.runner.start(this.ownership);
		this.runner.start(crawler);
		this.calls.take();
		this.calls.take();
		this.halted = true;
		fail.countDown();
		awaitStatus(ExecutionStatus.BACKOFF);
		assertThat(this.calls.poll(3, TimeUnit.SECONDS)).as("begun again").isNull();
		this.halted = false;
		assertThat(this.calls.take()).isEqualTo("begun");
		assertThat(this.calls.take()).isEqualTo("begun");
		this.halted = true;
		crawler.phase(Phase.REVOKING);
		this.runner.revoke(crawler);
		await().atMost(Duration.ofSeconds(60)).until(() -> crawler.stops().size() == 1);
	}

	private void failAfter(CountDownLatch fail) throws InterruptedException {
		this.calls.add("begun");
		fail.await();
		throw new IllegalStateException("not ready");
	}

	private Component start(Component component) {
		register(component);
		this.runner.start(this.ownership);
		return component;
	}

	private void register(Component component) {
		this.runner.register(TaskDefinition.of("relay"), MissedRun.SKIP,
				new TaskHandler.Component("here", () -> component));
		this.runner.haltWhile(() -> this.halted);
	}

	private Execution execution() {
		return this.runner.execution(this.ownership.id());
	}

	private void awaitStatus(ExecutionStatus status) {
		await().atMost(Duration.ofSeconds(60)).until(() -> execution().status() == status);
	}

	private final class SilentComponent extends Component implements SmartLifecycle {

		@Override
		public void stop(Runnable callback) {
			OwnershipWorkExecutionTests.this.calls.add("stop");
		}

	}

	private class Component implements Lifecycle {

		private volatile boolean running;

		private volatile int questions;

		@Override
		public void start() {
			this.running = true;
			OwnershipWorkExecutionTests.this.calls.add("start");
		}

		@Override
		public void stop() {
			this.running = false;
			OwnershipWorkExecutionTests.this.calls.add("stop");
		}

		@Override
		public boolean isRunning() {
			this.questions++;
			return this.running;
		}

		void awaitQuestions(int more) {
			int before = this.questions;
			await().atMost(Duration.ofSeconds(60)).until(() -> this.questions >= before + more);
		}

	}

}
