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

package io.distributedtask.migration;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;
import io.distributedtask.migration.election.CrawlerLatch;
import io.distributedtask.migration.election.Prices;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.atLeastOnce;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * What {@code docs/coming-from-leader-election.md} says about Curator and about
 * listeners.
 */
class ElectionTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, DistributedTaskAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop");

	@Test
	void theOwnerWorksWhenItHasWonTheElectionOfOldPods(@TempDir Path data) throws Exception {
		System.setProperty("zookeeper.admin.enableServer", "false");
		ServerCnxnFactory zooKeeper = ServerCnxnFactory
			.createFactory(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
		zooKeeper.startup(new ZooKeeperServer(data.toFile(), data.toFile(), 500));
		String servers = "127.0.0.1:" + zooKeeper.getLocalPort();
		try (CuratorFramework ofOldPod = CuratorFrameworkFactory.newClient(servers, new RetryOneTime(100));
				CuratorFramework ofOwner = CuratorFrameworkFactory.newClient(servers, new RetryOneTime(100))) {
			ofOldPod.start();
			ofOwner.start();
			LeaderLatch oldPod = new LeaderLatch(ofOldPod, "/crawler");
			oldPod.start();
			oldPod.await();
			Crawler crawler = mock(Crawler.class);
			this.runner.withPropertyValues("distributed-task.mode=local")
				.withBean(CuratorFramework.class, () -> ofOwner, (bean) -> bean.setDestroyMethodName(""))
				.withBean(Crawler.class, () -> crawler)
				.withBean(CrawlerLatch.class)
				.run((context) -> {
					Awaitility.await().until(() -> oldPod.getParticipants().size() == 2);
					then(crawler).should(never()).start(any());
					oldPod.close();
					Awaitility.await().untilAsserted(() -> then(crawler).should().start(any()));
				});
			then(crawler).should(atLeastOnce()).stop();
			assertThat(ofOldPod.getChildren().forPath("/crawler")).isEmpty();
		}
		finally {
			zooKeeper.shutdown();
		}
	}

	@Test
	void anIdIsAConsumerGroupUnlessToldOtherwise() {
		this.runner.withPropertyValues("distributed-task.enabled=false", "spring.kafka.consumer.group-id=shop")
			.withBean(Prices.class)
			.run((context) -> {
				KafkaListenerEndpointRegistry registry = context.getBean(KafkaListenerEndpointRegistry.class);
				assertThat(registry.getListenerContainer("prices").getGroupId()).isEqualTo("shop");
				assertThat(registry.getListenerContainer("id-as-group").getGroupId()).isEqualTo("id-as-group");
			});
	}

}
