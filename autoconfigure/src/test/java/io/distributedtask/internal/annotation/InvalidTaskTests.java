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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import kotlin.coroutines.Continuation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.amqp.rabbit.annotation.RabbitListener;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Scope;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ContainerGroupSequencer;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for what cannot be a task: it fails when the application starts.
 */
class InvalidTaskTests {

	static Stream<Arguments> invalid() {
		return Stream.of(arguments(PrivateMethod.class, "it is private"), arguments(StaticMethod.class, "it is static"),
				arguments(OtherParameters.class, "parameters other than one TaskContext"),
				arguments(TwoParameters.class, "parameters other than one TaskContext"),
				arguments(ScheduledWithParameters.class, "parameters other than one TaskContext"),
				arguments(Deferred.class, "it returns java.util.concurrent.CompletableFuture"),
				arguments(AutoStarting.class, "it would start by itself on every instance"),
				arguments(StartedAndTold.class, "it is an OwnershipListener and a Lifecycle at once"),
				arguments(NoKindOfTask.class, "neither an OwnershipListener nor a Lifecycle"),
				arguments(AsyncMethod.class, "@Async is not supported here"),
				arguments(AsyncType.class, "@Async is not supported here"), arguments(NoShards.class, "has 0 shards"),
				arguments(BadWeight.class, "has weight NaN"),
				arguments(BadRequires.class, "'zone' is not of the form key=value"),
				arguments(BadOperator.class, "'zone==eu||x' is not a label selector"),
				arguments(BadName.class, "Task name 'tenants/7' cannot be part of a path"),
				arguments(BadPlaceholder.class, "Could not resolve placeholder 'nowhere'"),
				arguments(BadCron.class, "Cron expression must consist of 6 fields"),
				arguments(BadSchedule.class, "One-time task only supported with specified initial delay"),
				arguments(ZeroInterval.class, "the interval of its @Scheduled is zero"),
				arguments(UnknownScheduler.class, "there is no scheduler 'nobody'"),
				arguments(DisabledListener.class, "listeners are not enabled"),
				arguments(ShardedComponent.class, "cannot have 2 shards"),
				arguments(Prototype.class, "the bean has scope 'prototype'"),
				arguments(ListenerWithoutId.class, "its @KafkaListener has no id"),
				arguments(NegativeWeight.class, "has weight -1.0"),
				arguments(LongName.class, "must have 1 to 255 characters"),
				arguments(ControlCharacter.class, "control characters"),
				arguments(BadRequiresPlaceholder.class, "Could not resolve placeholder 'nowhere'"),
				arguments(BadNameExpression.class, "nobody"), arguments(BadCronExpression.class, "nobody"),
				arguments(Suspending.class,
						"it is a suspend function of Kotlin, and a library that calls those is missing"),
				arguments(OnEvent.class, "it is also annotated with @EventListener"),
				arguments(OnTransactionalEvent.class, "it is also annotated with @EventListener"),
				arguments(Initializing.class, "it is also annotated with @PostConstruct"),
				arguments(ClosingBean.class, "it is also annotated with @PreDestroy"),
				arguments(OnMessage.class, "it is also annotated with @RabbitListener"),
				arguments(KafkaHandling.class, "it is also annotated with @KafkaHandler"),
				arguments(Asynchronously.class, "@Async is not supported here"),
				arguments(BadListenerId.class, "the attribute 'id' of its @KafkaListener"));
	}

	static Stream<Arguments> invalidListeners() {
		return Stream.of(
				arguments(StartingListener.class, "the container of @KafkaListener 'audit' would start by itself"),
				arguments(StartingByPlaceholder.class, "the container of @KafkaListener 'audit' would start by itself"),
				arguments(StartingDeadLetters.class,
						"the container of @KafkaListener 'audit-dlt' would start by itself"),
				arguments(OneOfTwoStarts.class, "the container of @KafkaListener 'two' would start by itself"),
				arguments(ChangingId.class, "there is no listener container"),
				arguments(AsyncListener.class, "@Async is not supported here"),
				arguments(ListenerAndLifecycle.class, "and an OwnershipListener or a Lifecycle at once"),
				arguments(Sequenced.class, "a ContainerGroupSequencer starts and stops container groups"));
	}

