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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.member.RecordingRunner;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.DelegatingMembership;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.GroupMembership;
import io.distributedtask.internal.port.GroupRecordRefusedException;
import io.distributedtask.internal.port.MemberSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TaskEngine} with its real threads, in a group of one.
 */
class TaskEngineTests {

	private final RecordingRunner runner = new RecordingRunner(TaskDefinition.of("crawler").withShards(2));

	private final AtomicInteger failures = new AtomicInteger();

	private Runnable duringAssign = () -> {
	};

	private final TaskAssignor firstInstance = new TaskAssignor() {

		@Override
		public String name() {
			return "first";
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			TaskEngineTests.this.duringAssign.run();
			if (TaskEngineTests.this.failures.getAndDecrement() > 0) {
				throw new IllegalStateException("on purpose");
			}
			Map<TaskId, String> owners = new java.util.HashMap<>();
			group.tasks().forEach((task) -> {
				for (int shard = 0; shard < task.shards() && !group.instances().isEmpty(); shard++) {
					owners.put(new TaskId(task.name(), shard), group.instances().get(0).name());
				}
			});
			return new TaskAssignment(owners);
		}

	};

	@Test
	void ownsEverythingInAGroupOfOneAndGivesItBackWhenStopped() throws Exception {
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 1));
		assertThat(engine.isOwner("crawler", 0)).isTrue();
		assertThat(engine.isOwner("crawler", 2)).isFalse();
		Assignments assignments = engine.assignments();
		assertThat(assignments.group().state()).isEqualTo(GroupStatus.LOCAL);
		assertThat(assignments.source()).isEqualTo(Source.LOCAL);
		assertThat(assignments.group().leader()).isEqualTo("a");
		assertThat(assignments.instances()).singleElement().satisfies((instance) -> {
			assertThat(instance.name()).isEqualTo("a");
			assertThat(instance.self()).isTrue();
			assertThat(instance.owned()).isEqualTo(2);
		});
		assertThat(assignments.tasks()).singleElement()
			.satisfies((task) -> assertThat(task.assignments()).extracting(Assignment::state)
				.containsExactly(AssignmentStatus.OWNED, AssignmentStatus.OWNED));
		stop(engine);
		assertThat(this.runner.running()).isEmpty();
		assertThat(engine.membership().state()).isEqualTo(GroupStatus.STOPPED);
		assertThat(engine.assignments().group().state()).isEqualTo(GroupStatus.STOPPED);
	}

	@Test
	void anAssignorThatCallsBackDoesNotHoldUpTheGroup() throws Exception {
		AtomicReference<@Nullable TaskEngine> self = new AtomicReference<>();
		this.duringAssign = () -> {
			TaskEngine engine = self.get();
			if (engine != null) {
				engine.assignments();
				engine.membership();
				engine.rebalance("asked for by the assignor");
				engine.tasksChanged(List.of());
			}
		};
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		self.set(engine);
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 1));
		self.set(null);
		stop(engine);
	}

	@Test
	void whatIsKnownHereIsNotAskedOfTheCoordinator() {
		AtomicInteger questions = new AtomicInteger();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public @Nullable GroupDescription describe(Duration timeout) {
				questions.incrementAndGet();
				return super.describe(timeout);
			}

		});
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		engine.operations().pause("crawler", true);
		engine.operations().pause("crawler", false);
		String self = engine.membership().instance();
		assertThat(engine.operations().run("crawler", 0)).isEqualTo(self);
		engine.operations().drain(self, true);
		engine.operations().drain(self, false);
		assertThat(questions).hasValue(0);
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> engine.operations().pause("unknown", true))
			.withMessageContaining("No live instance knows a task 'unknown'");
		assertThat(questions).hasValue(1);
		stop(engine);
	}

	@Test
	void theThreadSurvivesAMembershipThatThrows() {
		AtomicInteger polls = new AtomicInteger();
		LocalGroupMembership local = new LocalGroupMembership("first");
		TaskEngine engine = engine(new DelegatingMembership(local) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				switch (polls.getAndIncrement()) {
					case 0 -> throw new IllegalStateException("on purpose");
					case 1 -> throw new GroupException("on purpose", false, new RuntimeException());
					case 2 -> throw new NoSuchMethodError("on purpose");
					default -> super.poll(timeout, callbacks);
				}
			}

		});
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		Awaitility.await().until(() -> engine.membership().problem() == null);
		stop(engine);
	}

	@Test
	void theThreadSurvivesWhatNobodyHasDeclared() {
		AtomicInteger polls = new AtomicInteger();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				if (polls.getAndIncrement() == 0) {
					TaskEngineTests.<RuntimeException>sneakyThrow(new IOException("on purpose"));
				}
				super.poll(timeout, callbacks);
			}

			@Override
			public void leave(String reason, Duration timeout) {
				throw new StackOverflowError("on purpose");
			}

			@Override
			public void close() {
				throw new StackOverflowError("on purpose");
			}

		});
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		stop(engine);
		assertThat(this.runner.running()).isEmpty();
	}

	@Test
	void theWatchOfTheLeaseSurvivesAnError() {
		AtomicInteger errors = new AtomicInteger();
		AtomicLong ahead = new AtomicLong();
		Clocks clocks = new Clocks() {

			@Override
			public long nanos() {
				return Clocks.SYSTEM.nanos();
			}

			@Override
			public long millis() {
				if (Thread.currentThread().getName().startsWith("distributed-task-lease") && ahead.get() > 0
						&& errors.incrementAndGet() <= 3) {
					throw new StackOverflowError("on purpose");
				}
				return Clocks.SYSTEM.millis() + ahead.get();
			}

		};
		CountDownLatch mayGoOn = new CountDownLatch(1);
		AtomicBoolean stalled = new AtomicBoolean();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				super.poll(timeout, callbacks);
				if (!TaskEngineTests.this.runner.running().isEmpty() && stalled.compareAndSet(false, true)) {
					awaitQuietly(mayGoOn);
				}
			}

		}, clocks);
		engine.start();
		Awaitility.await().until(stalled::get);
		ahead.set(Duration.ofDays(20 * 365).toMillis());
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> this.runner.calls().contains("lost crawler[0]"));
		assertThat(errors.get()).isGreaterThan(3);
		ahead.set(0);
		mayGoOn.countDown();
		stop(engine);
	}

	@Test
	void aWishThatIsDueDoesNotShortenThePollsThatWaitForAJoin() {
		List<Duration> timeouts = new CopyOnWriteArrayList<>();
		AtomicBoolean waits = new AtomicBoolean();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				if (waits.get()) {
					timeouts.add(timeout);
					LockSupport.parkNanos(timeout.toNanos());
				}
				else {
					super.poll(timeout, callbacks);
				}
			}

		});
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		waits.set(true);
		engine.rebalance("while a join waits");
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> timeouts.size() >= 3);
		assertThat(timeouts).allSatisfy((timeout) -> assertThat(timeout).isEqualTo(Duration.ofMillis(500)));
		waits.set(false);
		stop(engine);
	}

	@Test
	void theMemberIsKeptAliveWhileItsThreadWaitsAfterAFailure() {
		AtomicInteger polls = new AtomicInteger();
		AtomicInteger signs = new AtomicInteger();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				polls.incrementAndGet();
				throw new GroupException("Grant READ on group 'g'", true, new RuntimeException());
			}

			@Override
			public void keepAlive() {
				signs.incrementAndGet();
			}

		});
		engine.start();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> signs.get() >= 3);
		assertThat(polls).as("it waits for two seconds").hasValueLessThan(3);
		stop(engine);
	}

	@Test
	void aProblemThatNeedsARemedyIsShown() {
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				throw new GroupException("Grant READ on group 'g'", true, new RuntimeException());
			}

		});
		engine.start();
		Awaitility.await().until(() -> engine.membership().needsRemedy());
		assertThat(engine.membership().problem()).isEqualTo("Grant READ on group 'g'");
		stop(engine);
	}

	@Test
	void aPollThatReturnsIsNoProofThatTroubleIsOver() {
		AtomicInteger polls = new AtomicInteger();
		AtomicBoolean answers = new AtomicBoolean();
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				if (polls.get() == 0) {
					callbacks.contact(System.nanoTime(), System.currentTimeMillis(), false);
					polls.incrementAndGet();
					throw new GroupException("Grant READ on group 'g'", false, new RuntimeException());
				}
				polls.incrementAndGet();
				if (answers.get()) {
					super.poll(timeout, callbacks);
				}
			}

		});
		engine.start();
		Awaitility.await().until(() -> polls.get() > 10);
		assertThat(engine.membership().problem()).isEqualTo("Grant READ on group 'g'");
		answers.set(true);
		Awaitility.await().until(() -> engine.membership().problem() == null);
		stop(engine);
	}

	@Test
	void whereTheRecordIsTooLargeWhoHoldsNothingMakesRoom() {
		AtomicInteger leaves = new AtomicInteger();
		AtomicBoolean refuses = new AtomicBoolean(true);
		TaskEngine engine = engine(new DelegatingMembership(new LocalGroupMembership("first")) {

			@Override
			public void poll(Duration timeout, Callbacks callbacks) {
				if (refuses.get()) {
					throw new GroupRecordRefusedException("Too large", new RuntimeException());
				}
				super.poll(timeout, callbacks);
			}

			@Override
			public void leave(String reason, Duration timeout) {
				leaves.incrementAndGet();
				super.leave(reason, timeout);
				throw new IllegalStateException("no answer");
			}

		});
		engine.start();
		Awaitility.await().until(() -> leaves.get() == 1);
		assertThat(engine.membership().needsRemedy()).isTrue();
		refuses.set(false);
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		refuses.set(true);
		engine.rebalance("to be refused");
		Awaitility.await().until(() -> engine.membership().needsRemedy());
		assertThat(leaves).as("now there is something to lose").hasValue(1);
		assertThat(engine.isOwner("crawler", 0)).isTrue();
		refuses.set(false);
		Awaitility.await().until(() -> !engine.membership().needsRemedy());
		stop(engine);
	}

	@Test
	void aTaskThatDoesNotStopDoesNotHoldUpTheEndForEver() {
		this.runner.stopAtOnce(false);
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 1));
		CountDownLatch done = new CountDownLatch(1);
		engine.stop(Duration.ofMillis(50), done::countDown);
		Awaitility.await().until(() -> done.getCount() == 0);
		assertThat(this.runner.calls()).contains("revoke crawler[0]", "lost crawler[0]");
	}

	@Test
	void aTaskThatStopsWhenItIsInterruptedAtTheEndIsGivenBackInOrder() {
		this.runner.stopWhenHurried();
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		engine.start();
		Awaitility.await().until(() -> engine.isOwner("crawler", 1));
		CountDownLatch done = new CountDownLatch(1);
		engine.stop(Duration.ofMillis(500), done::countDown);
		Awaitility.await().until(() -> done.getCount() == 0);
		assertThat(this.runner.calls()).contains("hurry crawler[0]", "hurry crawler[1]")
			.doesNotContain("lost crawler[0]", "lost crawler[1]");
	}

	@Test
	void theProblemOfAnAssignorIsShownAndMayPass() {
		this.failures.set(1);
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		engine.start();
		Awaitility.await().until(() -> engine.membership().needsRemedy());
		assertThat(engine.membership().problem()).contains("Assignor 'first' failed").contains("on purpose");
		assertThat(engine.isOwner("crawler", 0)).isFalse();
		engine.rebalance("try again");
		Awaitility.await().until(() -> engine.isOwner("crawler", 0));
		assertThat(engine.membership().problem()).isNull();
		stop(engine);
	}

	@Test
	void stoppingTwiceIsOver() {
		TaskEngine engine = engine(new LocalGroupMembership("first"));
		engine.start();
		stop(engine);
		stop(engine);
	}

	private void stop(TaskEngine engine) {
		CountDownLatch done = new CountDownLatch(1);
		engine.stop(Duration.ofSeconds(20), done::countDown);
		try {
			assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private TaskEngine engine(GroupMembership membership) {
		return engine(membership, Clocks.SYSTEM);
	}

	private TaskEngine engine(GroupMembership membership, Clocks clocks) {
		MemberSettings settings = new MemberSettings("g", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500),
				Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ZERO, false,
				membership instanceof LocalGroupMembership);
		return new TaskEngine(settings, membership, this.runner, List.of(this.firstInstance), (event) -> {
		}, clocks);
	}

}
