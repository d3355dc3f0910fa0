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

package io.distributedtask.actuate.dashboard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.distributedtask.actuate.dashboard.GroupChanges.BusyException;
import io.distributedtask.event.GroupRebalancedEvent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GroupChanges}.
 */
class GroupChangesTests {

	private static final Duration LONG = Duration.ofMinutes(5);

	private final GroupChanges changes = new GroupChanges();

	@Test
	void whoKnowsLessIsAnsweredAtOnce() {
		assertThat(this.changes.await(null, 0, LONG)).isEqualTo(1);
	}

	@Test
	void whoKnowsAllIsAnsweredWhenTimeIsUp() {
		assertThat(this.changes.await(this.changes.process(), 1, Duration.ofMillis(20))).isEqualTo(1);
	}

	@Test
	void rebalanceEndsTheWait() {
		try (AnnotationConfigApplicationContext context = context()) {
			CompletableFuture<Long> wait = waiting();
			context.publishEvent(new GroupRebalancedEvent(2, "shop-1", 3, GroupRebalancedEvent.Cause.JOINED,
					Duration.ZERO, Map.of(), Map.of()));
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(wait::isDone);
			assertThat(wait).isCompletedWithValue(2L);
		}
	}

	@Test
	void numberOfAnotherProcessSaysNothing() {
		this.changes.changed();
		assertThat(this.changes.await(this.changes.process(), 1, LONG)).isEqualTo(2);
		assertThat(this.changes.await("another", 1, Duration.ofMillis(20))).isEqualTo(2);
	}

	@Test
	void nobodyWaitsOnceTheContextCloses() {
		AnnotationConfigApplicationContext context = context();
		CompletableFuture<Long> wait = waiting();
		context.close();
		assertThat(wait).failsWithin(Duration.ofSeconds(60))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(BusyException.class);
		assertThatExceptionOfType(BusyException.class).isThrownBy(() -> this.changes.await(null, 0, LONG));
	}

	@Test
	void contextWithinTheApplicationsMayClose() {
		try (AnnotationConfigApplicationContext context = context()) {
			AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext();
			child.setParent(context);
			child.refresh();
			child.close();
			assertThat(this.changes.await(null, 0, LONG)).isEqualTo(1);
		}
	}

	@Test
	void numberOfThoseWhoWaitIsBounded() {
		assertThat(GroupChanges.MAX_WAITING).as("threads of Reactor's scheduler for what blocks are 10 per processor")
			.isLessThanOrEqualTo(2 * Runtime.getRuntime().availableProcessors())
			.isBetween(2, 16);
		List<Thread> waiting = new ArrayList<>();
		for (int i = 0; i < GroupChanges.MAX_WAITING; i++) {
			Thread thread = new Thread(() -> this.changes.await(this.changes.process(), 1, LONG));
			thread.start();
			waiting.add(thread);
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> waiting.stream().allMatch((it) -> it.getState() == Thread.State.TIMED_WAITING));
		assertThatExceptionOfType(BusyException.class)
			.isThrownBy(() -> this.changes.await(this.changes.process(), 1, LONG));
		this.changes.changed();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> waiting.stream().noneMatch(Thread::isAlive));
		assertThat(this.changes.await(this.changes.process(), 1, LONG)).isEqualTo(2);
	}

	private CompletableFuture<Long> waiting() {
		return CompletableFuture.supplyAsync(() -> this.changes.await(this.changes.process(), 1, LONG));
	}

	private AnnotationConfigApplicationContext context() {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.registerBean(GroupChanges.class, () -> this.changes);
		context.refresh();
		return context;
	}

}
