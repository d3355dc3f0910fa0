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

import java.util.Map;

import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.coordination.Ownership.Phase;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.FakeOwnership;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.MessageListenerContainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for tasks that are a {@code @KafkaListener}: no broker is needed for a container
 * to start and stop.
 */
@Timeout(60)
class KafkaListenerTaskTests {

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

	@Configuration(proxyBeanMethods = false)
	@EnableKafka
	static class Kafka {

		@Bean
		ConcurrentKafkaListenerContainerFactory<Object, Object> kafkaListenerContainerFactory() {
			ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
			String deserializer = "org.apache.kafka.common.serialization.StringDeserializer";
			factory.setConsumerFactory(new DefaultKafkaConsumerFactory<>(Map.of("bootstrap.servers", "127.0.0.1:1",
					"key.deserializer", deserializer, "value.deserializer", deserializer)));
			return factory;
		}

	}

	static class Audit {

		@DistributedTask("audit-feed")
		@KafkaListener(id = "audit", topics = "audit", autoStartup = "false")
		void audit(String text) {
		}

	}

}
