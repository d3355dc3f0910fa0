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

package io.distributedtask.internal.annotation;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskId;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.FakeOwnership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for tasks whose methods return a publisher.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class ReactiveMethodsTests {

	static Stream<Arguments> ending() {
		return Stream.of(arguments(MonoTask.class), arguments(FluxTask.class), arguments(FlowTask.class),
				arguments(PublisherTask.class));
	}

	@ParameterizedTest
	@MethodSource("ending")
	void theRunEndsWithThePublisher(Class<?> task) throws Exception {
		try (AnnotationConfigApplicationContext context = context(task)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed");
			await().until(() -> execution(context).status() == ExecutionStatus.RUNNING);
			context.getBean(Gate.class).open();
			await().until(() -> execution(context).status() == ExecutionStatus.COMPLETED);
			assertThat(queue(context)).isEmpty();
			assertThat(execution(context).failures()).isZero();
			assertThat(ownership.stops()).isEmpty();
		}
	}

	@Test
	void anErrorIsAFailureOfTheRun() {
		try (AnnotationConfigApplicationContext context = context(FailingTask.class)) {
			start(context);
			await().until(() -> execution(context).failures() > 0);
			await().until(() -> execution(context).status() == ExecutionStatus.BACKOFF);
			assertThat(execution(context).lastError()).contains("IllegalArgumentException: no store");
		}
	}

	@Test
	void nothingToSubscribeToIsAFailureOfTheRun() {
		try (AnnotationConfigApplicationContext context = context(NullTask.class)) {
			start(context);
			await().until(() -> execution(context).failures() > 0);
			assertThat(execution(context).lastError()).contains("has returned null, not something to subscribe to");
		}
	}

	@Test
	void theSubscriptionOfAContinuousTaskIsCanceledAsSoonAsItIsRevoked() throws Exception {
		try (AnnotationConfigApplicationContext context = context(MonoTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed");
			revoke(context, ownership);
			assertThat(queue(context).take()).isEqualTo("canceled");
			await().until(() -> ownership.stops().size() == 1);
			assertThat(execution(context)).satisfiesAnyOf((gone) -> assertThat(gone).isNull(),
					(last) -> assertThat(last.failures()).isZero());
		}
	}

	@Test
	void aScheduledRunMayFinishWhenItsTaskIsRevoked() throws Exception {
		try (AnnotationConfigApplicationContext context = context(ScheduledTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed");
			revoke(context, ownership);
			assertThat(ownership.stops()).isEmpty();
			context.getBean(Gate.class).open();
			await().until(() -> ownership.stops().size() == 1);
			assertThat(queue(context)).isEmpty();
		}
	}

	@Test
	void aScheduledRunIsCanceledWhenItsTaskIsLost() throws Exception {
		try (AnnotationConfigApplicationContext context = context(ScheduledTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed");
			ownership.phase(Phase.LOST);
			context.getBean(DefaultTaskRunner.class).lost(ownership);
			assertThat(queue(context).take()).isEqualTo("canceled");
			await().until(() -> ownership.stops().size() == 1);
		}
	}

	@Test
	void nothingIsSubscribedToAfterTheTaskHasBeenRevoked() throws Exception {
		try (AnnotationConfigApplicationContext context = context(SwallowingTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("called");
			revoke(context, ownership);
			assertThat(queue(context).take()).isEqualTo("swallowed");
			await().until(() -> ownership.stops().size() == 1);
			assertThat(queue(context)).isEmpty();
		}
	}

	@Test
	void whatIsSubscribedToLateIsCanceled() throws Exception {
		try (AnnotationConfigApplicationContext context = context(LateTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("called");
			revoke(context, ownership);
			assertThat(queue(context).take()).isEqualTo("swallowed");
			assertThat(queue(context).take()).isEqualTo("canceled");
			await().until(() -> ownership.stops().size() == 1);
		}
	}

	@Test
	void aPublisherThatPublishesWhileItIsSubscribedToEndsWithTheElementInProgress() throws Exception {
		try (AnnotationConfigApplicationContext context = context(SynchronousTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("called");
			revoke(context, ownership);
			assertThat(queue(context).take()).isEqualTo("canceled");
			await().until(() -> {
				// the sign comes a moment before the cancellation has reached the source
				context.getBean(Gate.class).elements.release();
				return ownership.stops().size() == 1;
			});
			assertThat(queue(context)).hasSizeLessThan(8);
		}
	}

	@Test
	void aShardIsNotGivenBackBeforeItsPublisherHasBeenCanceled() throws Exception {
		try (AnnotationConfigApplicationContext context = context(SlowlyCanceledTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed");
			revoke(context, ownership);
			assertThat(queue(context).take()).isEqualTo("canceling");
			await().during(Duration.ofMillis(300)).until(() -> ownership.stops().isEmpty());
			context.getBean(Gate.class).elements.release();
			await().until(() -> ownership.stops().size() == 1);
			assertThat(queue(context).poll()).isEqualTo("canceled");
		}
	}

	@Test
	void whatGoesWrongAfterTheEndIsLogged(CapturedOutput output) throws Exception {
		try (AnnotationConfigApplicationContext context = context(UnrulyTask.class)) {
			FakeOwnership ownership = start(context);
			assertThat(queue(context).take()).isEqualTo("called");
			revoke(context, ownership);
			await().until(() -> ownership.stops().size() == 1);
			assertThat(output).contains("UnrulyTask.work has published cannot be canceled")
				.contains("UnrulyTask.work has published failed after it was canceled")
				.contains("IllegalStateException: too late");
		}
	}

	@Test
	void aPublisherBehindAnotherTypeIsAFailureOfTheRun() {
		try (AnnotationConfigApplicationContext context = context(HiddenTask.class)) {
			start(context);
			await().until(() -> execution(context).failures() > 0);
			assertThat(execution(context).lastError()).contains("has returned a reactor.core.publisher.")
				.contains("nobody subscribes to it");
		}
	}

	@Test
	void everyRunSubscribesAgain() throws Exception {
		try (AnnotationConfigApplicationContext context = context(FrequentTask.class)) {
			start(context);
			assertThat(queue(context).take()).isEqualTo("subscribed with token 42");
			assertThat(queue(context).take()).isEqualTo("subscribed with token 42");
		}
	}

	private static AnnotationConfigApplicationContext context(Class<?> task) {
		return TaskContexts.of(Gate.class, TaskContexts.Scheduling.class, task);
	}

	private static FakeOwnership start(AnnotationConfigApplicationContext context) {
		DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
		runner.tasks();
		FakeOwnership ownership = new FakeOwnership("reactive");
		runner.start(ownership);
		return ownership;
	}

	private static void revoke(AnnotationConfigApplicationContext context, FakeOwnership ownership) {
		ownership.phase(Phase.REVOKING);
		context.getBean(DefaultTaskRunner.class).revoke(ownership);
	}

	private static @Nullable Execution execution(AnnotationConfigApplicationContext context) {
		return context.getBean(DefaultTaskRunner.class).execution(new TaskId("reactive", 0));
	}

	private static BlockingQueue<String> queue(AnnotationConfigApplicationContext context) {
		return context.getBean(Gate.class).events;
	}

	/**
	 * What the tasks wait for.
	 */
	@Component
	static class Gate {

		private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

		private final CountDownLatch latch = new CountDownLatch(1);

		private final Semaphore elements = new Semaphore(0);

		private final Sinks.One<String> opened = Sinks.one();

		/** Blocks as code does that respects no interrupt. */
		void block() {
			this.events.add("called");
			boolean interrupted = false;
			while (!interrupted) {
				try {
					this.latch.await();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			this.events.add("swallowed");
		}

		void open() {
			this.opened.tryEmitValue("open");
		}

		Mono<String> pass() {
			return this.opened.asMono()
				.doOnSubscribe((subscription) -> this.events.add("subscribed"))
				.doOnCancel(() -> this.events.add("canceled"))
				.publishOn(Schedulers.parallel());
		}

	}

	@Component
	record MonoTask(Gate gate) {

		@DistributedTask("reactive")
		Mono<String> work() {
			return this.gate.pass();
		}

	}

	@Component
	record FluxTask(Gate gate) {

		@DistributedTask("reactive")
		Flux<String> work() {
			return this.gate.pass().repeat(0).concatWith(Flux.range(0, 1000).map(String::valueOf));
		}

	}

	@Component
	record FlowTask(Gate gate) {

		@DistributedTask("reactive")
		Flow.Publisher<String> work() {
			return JdkFlowAdapter.publisherToFlowPublisher(this.gate.pass());
		}

	}

	@Component
	record PublisherTask(Gate gate) {

		@DistributedTask("reactive")
		Publisher<String> work(TaskContext task) {
			return this.gate.pass().filter((it) -> task.isOwned());
		}

	}

	@Component
	static class FailingTask {

		@DistributedTask("reactive")
		Mono<Void> work() {
			return Mono.<Void>error(new IllegalArgumentException("no store")).delaySubscription(Duration.ofMillis(1));
		}

	}

	@Component
	static class NullTask {

		@DistributedTask("reactive")
		@Nullable Mono<Void> work() {
			return null;
		}

	}

	@Component
	record ScheduledTask(Gate gate) {

		@DistributedTask("reactive")
		@Scheduled(fixedDelay = 1000 * 3600)
		Mono<String> work() {
			return this.gate.pass();
		}

	}

	@Component
	record SwallowingTask(Gate gate) {

		@DistributedTask("reactive")
		Mono<String> work() {
			this.gate.block();
			return this.gate.pass();
		}

	}

	@Component
	record LateTask(Gate gate) {

		@DistributedTask("reactive")
		Flux<Long> work() {
			return Flux.defer(() -> {
				this.gate.block();
				return Flux.interval(Duration.ofMillis(10)).doOnCancel(() -> this.gate.events.add("canceled"));
			});
		}

	}

	@Component
	record SynchronousTask(Gate gate) {

		@DistributedTask("reactive")
		Flux<Integer> work() {
			return Flux.range(0, 10)
				.doOnCancel(() -> this.gate.events.add("canceled"))
				.doOnNext((number) -> this.gate.events.add("called"))
				.doOnNext((number) -> this.gate.elements.acquireUninterruptibly());
		}

	}

	@Component
	record SlowlyCanceledTask(Gate gate) {

		@DistributedTask("reactive")
		Mono<String> work() {
			return Mono.<String>never()
				.doOnSubscribe((subscription) -> this.gate.events.add("subscribed"))
				.doOnCancel(() -> {
					this.gate.events.add("canceling");
					this.gate.elements.acquireUninterruptibly();
					this.gate.events.add("canceled");
				});
		}

	}

	@Component
	record UnrulyTask(Gate gate) {

		@DistributedTask("reactive")
		Publisher<String> work() {
			return (subscriber) -> {
				subscriber.onSubscribe(new Subscription() {

					@Override
					public void request(long number) {
						UnrulyTask.this.gate.events.add("called");
					}

					@Override
					public void cancel() {
						subscriber.onError(new IllegalStateException("too late"));
						throw new IllegalArgumentException("no");
					}

				});
			};
		}

	}

	@Component
	static class HiddenTask {

		@DistributedTask("reactive")
		Object work() {
			return Mono.just("never seen");
		}

	}

	@Component
	record FrequentTask(Gate gate) {

		@DistributedTask("reactive")
		@Scheduled(fixedDelay = 1)
		Mono<Void> work(TaskContext task) {
			return Mono.fromRunnable(() -> this.gate.events.add("subscribed with token " + task.fencingToken()));
		}

	}

}
