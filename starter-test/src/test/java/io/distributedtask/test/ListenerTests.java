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

package io.distributedtask.test;

import java.util.HashMap;
import java.util.List;

import io.distributedtask.DistributedTask;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.mock.MockConsumerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TaskOwnership} with a listener container, whose consumer is a mock.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureDistributedTasks
class ListenerTests {

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private KafkaListenerEndpointRegistry containers;

	@Test
	void containersRunOnTheOwnerOnly() {
		assertThat(this.containers.getListenerContainer("orders").isRunning()).isFalse();
		this.ownership.assign("orders");
		await().until(() -> this.containers.getListenerContainer("orders").isRunning());
		this.ownership.revoke("orders");
		assertThat(this.containers.getListenerContainer("orders").isRunning()).isFalse();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@DistributedTask("orders")
		@KafkaListener(id = "orders", topics = "orders", autoStartup = "false")
		void order(ConsumerRecord<String, String> order) {
			throw new IllegalStateException("There is no broker that could send " + order);
		}

		@Bean
		ConsumerFactory<Object, Object> consumers() {
			return new MockConsumerFactory<>(() -> {
				MockConsumer<Object, Object> consumer = new MockConsumer<>("earliest");
				HashMap<TopicPartition, Long> beginning = new HashMap<>();
				beginning.put(new TopicPartition("orders", 0), 0L);
				consumer.updateBeginningOffsets(beginning);
				consumer.schedulePollTask(() -> consumer.rebalance(List.copyOf(beginning.keySet())));
				return consumer;
			});
		}

	}

}
