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

package io.distributedtask.faults.processes;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.faults.network.GarbageMember;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link BrokerCluster}.
 */
class BrokerClusterIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	private static Path folder;

	private static BrokerCluster brokers;

	private final List<KafkaConsumer<String, String>> consumers = new ArrayList<>();

	@BeforeAll
	static void startBrokers() {
		brokers = BrokerCluster.start(folder, 3, List.of("i1", "i2"));
	}

	@AfterAll
	static void stopBrokers() {
		brokers.close();
		assertThat(brokers.ids()).noneMatch(brokers::isRunning);
	}

	@AfterEach
	void undo() {
		brokers.links("i1").heal();
		this.consumers.forEach((consumer) -> consumer.close(Duration.ofSeconds(1)));
	}

	@Test
	void clientsOfASlotLearnOfItsLinksOnly() throws Exception {
		try (Admin one = admin("i1"); Admin two = admin("i2")) {
			assertThat(addresses(one)).isEqualTo(brokers.bootstrapServers("i1"));
			assertThat(addresses(two)).isEqualTo(brokers.bootstrapServers("i2"));
			brokers.links("i1").cut();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> addresses(one))
				.withCauseInstanceOf(TimeoutException.class);
			assertThat(addresses(two)).isEqualTo(brokers.bootstrapServers("i2"));
			brokers.links("i1").heal();
			assertThat(addresses(one)).isEqualTo(brokers.bootstrapServers("i1"));
			brokers.links("i1").stall();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> addresses(one))
				.withCauseInstanceOf(TimeoutException.class);
			brokers.links("i1").heal();
			assertThat(addresses(one)).isEqualTo(brokers.bootstrapServers("i1"));
		}
	}

	@Test
	void aGroupGoesOnWhenItsCoordinatorIsKilledMovedFrozenAndStopped() {
		KafkaConsumer<String, String> consumer = join("i1", "going-on");
		String member = consumer.groupMetadata().memberId();
		int first = coordinator("going-on");
		brokers.kill(first);
		awaitOtherCoordinator("going-on", first);
		assertStays(consumer, "going-on", member);
		brokers.start(first);
		int second = coordinator("going-on");
		await().atMost(PATIENCE).until(() -> brokers.moveCoordinator("going-on").isPresent());
		int third = coordinator("going-on");
		assertThat(third).isNotEqualTo(second);
		assertStays(consumer, "going-on", member);
		brokers.freeze(third);
		assertThat(brokers.isRunning(third)).isTrue();
		awaitOtherCoordinator("going-on", third);
		assertStays(consumer, "going-on", member);
		brokers.thaw(third);
		int fourth = coordinator("going-on");
		brokers.stop(fourth);
		assertThat(brokers.isRunning(fourth)).isFalse();
		assertStays(consumer, "going-on", member);
		brokers.start(fourth);
		assertStays(consumer, "going-on", member);
	}

	@Test
	void aMemberIsRemovedWithoutItsKnowledgeAndAnEmptyGroupDeleted() {
		KafkaConsumer<String, String> consumer = join("i2", "administered");
		String member = consumer.groupMetadata().memberId();
		assertThat(brokers.describe("administered")).singleElement().satisfies((described) -> {
			assertThat(described.memberId()).isEqualTo(member);
			assertThat(described.clientId()).isEqualTo("administered-i2");
			assertThat(described.metadata()).isNotEmpty();
		});
		assertThat(brokers.members("administered")).containsExactly(Map.entry(member, "i2"));
		brokers.evict("administered", member);
		assertThat(brokers.members("administered")).isEmpty();
		brokers.deleteGroup("administered");
		assertThat(brokers.describe("administered")).isEmpty();
	}

	@Test
	void garbageIsAMemberAmongInstancesAndDoesNotLead() {
		byte[] garbage = "garbage".getBytes(StandardCharsets.UTF_8);
		try (GarbageMember alone = new GarbageMember(brokers.adminServers(), "spoilt", garbage)) {
			await().atMost(PATIENCE).until(alone::isElected);
			await().atMost(PATIENCE).until(() -> brokers.describe("spoilt").isEmpty());
		}
		try (ConfigurableApplicationContext instance = startInstance("i2", "spoilt")) {
			DistributedTasks tasks = instance.getBean(DistributedTasks.class);
			await().atMost(PATIENCE).until(() -> tasks.isOwner("idle"));
			try (GarbageMember member = new GarbageMember(brokers.adminServers(), "spoilt", garbage)) {
				await().atMost(PATIENCE).until(() -> member.generation() > 0);
				await().atMost(PATIENCE)
					.untilAsserted(() -> assertThat(brokers.describe("spoilt"))
						.filteredOn((described) -> Arrays.equals(described.metadata(), garbage))
						.hasSize(1));
				assertThat(brokers.members("spoilt").values()).containsExactly("i2");
				assertThat(member.isElected()).isFalse();
			}
			await().atMost(PATIENCE).until(() -> brokers.describe("spoilt").size() == 1);
			assertThat(tasks.isOwner("idle")).isTrue();
		}
	}

	@Test
	void oneBrokerIsItsOwnController() {
		try (BrokerCluster one = BrokerCluster.start(folder.resolve("one"), 1, List.of("i1"))) {
			assertThat(one.ids()).containsExactly(1);
			assertThat(one.moveCoordinator("any")).isEmpty();
			one.kill(1);
			assertThat(one.coordinatorOf("any")).isEmpty();
			one.start(1);
			await().atMost(PATIENCE).until(() -> one.coordinatorOf("any").isPresent());
		}
	}

	@Test
	void brokersThatDoNotStartLeaveNoProcessBehind() {
		long before = ProcessHandle.current().children().count();
		// the name of a listener that brokers have anyway
		assertThatIllegalStateException()
			.isThrownBy(() -> BrokerCluster.start(folder.resolve("none"), 1, List.of("clients")))
			.withMessageContaining("b1 did not start");
		await().atMost(PATIENCE).until(() -> ProcessHandle.current().children().count() == before);
	}

	private ConfigurableApplicationContext startInstance(String slot, String groupId) {
		return new SpringApplicationBuilder(Instance.class).web(WebApplicationType.NONE)
			.run("--spring.kafka.bootstrap-servers=" + brokers.bootstrapServers(slot),
					"--distributed-task.group-id=" + groupId, "--distributed-task.instance-name=" + slot,
					"--spring.main.banner-mode=off");
	}

	private void awaitOtherCoordinator(String groupId, int former) {
		await().atMost(PATIENCE).until(() -> brokers.coordinatorOf(groupId).orElse(former) != former);
	}

	private int coordinator(String groupId) {
		return brokers.coordinatorOf(groupId).orElseThrow();
	}

	/**
	 * It commits as the member that it was: only its coordinator can allow that.
	 */
	private void assertStays(KafkaConsumer<String, String> consumer, String groupId, String member) {
		await().atMost(PATIENCE).ignoreException(TimeoutException.class).untilAsserted(() -> {
			consumer.poll(Duration.ofMillis(100));
			consumer.commitSync(Map.of(new TopicPartition("topic", 0), new OffsetAndMetadata(1)),
					Duration.ofSeconds(2));
			assertThat(brokers.describe(groupId)).extracting(GroupMember::memberId).containsExactly(member);
		});
	}

	private KafkaConsumer<String, String> join(String slot, String groupId) {
		Map<String, Object> properties = properties(slot);
		properties.put("group.id", groupId);
		properties.put("client.id", groupId + "-" + slot);
		KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, new StringDeserializer(),
				new StringDeserializer());
		this.consumers.add(consumer);
		consumer.subscribe(List.of("topic"));
		await().atMost(PATIENCE).until(() -> {
			consumer.poll(Duration.ofMillis(100));
			return consumer.groupMetadata().generationId() > 0;
		});
		return consumer;
	}

	private Admin admin(String slot) {
		return Admin.create(properties(slot));
	}

	private Map<String, Object> properties(String slot) {
		return new HashMap<>(Map.of("bootstrap.servers", brokers.bootstrapServers(slot), "request.timeout.ms", 1000,
				"default.api.timeout.ms", 2000));
	}

	private String addresses(Admin admin) throws Exception {
		Collection<Node> nodes = admin.describeCluster().nodes().get(60, TimeUnit.SECONDS);
		return nodes.stream()
			.sorted((a, b) -> Integer.compare(a.id(), b.id()))
			.map((node) -> node.host() + ":" + node.port())
			.collect(Collectors.joining(","));
	}

	@EnableAutoConfiguration
	static class Instance {

		@DistributedTask("idle")
		void idle(TaskContext task) throws InterruptedException {
			while (task.isOwned()) {
				TimeUnit.MILLISECONDS.sleep(20);
			}
		}

	}

}
