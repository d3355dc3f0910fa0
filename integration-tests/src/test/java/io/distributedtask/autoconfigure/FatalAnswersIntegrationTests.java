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

package io.distributedtask.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.broker.EmbeddedBrokers;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of answers of the brokers that only a person can do something about:
 * each is brought about on a real broker, and its cause is removed while the application
 * runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class FatalAnswersIntegrationTests {

	private final String groupId = "group-" + System.nanoTime();

	@Test
	void aFullGroup(CapturedOutput output) {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.builder().property("group.max.size", "1").start();
				Shop a = shop("a", brokers)) {
			a.awaitOwner();
			try (Shop b = shop("b", brokers)) {
				b.awaitTrouble(output, "Group '" + this.groupId + "' is full", "raise group.max.size");
				assertThat(a.worker().starts()).as("nothing stops because another one cannot join")
					.isEqualTo(Shop.SHARDS);
				a.close();
				b.awaitRecovery(output);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "classic", "consumer" })
	void aGroupOfAnotherKind(String protocol, CapturedOutput output) {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.startOne()) {
			Map<String, Object> properties = Map.of("bootstrap.servers", brokers.bootstrapServers(), "group.id",
					this.groupId, "group.protocol", protocol, "key.deserializer", StringDeserializer.class,
					"value.deserializer", StringDeserializer.class);
			try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
				consumer.subscribe(List.of("no-such-topic"));
				Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
					consumer.poll(Duration.ofMillis(100));
					// before it has joined, the group exists and is anybody's
					return brokers.groups().containsKey(this.groupId) && consumer.groupMetadata().generationId() > 0;
				});
				try (Shop shop = shop("a", brokers)) {
					shop.awaitTrouble(output, "has members that do not use distributed-task",
							"choose another distributed-task.group-id");
					consumer.close();
					shop.awaitRecovery(output);
				}
			}
		}
	}

	@Test
	void aSessionTimeoutThatTheBrokersDoNotAllow(CapturedOutput output) {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.builder()
			.property("group.max.session.timeout.ms", "9999")
			.start(); Shop shop = shop("a", brokers)) {
			shop.awaitTrouble(output, "do not allow distributed-task.session-timeout=10000ms",
					"group.max.session.timeout.ms");
			brokers.stop(1);
			brokers.change(1, "group.max.session.timeout.ms", "10000");
			brokers.start(1);
			shop.awaitRecovery(output);
		}
	}

	@Test
	void aGroupTooLargeToBeStored(CapturedOutput output) throws Exception {
		String tooLarge = "The brokers could not store group '" + this.groupId + "'";
		try (EmbeddedBrokers brokers = EmbeddedBrokers.startOne(); Shop a = shop("a", brokers)) {
			a.awaitOwner();
			limitRecords(brokers, "2000");
			try (Shop b = shop("b", brokers, largeLabels())) {
				b.await().until(() -> b.failures() >= 3);
				assertThat(b.tasks().membership().problem()).startsWith(tooLarge)
					.contains("max.message.bytes of topic __consumer_offsets", "fewer shards");
				assertThat(b.health().getStatus()).isEqualTo(Status.DOWN);
				a.await().until(() -> a.health().getStatus().equals(Status.UP));
				assertThat(a.worker().starts()).as("what runs goes on").isEqualTo(Shop.SHARDS);
				assertThat(a.worker().running()).isEqualTo(Shop.SHARDS);
				assertThat(Shop.complaints(output)).hasSizeBetween(1, 2)
					.allSatisfy((line) -> assertThat(line).contains(tooLarge));
				limitRecords(brokers, "100000");
				b.awaitOwner();
				b.await().until(() -> b.health().getStatus().equals(Status.UP));
				a.await().until(() -> a.health().getStatus().equals(Status.UP));
				assertThat(a.worker().starts()).isEqualTo(Shop.SHARDS);
			}
		}
	}

	/**
	 * Text that becomes no shorter when it is compressed.
	 */
	private static String[] largeLabels() {
		Random random = new Random(7);
		return IntStream.range(0, 10)
			.mapToObj((i) -> "--distributed-task.labels.l%d=%s".formatted(i,
					random.ints(200, 'a', 'z' + 1)
						.mapToObj((letter) -> String.valueOf((char) letter))
						.collect(Collectors.joining())))
			.toArray(String[]::new);
	}

	private static void limitRecords(EmbeddedBrokers brokers, String bytes) throws Exception {
		ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "__consumer_offsets");
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers()))) {
			admin
				.incrementalAlterConfigs(
						Map.of(topic,
								List.of(new AlterConfigOp(new ConfigEntry("max.message.bytes", bytes),
										AlterConfigOp.OpType.SET))))
				.all()
				.get(30, TimeUnit.SECONDS);
		}
	}

	@ParameterizedTest
	@CsvSource({ "-1,JOIN_GROUP", "4,group.instance.id" })
	void brokersThatAreTooOld(int joinGroup, String what, CapturedOutput output) throws Exception {
		OldBroker old = new OldBroker(joinGroup);
		try (old;
				Shop shop = Shop.open("a", this.groupId, "127.0.0.1:" + old.port(),
						"--distributed-task.static-member-id=pod-1")) {
			shop.awaitTrouble(output, "are too old for this client", what, "use brokers of Kafka 2.1 or later",
					"distributed-task.static-member-id only with 2.3");
			old.close();
			try (EmbeddedBrokers brokers = EmbeddedBrokers.builder().ports(old.port()).start()) {
				assertThat(brokers.bootstrapServers()).endsWith(":" + old.port());
				shop.awaitRecovery(output);
				shop.close();
			}
		}
	}

	private Shop shop(String name, EmbeddedBrokers brokers, String... arguments) {
		return Shop.open(name, this.groupId, brokers.bootstrapServers(), arguments);
	}

}
