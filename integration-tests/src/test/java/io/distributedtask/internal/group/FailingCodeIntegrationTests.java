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

package io.distributedtask.internal.group;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskId;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.fixture.SharedBroker;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that the group's thread calls fails once: the instance has to go on as if
 * nothing had happened, and to say so meanwhile.
 */
class FailingCodeIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(6);

	private static final Duration LONG_SESSION = Duration.ofMinutes(2);

	private static final String HEARTBEAT_LOGGER = "org.apache.kafka.clients.consumer.internals.Heartbeat";

	private final AtomicReference<@Nullable Fault> fault = new AtomicReference<>();

	private final CountDownLatch enough = new CountDownLatch(1);

	private final AtomicInteger underWay = new AtomicInteger();

	private final TaskAssignor assignor = new TaskAssignor() {

		private final TaskAssignor sticky = TaskAssignor.sticky();

		@Override
		public String name() {
			return "failing";
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			Fault now = FailingCodeIntegrationTests.this.fault.get();
			FailingCodeIntegrationTests.this.underWay.incrementAndGet();
			try {
				if (now != null) {
					now.happen(FailingCodeIntegrationTests.this.enough);
				}
				return this.sticky.assign(group);
			}
			finally {
				FailingCodeIntegrationTests.this.underWay.decrementAndGet();
			}
		}

	};

	@ParameterizedTest
	@EnumSource(Fault.class)
	void anAssignorThatFailsIsAskedAgainAndHealthIsDownMeanwhile(Fault fault) {
		TestGroup plain = new TestGroup(SharedBroker.get(), SESSION);
		try (TestGroup group = new TestGroup(SharedBroker.get(), plain.settings().with(this.assignor))) {
			TestInstance a = group.instance("a").start();
			group.awaitRest("at first");
			this.fault.set(fault);
			TestInstance b = group.instance("b").start();
			TestGroup.await().until(() -> status(a).equals(Status.DOWN) && status(b).equals(Status.DOWN));
			assertThat(a.engine().membership().problem()).contains("Assignor 'failing'");
			assertThat(a.running()).as("stays where it is").isEqualTo(group.allShards());
			assertThat(this.underWay).as("calls that have not returned").hasValueLessThan(2);
			this.fault.set(null);
			this.enough.countDown();
			// by itself, for nobody asks for a rebalance
			group.awaitRest("after the assignor is fixed");
			assertThat(status(a)).isEqualTo(Status.UP);
			assertThat(b.running()).hasSize(4);
		}
		finally {
			this.enough.countDown();
		}
	}

	@Test
	void aShardThatCannotBeStartedIsGivenBackAndComesAgain() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a");
			AtomicBoolean failed = failOnce(a, "start crawler[3]");
			a.start();
			TestGroup.await().until(() -> a.running().size() == 7);
			assertThat(failed).isTrue();
			assertThat(a.owned()).as("what does not run is not owned").doesNotContain(new TaskId("crawler", 3));
			group.awaitRest("after the failure");
			assertThat(a.calls("start")).hasSize(8);
		}
	}

	@Test
	void aShardThatCannotBeRevokedHoldsUpNoOther() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a").start();
			group.awaitRest("at first");
			AtomicBoolean failed = failOnce(a, "revoke crawler[0]");
			TestInstance b = group.instance("b").start();
			group.awaitRest("with two, whatever has moved");
			CountDownLatch left = a.beginStop();
			Set<TaskId> others = group.allShards();
			TaskId stuck = new TaskId("crawler", 0);
			others.remove(stuck);
			TestGroup.await().until(() -> b.running().equals(others));
			assertThat(failed).isTrue();
			assertThat(a.running()).as("goes to nobody while it may run").containsExactly(stuck);
			a.finish(stuck);
			TestGroup.await().until(() -> left.getCount() == 0);
			group.stop(a);
			group.awaitRest("after it has ended");
		}
	}

	@Test
	void aShardThatCannotBeToldOfItsLossHoldsUpNoOther() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a").start();
			group.awaitRest("at first");
			AtomicBoolean failed = failOnce(a, "lost crawler[3]");
			group.evict(a);
			TestGroup.await().until(() -> a.owned().size() == 7);
			assertThat(failed).isTrue();
			assertThat(a.calls("lost")).hasSize(7);
			TaskId stuck = new TaskId("crawler", 3);
			assertThat(a.running()).contains(stuck);
			a.finish(stuck);
			group.awaitRest("after it has ended");
		}
	}

	private static AtomicBoolean failOnce(TestInstance instance, String call) {
		AtomicBoolean failed = new AtomicBoolean();
		instance.beforeCall((what) -> {
			if (what.equals(call) && failed.compareAndSet(false, true)) {
				throw new IllegalStateException("on purpose");
			}
		});
		return failed;
	}

	@ParameterizedTest
	@ValueSource(classes = { TaskAssignedEvent.class, TaskRevokedEvent.class, TaskLostEvent.class,
			GroupRebalancedEvent.class })
	void aListenerThatFailsChangesNothing(Class<?> event) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a");
			AtomicBoolean failed = new AtomicBoolean();
			a.listener((heard) -> {
				if (event.isInstance(heard) && failed.compareAndSet(false, true)) {
					throw new IllegalStateException("on purpose");
				}
			});
			a.start();
			group.awaitRest("at first");
			TestInstance b = group.instance("b").start();
			group.awaitRest("with two");
			group.stop(b);
			group.awaitRest("alone again");
			group.evict(a);
			TestGroup.await().until(() -> a.calls("lost").size() == 8);
			group.awaitRest("after the eviction");
			assertThat(failed).isTrue();
			assertThat(a.calls("start")).as("each shard as often as it came").hasSize(8 + 4 + 8);
			assertThat(a.calls("revoke")).hasSize(4);
		}
	}

	@Test
	void aJoinThatFailsIsTriedAgain() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a").start();
			TestInstance b = group.instance("b").start();
			group.awaitRest("at first");
			Set<TaskId> before = a.running();
			AtomicBoolean failed = new AtomicBoolean();
			a.beforeJoin(() -> {
				if (failed.compareAndSet(false, true)) {
					throw new IllegalStateException("on purpose");
				}
			});
			int rebalances = b.rebalances();
			b.engine().rebalance("in order to fail");
			TestGroup.await().until(() -> b.rebalances() > rebalances);
			group.awaitRest("after the failure");
			assertThat(failed).isTrue();
			assertThat(a.running()).isEqualTo(before);
			assertThat(a.calls("lost")).isEmpty();
		}
	}

	static Stream<Arguments> failingCallbacks() {
		return Stream.of(Arguments.of("memberMetadata", new StackOverflowError("on purpose")),
				Arguments.of("memberMetadata", new IOException("on purpose")),
				Arguments.of("memberMetadata", new WakeupException()),
				Arguments.of("assign", new StackOverflowError("on purpose")),
				Arguments.of("assign", new OutOfMemoryError("on purpose")),
				Arguments.of("assign", new IOException("on purpose")),
				Arguments.of("assign", new TimeoutException("on purpose")),
				Arguments.of("assigned", new NoClassDefFoundError("on purpose")),
				Arguments.of("assigned", new WakeupException()), Arguments.of("assigned", interruption()),
				Arguments.of("contact", new StackOverflowError("on purpose")),
				Arguments.of("contact", new IllegalStateException("on purpose")),
				Arguments.of("waitsAnew", new LinkageError("on purpose")),
				Arguments.of("membershipLost", new StackOverflowError("on purpose")));
	}

	private static InterruptException interruption() {
		InterruptException interruption = new InterruptException("on purpose");
		// it interrupts whoever makes it
		Thread.interrupted();
		return interruption;
	}

	/**
	 * Nobody can wait for the end of a session here: a member that is given up leaves.
	 * @param callback what fails twice
	 * @param failure what it throws
	 */
	@ParameterizedTest
	@MethodSource("failingCallbacks")
	void aCallbackThatFailsInWhateverWayIsNotTheEndOfAMembership(String callback, Throwable failure) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG_SESSION)) {
			TestInstance a = group.instance("a").start();
			TestGroup.await().until(() -> !a.running().isEmpty());
			boolean isEvicted = callback.equals("membershipLost");
			if (!isEvicted) {
				group.instance("b").start();
			}
			group.awaitRest("at first");
			Set<TaskId> before = a.running();
			AtomicInteger failures = new AtomicInteger();
			a.membership().beforeCallback((name) -> {
				if (name.equals(callback) && failures.incrementAndGet() <= 2) {
					sneakyThrow(failure);
				}
			});
			if (isEvicted) {
				group.evict(a);
			}
			else {
				a.engine().rebalance("in order to fail");
			}
			TestGroup.await().until(() -> failures.get() > 2);
			group.awaitRest("after " + failure + " in " + callback);
			if (Set.of("memberMetadata", "assign", "assigned").contains(callback)) {
				assertThat(a.running()).isEqualTo(before);
				assertThat(a.calls("lost")).as("the member is still the same").isEmpty();
			}
			assertThat(group.memberIds()).hasSize(isEvicted ? 1 : 2);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "memberMetadata", "assign", "assigned" })
	void aCallbackThatGoesOnFailingIsToldOfMeanwhile(String callback) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a");
			AtomicBoolean fails = new AtomicBoolean(true);
			a.membership().beforeCallback((name) -> {
				if (fails.get() && name.equals(callback)) {
					throw new StackOverflowError("on purpose");
				}
			});
			a.start();
			TestGroup.await().until(() -> a.engine().membership().problem() != null);
			assertThat(a.engine().membership().problem()).contains("StackOverflowError: on purpose");
			fails.set(false);
			group.awaitRest("after it is mended");
			assertThat(status(a)).isEqualTo(Status.UP);
		}
	}

	/**
	 * The one logger of Kafka's client that it does not take from the application's log
	 * context: what it throws comes up in the midst of Kafka's own code.
	 * @param thread the thread on which it fails
	 */
	@ParameterizedTest
	@ValueSource(strings = { "kafka-coordinator-heartbeat-thread | ", "distributed-task-group-" })
	void anErrorInTheMidstOfKafkasOwnCodeMakesTheClientAnew(String thread) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG_SESSION)) {
			GroupProxy proxy = group.proxy();
			TestInstance a = group.instance("a", proxy).start();
			group.awaitRest("at first");
			Set<String> before = group.memberIds();
			String name = thread + group.settings().groupId();
			try (FailingLog log = new FailingLog(
					(logger) -> logger.equals(HEARTBEAT_LOGGER) && Thread.currentThread().getName().equals(name), 1)) {
				if (thread.startsWith("distributed-task")) {
					// tells of a heartbeat that has failed, on the thread that has its
					// answer
					proxy.spoil(SpoiledAnswer.error(ApiKeys.HEARTBEAT, Errors.COORDINATOR_NOT_AVAILABLE, 0, 1_000));
				}
				TestGroup.await().until(log::isDone);
				proxy.heal();
			}
			TestGroup.await().until(() -> a.calls("lost").size() == 8);
			group.awaitRest("with another client");
			assertThat(group.memberIds()).as("the former member has left").hasSize(1).isNotEqualTo(before);
		}
	}

	@Test
	void aLogThatFailsWhateverIsLoggedEndsNothing() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), Duration.ofSeconds(2))) {
			GroupProxy proxy = group.proxy();
			TestInstance a = group.instance("a", proxy).start();
			TestGroup.await().until(() -> !a.running().isEmpty());
			group.instance("b").start();
			group.awaitRest("at first");
			String id = group.settings().groupId();
			try (FailingLog log = new FailingLog((logger) -> Thread.currentThread().getName().endsWith(id), 30)) {
				a.engine().rebalance("in order to log");
				proxy.cut();
				TestGroup.await().until(() -> a.calls("lost").size() == 4);
				proxy.heal();
				TestGroup.await().until(() -> {
					a.engine().rebalance("in order to log");
					return log.isDone();
				});
			}
			group.awaitRest("after the log is mended");
			assertThat(status(a)).isEqualTo(Status.UP);
		}
	}

	@Test
	void interruptsEndNothing() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SESSION)) {
			TestInstance a = group.instance("a").start();
			group.awaitRest("at first");
			String id = group.settings().groupId();
			List<Thread> threads = Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().endsWith(id))
				.toList();
			assertThat(threads).extracting(Thread::getName)
				.anyMatch((name) -> name.startsWith("kafka-coordinator-heartbeat"))
				.anyMatch((name) -> name.startsWith("distributed-task-group"))
				.anyMatch((name) -> name.startsWith("distributed-task-lease"))
				.anyMatch((name) -> name.startsWith("distributed-task-timer"));
			int rebalances = a.rebalances();
			threads.forEach(Thread::interrupt);
			TestGroup.await().until(() -> a.rebalances() > rebalances);
			group.awaitRest("after the interrupts");
			assertThat(a.calls("lost")).isEmpty();
			assertThat(a.calls("start")).hasSize(8);
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
		throw (T) failure;
	}

	private static Status status(TestInstance instance) {
		DistributedTasks tasks = Mockito.mock(DistributedTasks.class);
		Mockito.when(tasks.membership()).thenReturn(instance.engine().membership());
		return new DistributedTasksHealthIndicator(tasks).health().getStatus();
	}

	/**
	 * A log that throws an error, as one may whose appender runs out of memory.
	 */
	private static final class FailingLog extends TurboFilter implements AutoCloseable {

		private final Predicate<String> loggers;

		private final int times;

		private final AtomicInteger failures = new AtomicInteger();

		FailingLog(Predicate<String> loggers, int times) {
			this.loggers = loggers;
			this.times = times;
			((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(this);
		}

		@Override
		public FilterReply decide(@Nullable Marker marker, Logger logger, @Nullable Level level,
				@Nullable String format, Object @Nullable [] params, @Nullable Throwable ex) {
			if (this.loggers.test(logger.getName()) && this.failures.incrementAndGet() <= this.times) {
				throw new StackOverflowError("on purpose");
			}
			return FilterReply.NEUTRAL;
		}

		boolean isDone() {
			return this.failures.get() >= this.times;
		}

		@Override
		public void close() {
			((LoggerContext) LoggerFactory.getILoggerFactory()).getTurboFilterList().remove(this);
		}

	}

	/**
	 * What may be wrong with an assignor.
	 */
	enum Fault {

		EXCEPTION {

			@Override
			void happen(CountDownLatch enough) {
				throw new IllegalStateException("on purpose");
			}

		},
		ERROR {

			@Override
			void happen(CountDownLatch enough) {
				throw new StackOverflowError("on purpose");
			}

		},
		NO_END {

			@Override
			void happen(CountDownLatch enough) {
				try {
					enough.await();
				}
				catch (InterruptedException ex) {
					// an assignor that does not want to be interrupted
					happen(enough);
				}
			}

		};

		abstract void happen(CountDownLatch enough);

	}

}
