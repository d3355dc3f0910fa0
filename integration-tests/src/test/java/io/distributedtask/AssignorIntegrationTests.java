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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.fixture.Instances;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of the choice of an assignor, and of how fast its target is
 * approached, on a real broker.
 */
class AssignorIntegrationTests {

	private static final int SHARDS = 16;

	private final Instances instances = new Instances(Application.class);

	@AfterEach
	void stopInstances() {
		this.instances.close();
	}

	@Test
	void onlySoManyShardsMoveAtATimeUntilTheGroupIsBalanced() {
		String limit = "--distributed-task.max-moves-per-rebalance=3";
		ConfigurableApplicationContext a = this.instances.start("a", limit);
		await().until(() -> owned(a) == SHARDS);
		ConfigurableApplicationContext b = this.instances.start("b", limit);
		await().until(() -> owned(a) == SHARDS / 2 && owned(b) == SHARDS / 2);
		List<GroupRebalancedEvent> rebalances = a.getBean(Rebalances.class).events;
		await().until(() -> rebalances.stream().mapToInt((event) -> event.handedOver().size()).sum() == SHARDS / 2);
		assertThat(rebalances).allSatisfy((event) -> assertThat(event.handedOver()).hasSizeLessThanOrEqualTo(3));
		assertThat(rebalances).extracting(GroupRebalancedEvent::reason)
			.anyMatch((reason) -> reason.endsWith("; 5 moves wait: max-moves-per-rebalance=3"));
		assertThat(rebalances.get(rebalances.size() - 1).reason()).doesNotContain("wait");
		this.instances.stop(a);
		await().until(() -> owned(b) == SHARDS);
	}

	@Test
	void aGroupChangesFromStickyToZoneSpreadByARollingRestart() {
		String[] zones = { "eu", "us", "us" };
		List<ConfigurableApplicationContext> running = new ArrayList<>();
		for (int i = 0; i < zones.length; i++) {
			running.add(this.instances.start("i" + i, "--distributed-task.labels.zone=" + zones[i]));
		}
		await().until(() -> running.stream().map(AssignorIntegrationTests::owned).sorted().toList(),
				List.of(5, 5, 6)::equals);
		for (int i = 0; i < zones.length; i++) {
			await().until(() -> assignor(running.get(2)).equals("sticky"));
			this.instances.stop(running.get(i));
			running.set(i, this.instances.start("i" + i, "--distributed-task.labels.zone=" + zones[i],
					"--distributed-task.assignors=zone-spread,sticky"));
			ConfigurableApplicationContext restarted = running.get(i);
			await().until(() -> owned(restarted) > 0);
		}
		await().untilAsserted(() -> {
			assertThat(assignor(running.get(0))).isEqualTo("zone-spread");
			assertThat(running.stream().map(AssignorIntegrationTests::owned)).containsExactly(8, 4, 4);
		});
	}

	private static String assignor(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class).assignments().group().assignor();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private static int owned(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class).membership().owned();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Rebalances rebalances() {
			return new Rebalances();
		}

		@Bean
		@DistributedTask(name = "cache", shards = SHARDS)
		OwnershipListener cache() {
			return new OwnershipListener() {

				@Override
				public void onAssigned(TaskContext task) {
					// owning it is all there is to do
				}

				@Override
				public void onRevoked(TaskContext task) {
					// nothing to undo
				}

			};
		}

	}

	static class Rebalances {

		private final List<GroupRebalancedEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(GroupRebalancedEvent event) {
			this.events.add(event);
		}

	}

}
