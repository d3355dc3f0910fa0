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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;
import io.distributedtask.internal.annotation.DistributedTaskSchedulingPostProcessor;
import io.distributedtask.internal.annotation.TaskSettings;
import io.distributedtask.internal.coordination.LocalGroupMembership;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.security.jaas.KafkaJaasLoginModuleInitializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskAutoConfiguration}.
 */
class DistributedTaskAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.kafka.bootstrap-servers=localhost:1",
				"distributed-task.instance-name=shop-1");

	@Test
	void localModeNeedsNoKafka() {
		this.contextRunner.withPropertyValues("distributed-task.mode=local")
			.withClassLoader(new FilteredClassLoader("org.apache.kafka", "org.springframework.kafka"))
			.run((context) -> {
				assertThat(context).hasSingleBean(DistributedTasks.class)
					.hasSingleBean(DefaultTaskRunner.class)
					.hasBean("localGroupMembershipFactory")
					.doesNotHaveBean("kafkaGroupMembershipFactory");
				DistributedTasks distributedTasks = context.getBean(DistributedTasks.class);
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(distributedTasks.membership().state()).isEqualTo(GroupStatus.LOCAL));
				assertThat(distributedTasks.membership().instance()).isEqualTo("shop-1");
				assertThat(distributedTasks.assignments().group().id()).isEqualTo("shop-tasks");
			});
	}

	@Test
	void localModeNeedsNoApplicationName() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class))
			.withPropertyValues("distributed-task.mode=local")
			.run((context) -> assertThat(context.getBean(GroupId.class).value()).isEqualTo("local"));
	}

	@Test
	void kafkaModeIsTheDefaultAndNeedsNoBrokerToStart() {
		withKafka().run((context) -> {
			assertThat(context).hasBean("kafkaGroupMembershipFactory").doesNotHaveBean("localGroupMembershipFactory");
			DistributedTasks distributedTasks = context.getBean(DistributedTasks.class);
			assertThat(distributedTasks.membership().state()).isNotEqualTo(GroupStatus.STABLE);
			assertThat(distributedTasks.isOwner("any")).isFalse();
		});
	}

	@Test
	void kafkaModeWithoutKafkaOnTheClassPathFails() {
		withKafka().withClassLoader(new FilteredClassLoader("org.apache.kafka", "org.springframework.kafka"))
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOfSatisfying(DistributedTaskConfigurationException.class, (ex) -> assertThat(ex.action())
					.contains("spring-boot-starter-kafka", "distributed-task.mode=local")));
	}

	@Test
	void kafkaModeWithoutKafkaAutoConfigurationFails() {
		this.contextRunner.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(DistributedTaskConfigurationException.class)
			.hasMessageContaining("KafkaAutoConfiguration is excluded"));
	}

	@Test
	void backsOffFromOwnMembershipFactory() {
		GroupMembershipFactory own = (instance) -> new LocalGroupMembership("sticky");
		withKafka().withBean(GroupMembershipFactory.class, () -> own)
			.run((context) -> assertThat(context).getBean(GroupMembershipFactory.class).isSameAs(own));
		local("a=b").withBean(GroupMembershipFactory.class, () -> own)
			.run((context) -> assertThat(context).getBean(GroupMembershipFactory.class).isSameAs(own));
	}

	@Test
	void disabledOnlyHoldsBackWhatIsAnnotated() {
		this.contextRunner.withPropertyValues("distributed-task.enabled=false")
			.withUserConfiguration(TaskConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(DistributedTaskAnnotationBeanPostProcessor.class)
					.hasSingleBean(DistributedTaskSchedulingPostProcessor.class)
					.doesNotHaveBean(DistributedTasks.class)
					.doesNotHaveBean(DefaultTaskRunner.class)
					.doesNotHaveBean(TaskCoordinatorLifecycle.class)
					.doesNotHaveBean(GroupMembershipFactory.class);
				assertThat(context.getBean(TaskSettings.class).enabled()).isFalse();
				assertThat(context.getBean(Crawler.class).shards).isEmpty();
			});
	}

	@Test
	void groupIdWins() {
		local("distributed-task.group-id=own")
			.run((context) -> assertThat(context.getBean(GroupId.class).value()).isEqualTo("own"));
	}

	@Test
	void neitherGroupIdNorApplicationNameFails() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class,
					KafkaAutoConfiguration.class, SslAutoConfiguration.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(DistributedTaskConfigurationException.class, (ex) -> assertThat(ex.action())
					.contains("'spring.application.name'", "'distributed-task.group-id'")));
	}

	@Test
	void unknownAssignorFailsBeforeTheStart() {
		local("distributed-task.assignors=own").run((context) -> assertThat(context).getFailure()
			.isInstanceOf(InvalidDistributedTaskPropertyException.class)
			.hasMessageContaining("There is no assignor 'own'"));
	}

	@Test
	void ownAssignorCanBeSelected() {
		local("distributed-task.assignors=own,sticky").withBean(OwnAssignor.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void backsOffFromOwnDistributedTasks() {
		DistributedTasks own = mock(DistributedTasks.class);
		local("a=b").withBean(DistributedTasks.class, () -> own)
			.run((context) -> assertThat(context).getBean(DistributedTasks.class).isSameAs(own));
	}

	@Test
	void phaseIsBetweenWebServerAndListenerContainers() {
		local("a=b").run((context) -> assertThat(context.getBean(TaskCoordinatorLifecycle.class).getPhase())
			.isEqualTo(SmartLifecycle.DEFAULT_PHASE - 512));
		local("distributed-task.phase=7")
			.run((context) -> assertThat(context.getBean(TaskCoordinatorLifecycle.class).getPhase()).isEqualTo(7));
	}

	@Test
	void jaasIsSetUpFirst() {
		withKafka().withPropertyValues("spring.kafka.jaas.enabled=true")
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(KafkaJaasLoginModuleInitializer.class));
	}

	@Test
	void lazyInitializationKeepsTasks() {
		local("distributed-task.tasks.crawler.shards=2").withUserConfiguration(TaskConfiguration.class)
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getBeanFactory().containsSingleton("crawler")).isTrue();
				assertThat(context.getBeanFactory().containsSingleton("idle")).isFalse();
			});
	}

	@Test
	void ownsRunsPublishesAndStartsAgainInLocalMode() {
		local("distributed-task.tasks.crawler.shards=2").withUserConfiguration(TaskConfiguration.class)
			.run((context) -> {
				Crawler crawler = context.getBean(Crawler.class);
				Events events = context.getBean(Events.class);
				DistributedTasks distributedTasks = context.getBean(DistributedTasks.class);
				Awaitility.await().untilAsserted(() -> assertThat(crawler.shards).containsExactlyInAnyOrder(0, 1));
				assertThat(distributedTasks.isOwner("crawler", 1)).isTrue();
				TaskCoordinatorLifecycle lifecycle = context.getBean(TaskCoordinatorLifecycle.class);
				Object first = lifecycle.current();
				context.stop();
				assertThat(lifecycle.isRunning()).isFalse();
				assertThat(distributedTasks.isOwner("crawler", 1)).isFalse();
				assertThat(distributedTasks.membership().state()).isEqualTo(GroupStatus.STOPPED);
				assertThat(events.of(TaskAssignedEvent.class)).hasSize(2);
				assertThat(events.of(TaskRevokedEvent.class)).hasSize(2);
				context.start();
				assertThat(lifecycle.current()).isNotSameAs(first);
				Awaitility.await().untilAsserted(() -> assertThat(crawler.shards).hasSize(4));
				assertThat(distributedTasks.isOwner("crawler", 1)).isTrue();
			});
	}

	private ApplicationContextRunner local(String property) {
		return this.contextRunner.withPropertyValues("distributed-task.mode=local", property);
	}

	private ApplicationContextRunner withKafka() {
		return this.contextRunner
			.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, SslAutoConfiguration.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class TaskConfiguration {

		@Bean
		Crawler crawler() {
			return new Crawler();
		}

		@Bean
		Object idle() {
			return new Object();
		}

		@Bean
		Events events() {
			return new Events();
		}

	}

	static class Crawler {

		private final List<Integer> shards = new CopyOnWriteArrayList<>();

		@DistributedTask("crawler")
		void crawl(TaskContext task) {
			this.shards.add(task.shard());
		}

	}

	static class Events implements ApplicationListener<PayloadApplicationEvent<?>> {

		private final List<Object> events = new CopyOnWriteArrayList<>();

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<?> event) {
			this.events.add(event.getPayload());
		}

		<E> List<E> of(Class<E> type) {
			return this.events.stream().filter(type::isInstance).map(type::cast).toList();
		}

	}

	static class OwnAssignor implements TaskAssignor {

		@Override
		public String name() {
			return "own";
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			return TaskAssignor.sticky().assign(group);
		}

	}

}
