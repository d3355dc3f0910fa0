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

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskId;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;

import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything that the group's thread calls fails once: the instance has to go on as if
 * nothing had happened, and to say so meanwhile.
 */
class FailingCodeIntegrationTests {

	private static final Duration SESSION = Duration.ofSeconds(6);

	private static EmbeddedBrokers brokers;

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

	@BeforeAll
	static void startBroker() {
		brokers = TestGroup.broker();
	}

	@AfterAll
	static void stopBroker() {
		brokers.close();
	}

	@ParameterizedTest
	@EnumSource(Fault.class)
	void anAssignorThatFailsIsAskedAgainAndHealthIsDownMeanwhile(Fault fault) {
		TestGroup plain = new TestGroup(brokers, SESSION);
		try (TestGroup group = new TestGroup(brokers, plain.settings().with(this.assignor))) {
			TestInstance a = group.instance("a").start();
			group.awaitRest("at first");
			this.fault.set(fault);
			TestInstance b = group.instance("b").start();
			TestGroup.await().until(() -> status(a).equals(Status.DOWN) && status(b).equals(Status.DOWN));
			assertThat(a.coordinator().membership().problem()).contains("Assignor 'failing'");
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
		try (TestGroup group = new TestGroup(brokers, SESSION)) {
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
		try (TestGroup group = new TestGroup(brokers, SESSION)) {
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
		try (TestGroup group = new TestGroup(brokers, SESSION)) {
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
		try (TestGroup group = new TestGroup(brokers, SESSION)) {
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
		try (TestGroup group = new TestGroup(brokers, SESSION)) {
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
			b.coordinator().rebalance("in order to fail");
			TestGroup.await().until(() -> b.rebalances() > rebalances);
			group.awaitRest("after the failure");
			assertThat(failed).isTrue();
			assertThat(a.running()).isEqualTo(before);
			assertThat(a.calls("lost")).isEmpty();
		}
	}

	private static Status status(TestInstance instance) {
		DistributedTasks tasks = Mockito.mock(DistributedTasks.class);
		Mockito.when(tasks.membership()).thenReturn(instance.coordinator().membership());
		return new DistributedTasksHealthIndicator(tasks).health().getStatus();
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
