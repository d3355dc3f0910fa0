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

package io.distributedtask;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.DltHandler;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.CommonContainerStoppingErrorHandler;
import org.springframework.kafka.listener.MessageListenerContainer;

/**
 * An application whose tasks are listeners of Spring for Apache Kafka: one with retry
 * topics, and one whose container is stopped by its error handler.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ListenerApplication {

	static final String ORDERS = "orders";

	static final String PAYMENTS = "payments";

	@Bean
	Orders orders(KafkaListenerEndpointRegistry registry) {
		return new Orders(registry);
	}

	@Bean
	ConcurrentKafkaListenerContainerFactory<Object, Object> stopping(ConsumerFactory<Object, Object> consumers) {
		ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
		factory.setConsumerFactory(consumers);
		factory.setCommonErrorHandler(new CommonContainerStoppingErrorHandler());
		return factory;
	}

	/**
	 * Cannot process its first records.
	 */
	static class Orders {

		final Queue<String> attempts = new ConcurrentLinkedQueue<>();

		final Queue<String> dead = new ConcurrentLinkedQueue<>();

		final Queue<String> payments = new ConcurrentLinkedQueue<>();

		private final KafkaListenerEndpointRegistry registry;

		Orders(KafkaListenerEndpointRegistry registry) {
			this.registry = registry;
		}

		long runningContainers(String idPrefix) {
			return this.registry.getListenerContainersMatching((id) -> id.startsWith(idPrefix))
				.stream()
				.filter(MessageListenerContainer::isRunning)
				.count();
		}

		@DistributedTask(ORDERS)
		@RetryableTopic(attempts = "2", backOff = @BackOff(50))
		@KafkaListener(id = "${spring.application.name}-orders", topics = ORDERS, autoStartup = "false")
		void order(String order) {
			this.attempts.add(order);
			throw new IllegalStateException("This order cannot be processed");
		}

		@DltHandler
		void deadOrder(String order) {
			this.dead.add(order);
		}

		@DistributedTask(PAYMENTS)
		@KafkaListener(id = "${spring.application.name}-payments", topics = PAYMENTS, autoStartup = "false",
				containerFactory = "stopping")
		void payment(String payment) {
			this.payments.add(payment);
			if (this.payments.size() == 1) {
				throw new IllegalStateException("The bank is closed");
			}
		}

	}

}
