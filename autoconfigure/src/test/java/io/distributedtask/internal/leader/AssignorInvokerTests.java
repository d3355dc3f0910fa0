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

package io.distributedtask.internal.leader;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.leader.AssignorInvoker.AssignorFailure;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link AssignorInvoker} with assignors that do what they should not.
 */
class AssignorInvokerTests {

	private static final Duration SHORT = Duration.ofMillis(50);

	private static final Duration LONG = Duration.ofMinutes(1);

	private static final ThreadLocal<@Nullable String> LEFT_BEHIND = new ThreadLocal<>();

	private static final Map<TaskId, String> EVERYTHING = Map.of(new TaskId("crawler", 0), "a");

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger callsUnderWay = new AtomicInteger();

	private final AtomicInteger lateReturns = new AtomicInteger();

	@AfterEach
	void endWhatIsStillOut() {
		this.end.countDown();
	}

	@Test
	void oneThatHasNotReturnedIsNotCalledAgain() throws AssignorFailure {
		TaskAssignor assignor = assignor(this::spin);
		AssignorInvoker call = call(SHORT);
		assertThat(failure(call, assignor, group("a"))).hasMessage("did not return within 50 ms and has not returned")
			.extracting(AssignorFailure::isOut)
			.isEqualTo(true);
		for (int i = 0; i < 3; i++) {
			assertThat(failure(call, assignor, group("a"))).hasMessageContaining("has not returned from a call for")
				.extracting(AssignorFailure::isOut)
				.isEqualTo(true);
		}
		assertThat(this.calls).hasValue(1);
		assertThat(this.lateReturns).hasValue(0);
		this.end.countDown();
		Awaitility.await().untilAtomic(this.lateReturns, (value) -> assertThat(value).isEqualTo(1));
		assertThat(call.target(assignor, group("a"), Duration.ZERO)).isEqualTo(EVERYTHING);
		assertThat(this.calls).as("the late answer is one to the same question").hasValue(1);
		call.target(assignor, group("a"), Duration.ZERO);
		assertThat(this.calls).as("an answer is used once").hasValue(2);
	}

