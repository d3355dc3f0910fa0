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
import java.util.stream.Stream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.fixture.SharedBroker;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of several contexts in one process and one group: parents, children,
 * and test contexts that are paused.
 */
class ContextsIntegrationTests {

	private final String groupId = "group-" + System.nanoTime();

	private ConfigurableApplicationContext open(ConfigurableApplicationContext parent, String... arguments) {
		SpringApplicationBuilder builder = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE);
		if (parent != null) {
			builder.parent(parent);
		}
		return builder.properties("spring.main.banner-mode=off")
			.run(Stream.concat(Stream.of("--spring.kafka.bootstrap-servers=" + SharedBroker.servers(),
					"--distributed-task.group-id=" + this.groupId), Stream.of(arguments))
				.toArray(String[]::new));
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext context) {
		return context.getBean(DistributedTasks.class);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	@Test
	void aPausedContextLeavesItsShardsToOthersAndJoinsAgainWhenItIsRestarted() {
		// nothing but leaving gives others the shards within this test
		String session = "--distributed-task.session-timeout=300s";
		String rebalance = "--distributed-task.rebalance-timeout=300s";
		try (ConfigurableApplicationContext first = open(null, session, rebalance);
				ConfigurableApplicationContext second = open(null, session, rebalance)) {
			await().until(() -> owned(first) + owned(second) == 2 && owned(first) == 1);
			for (int time = 0; time < 3; time++) {
				first.pause();
				assertThat(tasks(first).membership().state()).isEqualTo(GroupStatus.STOPPED);
				await().until(() -> owned(second) == 2);
				first.restart();
				await().until(() -> owned(first) == 1 && owned(second) == 1);
			}
			for (int time = 0; time < 5; time++) {
				first.stop();
				first.start();
			}
			await().until(() -> owned(first) == 1 && owned(second) == 1);
		}
	}

	@Test
	void testClassesWithDifferentPropertiesShareAGroup() throws Exception {
		TestClass.groupId = this.groupId;
		for (int time = 0; time < 2; time++) {
			for (Class<? extends TestClass> type : List.of(FirstTestClass.class, SecondTestClass.class)) {
				TestContextManager manager = new TestContextManager(type);
				manager.beforeTestClass();
				TestClass test = BeanUtils.instantiateClass(type);
				manager.prepareTestInstance(test);
				await().until(() -> test.tasks.isOwner("crawler", 0) && test.tasks.isOwner("crawler", 1));
				manager.afterTestClass();
			}
		}
	}

	@Test
	void aParentAndItsChildAreTwoMembersOfOneGroup() {
		try (ConfigurableApplicationContext parent = open(null); ConfigurableApplicationContext child = open(parent)) {
			await().until(() -> owned(parent) == 1 && owned(child) == 1);
			List<Instance> instances = tasks(parent).assignments().instances();
			assertThat(instances).hasSize(2).extracting(Instance::name).doesNotHaveDuplicates();
			child.close();
			await().until(() -> owned(parent) == 2);
		}
	}

	@Test
	void aChildHasItsOwnGroupAndModeAndClosesWithItsParent() {
		ConfigurableApplicationContext parent = open(null, "--distributed-task.mode=local");
		ConfigurableApplicationContext child = open(parent, "--distributed-task.mode=kafka",
				"--distributed-task.group-id=child-" + this.groupId);
		try (ConfigurableApplicationContext other = open(null, "--distributed-task.group-id=child-" + this.groupId)) {
			await().until(() -> owned(parent) == 2 && owned(child) == 1 && owned(other) == 1);
			assertThat(tasks(child).assignments().source()).isEqualTo(Assignments.Source.COORDINATOR);
			parent.close();
			assertThat(child.isActive()).isFalse();
			await().until(() -> owned(other) == 2);
		}
	}

	private static int owned(ConfigurableApplicationContext context) {
		return tasks(context).membership().owned();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Crawler crawler() {
			return new Crawler();
		}

	}

	/**
	 * What Spring's test framework does with the contexts of test classes is what is
	 * tested.
	 */
	@SpringBootTest(classes = Application.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
			properties = { "distributed-task.session-timeout=300s", "distributed-task.rebalance-timeout=300s" })
	abstract static class TestClass {

		private static String groupId;

		@Autowired
		private DistributedTasks tasks;

		@DynamicPropertySource
		static void group(DynamicPropertyRegistry properties) {
			properties.add("distributed-task.group-id", () -> groupId);
			properties.add("spring.kafka.bootstrap-servers", () -> SharedBroker.servers());
		}

	}

	@TestPropertySource(properties = "test.class=first")
	static class FirstTestClass extends TestClass {

	}

	@TestPropertySource(properties = "test.class=second")
	static class SecondTestClass extends TestClass {

	}

	static class Crawler {

		@DistributedTask(name = "crawler", shards = 2)
		void crawl(TaskContext task) throws InterruptedException {
			while (task.isOwned()) {
				Thread.sleep(10);
			}
		}

	}

}
