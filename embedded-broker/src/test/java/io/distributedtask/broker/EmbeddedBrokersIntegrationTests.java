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

package io.distributedtask.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EmbeddedBrokers}.
 */
class EmbeddedBrokersIntegrationTests {

	@Test
	void oneBrokerServesGroupsAndRestartsOnItsPort() {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.startOne()) {
			String servers = brokers.bootstrapServers();
			join(brokers, "one");
			assertThat(brokers.groups()).containsEntry("one", "consumer");
			assertThat(brokers.coordinatorOf("one")).hasValue(1);
			brokers.stop(1);
			brokers.start(1);
			assertThat(brokers.bootstrapServers()).isEqualTo(servers);
			// the groups are read from the log after the start
			await().untilAsserted(() -> assertThat(brokers.groups()).containsKey("one"));
			brokers.deleteGroup("one");
			await().untilAsserted(() -> assertThat(brokers.groups()).doesNotContainKey("one"));
		}
	}

	@Test
	void coordinatorMovesWhenItsBrokerStops() {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.builder().brokers(3).start()) {
			assertThat(brokers.bootstrapServers().split(",")).hasSize(3);
			assertThat(brokers.coordinatorOf("moving")).isEmpty();
			join(brokers, "moving");
			int coordinator = brokers.coordinatorOf("moving").orElseThrow();
			brokers.stop(coordinator);
			join(brokers, "moving");
			assertThat(brokers.coordinatorOf("moving").orElseThrow()).isNotEqualTo(coordinator);
			assertThatIllegalArgumentException().isThrownBy(() -> brokers.stop(9)).withMessageContaining("no node 9");
		}
	}

	private void join(EmbeddedBrokers brokers, String groupId) {
		Map<String, Object> properties = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers.bootstrapServers(),
				ConsumerConfig.GROUP_ID_CONFIG, groupId, ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(),
				new StringDeserializer())) {
			consumer.subscribe(List.of("topic"));
			long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
			while (consumer.groupMetadata().generationId() < 0 && System.nanoTime() < deadline) {
				consumer.poll(Duration.ofMillis(100));
			}
			assertThat(consumer.groupMetadata().generationId()).isPositive();
		}
	}

}