	@Test
	void aLateAnswerToAnotherQuestionIsDropped() throws AssignorFailure {
		TaskAssignor assignor = assignor(this::spin);
		AssignorInvoker call = call(SHORT);
		failure(call, assignor, group("a"));
		this.end.countDown();
		Awaitility.await().untilAtomic(this.lateReturns, (value) -> assertThat(value).isEqualTo(1));
		assertThat(call.target(assignor, group("a", "b"), Duration.ZERO)).isEqualTo(EVERYTHING);
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void oneThatLetsItselfBeInterruptedMayBeCalledAgainAtOnce() throws AssignorFailure {
		TaskAssignor assignor = assignor((group) -> {
			try {
				if (this.calls.get() == 1) {
					new CountDownLatch(1).await();
				}
				return new TaskAssignment(EVERYTHING);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		AssignorInvoker call = call(SHORT);
		assertThat(failure(call, assignor, group("a"))).hasMessage("did not return within 50 ms")
			.extracting(AssignorFailure::isOut)
			.isEqualTo(false);
		assertThat(this.lateReturns).hasValue(0);
		this.end.countDown();
		AssignorInvoker patient = call(LONG);
		assertThat(patient.target(assignor, group("a"), Duration.ZERO)).isEqualTo(EVERYTHING);
	}

	@Test
	void oneThatWaitsForALockIsNotCalledAgain() {
		TaskAssignor assignor = assignor((group) -> new TaskAssignment(EVERYTHING));
		AssignorInvoker call = call(SHORT);
		synchronized (assignor) {
			assertThat(failure(call, assignor, group("a")).isOut()).isTrue();
			assertThat(failure(call, assignor, group("a")).isOut()).isTrue();
		}
		Awaitility.await().untilAtomic(this.lateReturns, (value) -> assertThat(value).isEqualTo(1));
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void coordinatorsThatShareAnAssignorCallItOneAfterTheOther() throws Exception {
		AtomicInteger most = new AtomicInteger();
		TaskAssignor assignor = assignor((group) -> {
			most.accumulateAndGet(this.callsUnderWay.incrementAndGet(), Math::max);
			Thread.yield();
			this.callsUnderWay.decrementAndGet();
			return new TaskAssignment(EVERYTHING);
		});
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Future<Map<TaskId, String>>> answers = IntStream.range(0, 200)
				.mapToObj((i) -> threads.submit(() -> call(LONG).target(assignor, group("a"), Duration.ZERO)))
				.toList();
			for (Future<Map<TaskId, String>> answer : answers) {
				assertThat(answer.get()).isEqualTo(EVERYTHING);
			}
		}
		finally {
			threads.shutdown();
		}
		assertThat(most).hasValue(1);
	}

	@Test
	void whateverIsWrongWithAnAnswerIsAFailure() {
		Map<Function<GroupState, @Nullable TaskAssignment>, String> faults = Map.of((group) -> null,
				"NullPointerException", (group) -> {
					throw new StackOverflowError("on purpose");
				}, "StackOverflowError", (group) -> {
					throw new NoClassDefFoundError("on purpose");
				}, "NoClassDefFoundError", (group) -> {
					group.owners().put(new TaskId("crawler", 0), "a");
					return new TaskAssignment(group.owners());
				}, "UnsupportedOperationException", (group) -> {
					group.instances().get(0).tasks().clear();
					return new TaskAssignment(Map.of());
				}, "UnsupportedOperationException",
				(group) -> new TaskAssignment(Map.of(new TaskId("crawler", 7), "a")), "does not exist");
		faults.forEach((fault, message) -> assertThat(failure(call(LONG), assignor(fault), group("a")))
			.hasMessageContaining(message)
			.extracting(AssignorFailure::isOut)
			.isEqualTo(false));
	}

	@Test
	void nothingThatACallDoesToItsThreadIsThereInTheNext() throws AssignorFailure {
		ClassLoader own = Thread.currentThread().getContextClassLoader();
		TaskAssignor assignor = assignor((group) -> {
			assertThat(LEFT_BEHIND.get()).isNull();
			assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(own);
			LEFT_BEHIND.set("something");
			Thread.currentThread().setContextClassLoader(null);
			Thread.currentThread().interrupt();
			return new TaskAssignment(EVERYTHING);
		});
		AssignorInvoker call = call(LONG);
		for (int i = 0; i < 2; i++) {
			assertThat(call.target(assignor, group("a"), Duration.ZERO)).isEqualTo(EVERYTHING);
		}
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
	}

	private AssignorInvoker call(Duration limit) {
		return new AssignorInvoker(limit, this.lateReturns::incrementAndGet);
	}

	private static AssignorFailure failure(AssignorInvoker call, TaskAssignor assignor, GroupState group) {
		return assertThatExceptionOfType(AssignorFailure.class)
			.isThrownBy(() -> call.target(assignor, group, Duration.ZERO))
			.actual();
	}

	/**
	 * Ignores that it is interrupted.
	 */
	private TaskAssignment spin(GroupState group) {
		while (this.end.getCount() > 0) {
			Thread.onSpinWait();
		}
		return new TaskAssignment(EVERYTHING);
	}

	private TaskAssignor assignor(Function<GroupState, @Nullable TaskAssignment> answer) {
		return new TaskAssignor() {

			@Override
			public String name() {
				return "test";
			}

			@Override
			public TaskAssignment assign(GroupState group) {
				AssignorInvokerTests.this.calls.incrementAndGet();
				return answer.apply(group);
			}

		};
	}

	private static GroupState group(String... names) {
		return new GroupState(List.of(names)
			.stream()
			.map((name) -> new GroupState.Instance(name, Map.of(), 1.0, Set.of("crawler")))
			.toList(), List.of(TaskDefinition.of("crawler")), Map.of());
	}

}
