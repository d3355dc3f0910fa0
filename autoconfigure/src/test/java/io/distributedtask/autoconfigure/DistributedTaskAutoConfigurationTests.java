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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskSource;
import io.distributedtask.TaskWork;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;
import io.distributedtask.internal.annotation.DistributedTaskSchedulingPostProcessor;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.annotation.TaskSettings;
import io.distributedtask.internal.engine.LocalGroupMembership;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.port.GroupMembershipFactory;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.security.jaas.KafkaJaasLoginModuleInitializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
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
				.isInstanceOfSatisfying(TaskConfigurationException.class, (ex) -> assertThat(ex.action())
					.contains("spring-boot-starter-kafka", "distributed-task.mode=local")));
	}

	@Test
	void anEmptyModeIsToldWithWhatIsAllowed() {
		this.contextRunner.withPropertyValues("distributed-task.mode=")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(TaskConfigurationException.class,
						(ex) -> assertThat(ex.action()).contains("'kafka' or 'local'"))
				.hasMessageContaining("Property 'distributed-task.mode' ")
				.hasMessageContaining("is empty"));
	}

	@ParameterizedTest
	@CsvSource({ "LOCAL, local", "' local ', local", "lo-cal, local", "Kafka, kafka" })
	void eachSpellingOfAModeCounts(String value, String mode) {
		withKafka().withPropertyValues("distributed-task.mode=" + value)
			.run((context) -> assertThat(context).hasBean(mode + "GroupMembershipFactory"));
	}

	@Test
	void aModeThatDoesNotExistIsToldWithThoseThatDo() {
		withKafka().withPropertyValues("distributed-task.mode=zookeeper")
			.run((context) -> assertThat(FailureAnalyzerTests.analyze(context.getStartupFailure())).satisfies((it) -> {
				assertThat(it.getDescription()).contains("distributed-task.mode", "zookeeper");
				assertThat(it.getAction()).contains("KAFKA").contains("LOCAL");
			}));
	}

	@Test
	void kafkaModeWithoutKafkaAutoConfigurationFails() {
		this.contextRunner.run((context) -> assertThat(context).getFailure()
			.isInstanceOf(TaskConfigurationException.class)
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
					.hasSingleBean(DistributedTasks.class)
					.doesNotHaveBean(DefaultTaskRunner.class)
					.doesNotHaveBean(TaskEngineLifecycle.class)
					.doesNotHaveBean(GroupMembershipFactory.class);
				assertThat(context.getBean(TaskSettings.class).enabled()).isFalse();
				assertThat(context.getBean(Crawler.class).shards).isEmpty();
			});
	}

	@ParameterizedTest
	@CsvSource({ "off, false", "no, false", "0, false", "FALSE, false", "on, true", "yes, true", "1, true" })
	void eachSpellingOfABooleanCounts(String value, boolean enabled) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class))
			.withPropertyValues("distributed-task.mode=local", "distributed-task.enabled=" + value)
			.run((context) -> assertThat(context.getBean(DistributedTasks.class) instanceof DisabledDistributedTasks)
				.isEqualTo(!enabled));
	}

	@Test
	void disabledOwnsNothingAndTellsWhy(CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class))
			.withPropertyValues("distributed-task.enabled=false")
			.withBean(TaskSource.class, () -> {
				throw new IllegalStateException("A source is not asked");
			}, (definition) -> definition.setLazyInit(true))
			.run((context) -> {
				DistributedTasks tasks = context.getBean(DistributedTasks.class);
				assertThat(tasks.isOwner("any")).isFalse();
				assertThat(tasks.assignments().tasks()).isEmpty();
				assertThat(tasks.assignments().group().state()).isEqualTo(GroupStatus.STOPPED);
				assertThat(tasks.assignments().group().problem()).contains("'distributed-task.enabled' is false");
				assertThat(tasks.membership().problem()).contains("'distributed-task.enabled' is false");
				assertThat(tasks.membership().needsRemedy()).isFalse();
				TaskWork work = TaskWork.continuous((task) -> {
				});
				tasks.register(TaskDefinition.of("first"), work);
				tasks.register(TaskDefinition.of("second"), work);
				assertThat(output).containsOnlyOnce("never run").contains("first");
				assertThat(tasks.unregister("first")).isFalse();
				List<ThrowingCallable> operations = List.of(() -> tasks.pause("a"), () -> tasks.resume("a"),
						tasks::pauseAll, tasks::resumeAll, () -> tasks.run("a", 0), () -> tasks.move("a", 0, "b"),
						() -> tasks.clear("a", 0), () -> tasks.drain("a"), () -> tasks.undrain("a"),
						() -> tasks.rebalance("a"));
				assertThat(operations).allSatisfy((operation) -> assertThatIllegalStateException().isThrownBy(operation)
					.withMessageContaining("'distributed-task.enabled' is false"));
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "distributed-task.enabled=false", "distributed-task.tasks.eager.enabled=false" })
	void whatWouldStartByItselfIsRefusedWhereItIsDisabled(String property) {
		local(property).withUserConfiguration(EagerConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.isInstanceOf(TaskConfigurationException.class)
				.hasMessageContaining("would start by itself"));
	}

	@Test
	void pausesAndRestarts() {
		local("a=b").withUserConfiguration(TaskConfiguration.class).run((context) -> {
			Crawler crawler = context.getBean(Crawler.class);
			DistributedTasks distributedTasks = context.getBean(DistributedTasks.class);
			ConfigurableApplicationContext source = (ConfigurableApplicationContext) context
				.getSourceApplicationContext();
			for (int time = 1; time < 4; time++) {
				int runs = time;
				Awaitility.await().untilAsserted(() -> assertThat(crawler.shards).hasSize(runs));
				source.pause();
				assertThat(distributedTasks.isOwner("crawler")).isFalse();
				assertThat(distributedTasks.membership().state()).isEqualTo(GroupStatus.STOPPED);
				source.restart();
			}
			// while it joins
			for (int time = 0; time < 20; time++) {
				source.stop();
				source.start();
			}
			Awaitility.await().until(() -> distributedTasks.isOwner("crawler"));
		});
	}

	@Test
	void theGroupsThreadHasTheClassLoaderOfTheApplicationWhoeverStartsIt() {
		List<ClassLoader> classLoaders = new CopyOnWriteArrayList<>();
		local("a=b").withUserConfiguration(TaskConfiguration.class)
			.withBean(ThreadAssignor.class, () -> new ThreadAssignor(classLoaders))
			.withPropertyValues("distributed-task.assignors=thread")
			.run((context) -> {
				Awaitility.await().untilAsserted(() -> assertThat(classLoaders).isNotEmpty());
				context.stop();
				classLoaders.clear();
				Thread foreign = new Thread(context::start);
				foreign.setContextClassLoader(ClassLoader.getPlatformClassLoader());
				foreign.start();
				Awaitility.await().untilAsserted(() -> assertThat(classLoaders).isNotEmpty());
				assertThat(classLoaders).containsOnly(context.getBeanFactory().getBeanClassLoader());
			});
	}

	@Test
	void localModeHasNoTalkOfAGroup(CapturedOutput output) {
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.setLogLevel("io.distributedtask", LogLevel.INFO);
		local("a=b").withUserConfiguration(TaskConfiguration.class).run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			Awaitility.await().until(() -> tasks.isOwner("crawler"));
			assertThat(tasks.membership().lastContact()).as("there is nobody to hear from").isNull();
			assertThat(tasks.membership().problem()).isNull();
			context.stop();
		});
		logging.setLogLevel("io.distributedtask", null);
		assertThat(output).contains("is in no group").doesNotContain("others", "another", "leader", "Group");
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
				.isInstanceOfSatisfying(TaskConfigurationException.class, (ex) -> assertThat(ex.action())
					.contains("'spring.application.name'", "'distributed-task.group-id'")));
	}

	@Test
	void unknownAssignorFailsBeforeTheStart() {
		local("distributed-task.assignors=own").run((context) -> assertThat(context).getFailure()
			.isInstanceOf(TaskConfigurationException.class)
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
		local("a=b").run((context) -> assertThat(context.getBean(TaskEngineLifecycle.class).getPhase())
			.isEqualTo(SmartLifecycle.DEFAULT_PHASE - 512));
		local("distributed-task.phase=7")
			.run((context) -> assertThat(context.getBean(TaskEngineLifecycle.class).getPhase()).isEqualTo(7));
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
				TaskEngineLifecycle lifecycle = context.getBean(TaskEngineLifecycle.class);
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

	@Test
	void whatTheContextStopsHasNotStoppedByItself(CapturedOutput output) {
		local("a=b").withBean(Relay.class).run((context) -> {
			Relay relay = context.getBean(Relay.class);
			ConfigurableApplicationContext source = (ConfigurableApplicationContext) context
				.getSourceApplicationContext();
			await().until(relay::isRunning);
			source.pause();
			assertThat(relay.isRunning()).isFalse();
			source.restart();
			await().until(relay::isRunning);
			source.stop();
			assertThat(relay.isRunning()).isFalse();
			source.start();
			await().until(relay::isRunning);
		});
		assertThat(output).doesNotContain("though the shard is owned here");
	}

	@Test
	void contextThatIsStartedAgainStartsNoTaskThatIsNotOwned(CapturedOutput output) {
		local("distributed-task.tasks.relay.requires=zone=us").withBean(Relay.class).run((context) -> {
			Relay relay = context.getBean(Relay.class);
			ConfigurableApplicationContext source = (ConfigurableApplicationContext) context
				.getSourceApplicationContext();
			assertThat(relay.starts).hasValue(0);
			source.stop();
			source.start();
			assertThat(relay.starts).as("by the context").hasValue(1);
			assertThat(relay.isRunning()).isFalse();
			assertThat(output).contains("does not own its task, and is stopped");
		});
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
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

	/**
	 * Is not running as soon as it begins to stop, and takes a while for that.
	 */
	@DistributedTask("relay")
	static class Relay implements SmartLifecycle {

		private final AtomicInteger starts = new AtomicInteger();

		private volatile boolean running;

		@Override
		public void start() {
			this.starts.incrementAndGet();
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public void stop(Runnable callback) {
			stop();
			CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS).execute(callback);
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public boolean isAutoStartup() {
			return false;
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

	@Configuration(proxyBeanMethods = false)
	static class EagerConfiguration {

		@Bean
		@DistributedTask("eager")
		SmartLifecycle eager() {
			return new SmartLifecycle() {

				@Override
				public void start() {
					throw new IllegalStateException();
				}

				@Override
				public void stop() {
					throw new IllegalStateException();
				}

				@Override
				public boolean isRunning() {
					return false;
				}

			};
		}

	}

	static class ThreadAssignor implements TaskAssignor {

		private final List<ClassLoader> classLoaders;

		ThreadAssignor(List<ClassLoader> classLoaders) {
			this.classLoaders = classLoaders;
		}

		@Override
		public String name() {
			return "thread";
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			this.classLoaders.add(Thread.currentThread().getContextClassLoader());
			return TaskAssignor.sticky().assign(group);
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