	@ParameterizedTest
	@ValueSource(classes = { BadPlaceholder.class, BadRequiresPlaceholder.class })
	void aPlaceholderThatSpringLeavesAsItIsFails(Class<?> type) throws NoSuchMethodException {
		DistributedTask annotation = AnnotatedElementUtils.findMergedAnnotation(type.getDeclaredMethod("work"),
				DistributedTask.class);
		TaskSettings settings = new TaskSettings() {

			@java.lang.Override
			public boolean enabled() {
				return true;
			}

			@java.lang.Override
			public TaskSettings.Override forTask(String name) {
				return TaskSettings.Override.NONE;
			}

		};
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskAttributes.of(annotation, "a.b", "a", (text) -> text, settings))
			.withMessageContaining("nowhere}'");
	}

	@ParameterizedTest
	@MethodSource("invalidListeners")
	void invalidListenerFailsWhenTheApplicationStarts(Class<?> type, String problem) {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(KafkaListenerTaskTests.Kafka.class, type))
			.withMessageContaining(problem)
			.withMessageContaining(type.getName())
			.withMessageStartingWith("Task '")
			.satisfies((ex) -> assertThat(ex.action()).endsWith("."));
	}

	@Test
	void scheduledTaskNeedsScheduling() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(ScheduledTask.class))
			.withMessageContaining("Task 'nightly'")
			.withMessageContaining("scheduling is not enabled")
			.withMessageContaining(ScheduledTask.class.getName() + ".work()")
			.satisfies((ex) -> assertThat(ex.action()).contains("@EnableScheduling"));
	}

	@Test
	void scheduledTaskThatIsDisabledNeedsNoScheduling() {
		TaskContexts.Settings settings = new TaskContexts.Settings(true).with("nightly",
				new TaskSettings.Override(false, null, null, null, null));
		TaskContexts.of((context) -> context.registerBean(TaskSettings.class, () -> settings), ScheduledTask.class)
			.close();
		TaskContexts
			.of((context) -> context.registerBean(TaskSettings.class, () -> new TaskContexts.Settings(false)),
					ScheduledTask.class)
			.close();
	}

	@Test
	void anotherProcessorOfSchedulesIsNamed() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(
					(context) -> context.registerBean("another", ScheduledAnnotationBeanPostProcessor.class),
					TaskContexts.Scheduling.class, ScheduledTask.class))
			.withMessageContaining("bean 'another' schedules what is annotated with @Scheduled on every instance");
	}

	@Test
	void overloadedMethodsAreToldApart() {
		assertThatExceptionOfType(TaskConfigurationException.class).isThrownBy(() -> TaskContexts.of(Overloaded.class))
			.withMessageContaining("Two tasks have the name")
			.withMessageContaining("work()")
			.withMessageContaining("work(TaskContext)");
	}

	@ParameterizedTest
	@MethodSource("invalid")
	void invalidTaskFailsWhenTheApplicationStarts(Class<?> type, String problem) {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(TaskContexts.Scheduling.class, type))
			.withMessageContaining(problem)
			.withMessageContaining(type.getName())
			.satisfies((ex) -> assertThat(ex.action()).endsWith("."));
	}

	@Test
	void invalidTaskThatIsDisabledDoesNotFail() {
		TaskContexts
			.of((context) -> context.registerBean(TaskSettings.class, () -> new TaskContexts.Settings(false)),
					PrivateMethod.class)
			.close();
	}

	@Test
	void listenerIsNotScheduled() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(TaskContexts.Scheduling.class, KafkaListenerTaskTests.Kafka.class,
					ScheduledListener.class))
			.withMessageContaining("it is scheduled and a @KafkaListener at once");
	}

	@Test
	void bothPlacesOfANameAreNamed() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(SameName.class, SameNameToo.class))
			.withMessageContaining("Two tasks have the name 'same'")
			.withMessageContaining(SameName.class.getName() + ".one()")
			.withMessageContaining(SameNameToo.class.getName() + ".two()");
	}

	@Test
	void proxyWithoutTheMethodIsNamed() {
		assertThatExceptionOfType(TaskConfigurationException.class)
			.isThrownBy(() -> TaskContexts.of(Proxying.class, NotInInterface.class))
			.withMessageContaining("work")
			.withMessageContaining("not found in any interface(s) of the exposed proxy type");
	}

	static class PrivateMethod {

		@DistributedTask
		private void work() {
		}

	}

	static class StaticMethod {

		@DistributedTask
		static void work() {
		}

	}

	static class OtherParameters {

		@DistributedTask
		void work(String text) {
		}

	}

	static class TwoParameters {

		@DistributedTask
		void work(TaskContext task, String text) {
		}

	}

	static class ScheduledWithParameters {

		@DistributedTask
		@Scheduled(fixedRate = 1)
		void work(String text) {
		}

	}

	static class Deferred {

		@DistributedTask
		CompletableFuture<String> work() {
			return new CompletableFuture<>();
		}

	}

	@DistributedTask
	static class AutoStarting implements SmartLifecycle {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	@DistributedTask(shards = 2)
	static class ShardedComponent extends AutoStarting {

		@Override
		public boolean isAutoStartup() {
			return false;
		}

	}

	@DistributedTask
	static class StartedAndTold extends AutoStarting implements OwnershipListener {

		@Override
		public void onAssigned(TaskContext task) {
		}

		@Override
		public void onRevoked(TaskContext task) {
		}

		@Override
		public boolean isAutoStartup() {
			return false;
		}

	}

	@DistributedTask
	static class NoKindOfTask {

	}

	static class AsyncMethod {

		@Async
		@DistributedTask
		void work() {
		}

	}

	@Async
	static class AsyncType {

		@DistributedTask
		void work() {
		}

	}

	static class NoShards {

		@DistributedTask(shards = 0)
		void work() {
		}

	}

	static class BadWeight {

		@DistributedTask(weight = Double.NaN)
		void work() {
		}

	}

	static class BadRequires {

		@DistributedTask(requires = "zone")
		void work() {
		}

	}

	static class BadOperator {

		@DistributedTask(requires = "zone==eu||x")
		void run() {
		}

	}

	static class BadName {

		@DistributedTask("tenants/7")
		void run() {
		}

	}

	static class BadPlaceholder {

		@DistributedTask("${nowhere}")
		void work() {
		}

	}

	static class BadCron {

		@DistributedTask
		@Scheduled(cron = "often")
		void work() {
		}

	}

	static class BadSchedule {

		@DistributedTask
		@Scheduled
		void work() {
		}

	}

	static class ZeroInterval {

		@DistributedTask
		@Scheduled(fixedRate = 0)
		void work() {
		}

	}

	static class UnknownScheduler {

		@DistributedTask
		@Scheduled(fixedRate = 1, scheduler = "nobody")
		void work() {
		}

	}

	static class DisabledListener {

		@DistributedTask
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	@Scope(BeanDefinition.SCOPE_PROTOTYPE)
	static class Prototype {

		@DistributedTask
		void work() {
		}

	}

	static class ListenerWithoutId {

		@DistributedTask
		@KafkaListener(topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	static class StartingListener {

		@DistributedTask
		@KafkaListener(id = "audit", topics = "audit")
		void audit(String text) {
		}

	}

	static class StartingByPlaceholder {

		@DistributedTask
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "${nowhere:true}")
		void audit(String text) {
		}

	}

	static class StartingDeadLetters {

		@DistributedTask
		@RetryableTopic(autoStartDltHandler = "true")
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	static class OneOfTwoStarts {

		@DistributedTask
		@KafkaListener(id = "one", topics = "audit", autoStartup = "false")
		@KafkaListener(id = "two", topics = "audit")
		void audit(String text) {
		}

	}

	static class ChangingId {

		@DistributedTask
		@KafkaListener(id = "#{T(java.util.UUID).randomUUID().toString()}", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	static class BadListenerId {

		@DistributedTask
		@KafkaListener(id = "#{@nobody.id}", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	static class AsyncListener {

		@Async
		@DistributedTask
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	@DistributedTask
	@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
	static class ListenerAndLifecycle implements Lifecycle {

		@KafkaHandler
		void audit(String text) {
		}

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

	static class Sequenced {

		@Bean
		static ContainerGroupSequencer sequencer(KafkaListenerEndpointRegistry registry) {
			return new ContainerGroupSequencer(registry, 1000, "first");
		}

		@DistributedTask
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false", containerGroup = "first")
		void audit(String text) {
		}

	}

	static class ScheduledTask {

		@DistributedTask("nightly")
		@Scheduled(fixedRate = 1)
		void work() {
		}

	}

	static class Overloaded {

		@DistributedTask
		void work() {
		}

		@DistributedTask
		void work(TaskContext task) {
		}

	}

	static class NegativeWeight {

		@DistributedTask(weight = -1)
		void work() {
		}

	}

	static class LongName {

		@DistributedTask("#{'x'.repeat(256)}")
		void work() {
		}

	}

	static class ControlCharacter {

		@DistributedTask("night\nly")
		void work() {
		}

	}

	static class BadRequiresPlaceholder {

		@DistributedTask(requires = "zone=${nowhere}")
		void work() {
		}

	}

	static class BadNameExpression {

		@DistributedTask("#{@nobody.name}")
		void work() {
		}

	}

	static class BadCronExpression {

		@DistributedTask
		@Scheduled(cron = "#{@nobody.cron}")
		void work() {
		}

	}

	static class Suspending {

		@DistributedTask
		Object work(Continuation<?> continuation) {
			return "";
		}

	}

	static class OnEvent {

		@EventListener
		@DistributedTask
		void work(String event) {
		}

	}

	static class OnTransactionalEvent {

		@Committed
		@DistributedTask
		void work(String event) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@EventListener
	@interface Committed {

	}

	static class Initializing {

		@PostConstruct
		@DistributedTask
		void work() {
		}

	}

	static class ClosingBean {

		@PreDestroy
		@DistributedTask
		void work() {
		}

	}

	static class OnMessage {

		@RabbitListener
		@DistributedTask
		void work() {
		}

	}

	static class KafkaHandling {

		@KafkaHandler
		@DistributedTask
		void work(String text) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@Async
	@interface InBackground {

	}

	static class Asynchronously {

		@InBackground
		@DistributedTask
		void work() {
		}

	}

	static class ScheduledListener {

		@DistributedTask
		@Scheduled(fixedRate = 1)
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit() {
		}

	}

	static class SameName {

		@DistributedTask("same")
		void one() {
		}

	}

	static class SameNameToo {

		@DistributedTask("same")
		void two() {
		}

	}

	static class NotInInterface implements OwnershipListener {

		@DistributedTask
		void work() {
		}

		@Override
		public void onAssigned(TaskContext task) {
		}

		@Override
		public void onRevoked(TaskContext task) {
		}

	}

	static class Proxying implements BeanPostProcessor {

		@Override
		public Object postProcessAfterInitialization(Object bean, String beanName) {
			return (bean instanceof NotInInterface) ? new ProxyFactory(bean).getProxy() : bean;
		}

	}

}
