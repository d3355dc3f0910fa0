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
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.FakeOwnership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.annotation.TopicPartition;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for tasks that are a {@code @KafkaListener}: no broker is needed for a container
 * to start and stop.
 */
@Timeout(60)
class KafkaListenerTaskTests {

	/**
	 * A consumer looks for the position of a partition that it has been given by hand,
	 * for as long as a request may take, after its container has been stopped.
	 */
	@AfterEach
	void noConsumerGoesOn() {
		await()
			.until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch((it) -> it.getName().contains("-C-")));
	}

	@Test
	void containerRunsWhereOwned() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Audit.class)) {
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			assertThat(runner.tasks()).containsExactly(TaskDefinition.of("audit-feed"));
			MessageListenerContainer container = context.getBean(KafkaListenerEndpointRegistry.class)
				.getListenerContainer("audit");
			assertThat(container.isRunning()).isFalse();
			FakeOwnership ownership = new FakeOwnership("audit-feed");
			runner.start(ownership);
			await().until(() -> runner.execution(new TaskId("audit-feed", 0)).status() == ExecutionStatus.RUNNING
					&& container.isRunning());
			ownership.phase(Phase.REVOKING);
			runner.revoke(ownership);
			await().until(() -> ownership.stops().size() == 1);
			assertThat(container.isRunning()).isFalse();
		}
	}

	@Test
	void containerDoesNotStartWithTheContext() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Audit.class)) {
			MessageListenerContainer container = context.getBean(KafkaListenerEndpointRegistry.class)
				.getListenerContainer("audit");
			context.stop();
			context.start();
			assertThat(container.isRunning()).isFalse();
		}
	}

	@Test
	void allContainersOfOneTaskStartAndStopTogether() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Retrying.class, Two.class,
				Handlers.class)) {
			KafkaListenerEndpointRegistry registry = context.getBean(KafkaListenerEndpointRegistry.class);
			assertThat(registry.getListenerContainerIds()).containsExactlyInAnyOrder("retrying", "retrying-retry",
					"retrying-dlt", "one", "two", "handlers", "handlers-retry", "handlers-dlt");
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			ownAndRevoke(runner, registry, "retrying", "retrying", "retrying-retry", "retrying-dlt");
			ownAndRevoke(runner, registry, "two", "one", "two");
			ownAndRevoke(runner, registry, "handlers", "handlers", "handlers-retry", "handlers-dlt");
		}
	}

	private static void ownAndRevoke(DefaultTaskRunner runner, KafkaListenerEndpointRegistry registry, String task,
			String... containers) {
		FakeOwnership ownership = new FakeOwnership(task);
		runner.start(ownership);
		await().untilAsserted(() -> assertThat(registry.getListenerContainers()).filteredOn(Lifecycle::isRunning)
			.extracting(MessageListenerContainer::getListenerId)
			.containsExactlyInAnyOrder(containers));
		ownership.phase(Phase.REVOKING);
		runner.revoke(ownership);
		await().atMost(Duration.ofSeconds(60)).until(() -> ownership.stops().size() == 1);
		assertThat(registry.getListenerContainers()).noneMatch(Lifecycle::isRunning);
	}

	@Test
	void listenerOfABeanThatIsMadeLaterStartsAsItAlwaysDid() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Audit.class)) {
			context.registerBean(Plain.class);
			context.getBean(Plain.class);
			KafkaListenerEndpointRegistry registry = context.getBean(KafkaListenerEndpointRegistry.class);
			assertThat(registry.getListenerContainer("plain").isRunning()).isTrue();
			assertThat(registry.getListenerContainer("audit").isRunning()).isFalse();
		}
	}

	@Test
	void taskThatIsMadeLaterIsRefusedAndItsContainerStopped() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Plain.class)) {
			context.registerBean(Audit.class);
			assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> context.getBean(Audit.class))
				.withRootCauseInstanceOf(TaskConfigurationException.class)
				.withMessageContaining("has been started already");
			assertThat(context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("audit").isRunning())
				.isFalse();
		}
	}

	@Test
	void lazyListenerIsATask() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, LazyAudit.class)) {
			assertThat(context.getBean(DefaultTaskRunner.class).tasks()).hasSize(1);
			assertThat(context.getBean(KafkaListenerEndpointRegistry.class).getListenerContainer("lazy").isRunning())
				.isFalse();
		}
	}

	@Test
	void expressionsAreEvaluatedAsSpringKafkaDoes() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Expressions.class)) {
			assertThat(context.getBean(DefaultTaskRunner.class).tasks()).extracting(TaskDefinition::name)
				.containsExactly("by-annotation", "by-factory", "by-placeholder", "expression");
		}
	}

	@Test
	void consumerThatDiesIsNoticedAndAllAreStartedAgain() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, Concurrent.class)) {
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			FakeOwnership ownership = new FakeOwnership("concurrent");
			runner.start(ownership);
			ConcurrentMessageListenerContainer<?, ?> container = (ConcurrentMessageListenerContainer<?, ?>) context
				.getBean(KafkaListenerEndpointRegistry.class)
				.getListenerContainer("concurrent");
			await().until(() -> container.getContainers().size() == 2);
			container.pause();
			container.getContainers().get(1).stop();
			assertThat(container.isRunning()).isTrue();
			await().atMost(Duration.ofSeconds(60)).until(() -> runner.execution(ownership.id()).failures() == 1);
			assertThat(runner.execution(ownership.id()).lastError()).contains("listener container 'concurrent'");
			await().atMost(Duration.ofSeconds(60))
				.until(() -> runner.execution(ownership.id()).status() == ExecutionStatus.RUNNING
						&& container.getContainers().stream().allMatch(Lifecycle::isRunning));
			ownership.phase(Phase.REVOKING);
			runner.revoke(ownership);
			await().atMost(Duration.ofSeconds(60)).until(() -> ownership.stops().size() == 1);
			assertThat(runner.execution(ownership.id())).isNull();
		}
	}

	@Test
	void containerBeanIsWatchedLikeOneOfAListener() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Kafka.class, ContainerBean.class)) {
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			FakeOwnership ownership = new FakeOwnership("container");
			runner.start(ownership);
			ConcurrentMessageListenerContainer<?, ?> container = context
				.getBean(ConcurrentMessageListenerContainer.class);
			await().until(() -> container.getContainers().size() == 1);
			container.getContainers().get(0).stop();
			await().atMost(Duration.ofSeconds(60)).until(() -> runner.execution(ownership.id()).failures() == 1);
			ownership.phase(Phase.REVOKING);
			runner.revoke(ownership);
			await().atMost(Duration.ofSeconds(60)).until(() -> ownership.stops().size() == 1);
			assertThat(container.isRunning()).isFalse();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableKafka
	static class Kafka {

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory() {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			String deserializer = "org.apache.kafka.common.serialization.StringDeserializer";
			factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(
					Map.of("bootstrap.servers", "127.0.0.1:1", "default.api.timeout.ms", 1000, "request.timeout.ms",
							1000, "key.deserializer", deserializer, "value.deserializer", deserializer)));
			return factory;
		}

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> notStarting(
				ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory) {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			factory.setConsumerFactory(kafkaListenerContainerFactory.getConsumerFactory());
			factory.setAutoStartup(false);
			return factory;
		}

		@Bean
		KafkaTemplate<Object, Object> defaultRetryTopicKafkaTemplate() {
			return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(Map.of("bootstrap.servers", "127.0.0.1:1")));
		}

	}

	static class Retrying {

		@DistributedTask("retrying")
		@RetryableTopic(attempts = "2", backOff = @BackOff(1))
		@KafkaListener(id = "retrying", topics = "orders", autoStartup = "false")
		void order(String text) {
		}

		@DltHandler
		void dead(String text) {
		}

	}

	static class Two {

		@DistributedTask("two")
		@KafkaListener(id = "one", topics = "audit", autoStartup = "false", concurrency = "2")
		@KafkaListener(id = "two", topicPartitions = @TopicPartition(topic = "audit", partitions = "0"), groupId = "x",
				autoStartup = "false", batch = "true", containerGroup = "pair")
		void audit(List<String> text) {
		}

	}

	@DistributedTask("handlers")
	@RetryableTopic(attempts = "2", backOff = @BackOff(1))
	@KafkaListener(id = "handlers", topics = "events", autoStartup = "false")
	static class Handlers {

		@KafkaHandler
		void text(String text) {
		}

		@KafkaHandler(isDefault = true)
		void other(Object text) {
		}

	}

	static class Plain {

		@KafkaListener(id = "plain", topics = "audit")
		void audit(String text) {
		}

	}

	@Lazy
	static class LazyAudit {

		@DistributedTask
		@KafkaListener(id = "lazy", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

	static class Expressions {

		@Override
		public String toString() {
			return "named";
		}

		@DistributedTask("expression")
		@KafkaListener(id = "#{__listener.toString()}", topics = "audit", autoStartup = "#{1 > 2}")
		void expression(String text) {
		}

		@DistributedTask("by-placeholder")
		@KafkaListener(id = "${nowhere:placeholder}", topics = "audit", autoStartup = "${nowhere:false}")
		void placeholder(String text) {
		}

		@DistributedTask("by-factory")
		@KafkaListener(id = "factory", topics = "audit", containerFactory = "notStarting")
		void factory(String text) {
		}

		@AuditListener
		void annotation(String text) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@DistributedTask("by-annotation")
	@KafkaListener(id = "annotation", topics = "audit", autoStartup = "false")
	@interface AuditListener {

	}

	static class Concurrent {

		@DistributedTask("concurrent")
		@KafkaListener(id = "concurrent", topics = "audit", autoStartup = "false", concurrency = "2")
		void audit(String text) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ContainerBean {

		@Bean
		@DistributedTask("container")
		ConcurrentMessageListenerContainer<Object, Object> container(
				ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory) {
			ConcurrentMessageListenerContainer<Object, Object> container = kafkaListenerContainerFactory
				.createContainer("audit");
			container.getContainerProperties().setGroupId("container");
			container.setupMessageListener((MessageListener<Object, Object>) (message) -> {
			});
			container.setAutoStartup(false);
			return container;
		}

	}

	static class Audit {

		@DistributedTask("audit-feed")
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

}
