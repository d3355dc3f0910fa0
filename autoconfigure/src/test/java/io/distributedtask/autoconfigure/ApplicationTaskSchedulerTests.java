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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the scheduler on which the tasks of an application run, beside its plain
 * scheduled methods.
 */
@Timeout(120)
class ApplicationTaskSchedulerTests {

	@Test
	void longTaskKeepsNoOtherWaitingWhereNoSchedulerWasChosen() {
		try (ConfigurableApplicationContext context = run(Application.class)) {
			Work work = context.getBean(Work.class);
			context.getBean(DistributedTasks.class)
				.registerAll(Map.of(TaskDefinition.of("blocked-1"), blocked(work), TaskDefinition.of("blocked-2"),
						blocked(work)));
			await().until(() -> work.blocked.get() == 2);
			work.clear();
			awaitAll(work);
			assertThat(work.threads("plain")).as("Spring Boot's own pool").containsExactly("scheduling-1");
			work.end.countDown();
		}
	}

	@Test
	void chosenPoolSizeIsRespected() {
		try (ConfigurableApplicationContext context = run(Application.class, "--spring.task.scheduling.pool.size=1")) {
			Work work = context.getBean(Work.class);
			awaitAll(work);
			assertThat(work.threads("task", "runtime", "plain")).containsExactly("scheduling-1");
		}
	}

	@Test
	void schedulerOfAConfigurerIsThatOfTasks() {
		for (Class<?> application : List.of(ConfiguredScheduler.class, ConfiguredExecutor.class)) {
			try (ConfigurableApplicationContext context = run(application)) {
				Work work = context.getBean(Work.class);
				awaitAll(work, "extra");
				assertThat(work.threads("task", "runtime", "plain", "extra")).containsExactly("configured-1");
				assertThat(context.getBean(ScheduledAnnotationBeanPostProcessor.class).getScheduledTasks())
					.as("the plain method, and the configurer's task once")
					.hasSize(2);
			}
		}
	}

	@Test
	void configurerThatSetsNoSchedulerLeavesThemToBeansAndQualifiers() {
		try (ConfigurableApplicationContext context = run(ExtraTask.class)) {
			Work work = context.getBean(Work.class);
			awaitAll(work, "extra", "qualified", "plainQualified");
			assertThat(work.threads("qualified", "plainQualified")).containsExactly("batch-1");
			assertThat(work.threads("task", "runtime", "plain", "extra")).containsExactly("default-1");
		}
	}

	@Test
	void qualifierMeansWhatItMeansForPlainMethodsBesideAConfigurer() {
		try (ConfigurableApplicationContext context = run(ConfiguredBesideQualified.class)) {
			Work work = context.getBean(Work.class);
			awaitAll(work, "extra", "qualified", "plainQualified");
			assertThat(work.threads("qualified")).isEqualTo(work.threads("plainQualified"));
		}
	}

	@Test
	void noneOfSeveralSchedulersIsAChoice() {
		try (ConfigurableApplicationContext context = run(SeveralSchedulers.class)) {
			Work work = context.getBean(Work.class);
			awaitAll(work, "qualified", "plainQualified");
			assertThat(work.threads("qualified", "plainQualified")).containsExactly("batch-1");
			await().until(() -> work.threads("task", "runtime").size() > 2);
			assertThat(work.threads("task", "runtime")).allMatch((thread) -> thread.startsWith("scheduling-"));
		}
	}

	@Test
	void executorBeanIsAChoice() {
		try (ConfigurableApplicationContext context = run(ExecutorBean.class)) {
			Work work = context.getBean(Work.class);
			awaitAll(work);
			assertThat(work.threads("task", "runtime", "plain")).containsExactly("executor-1");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsAreAChoice() {
		try (ConfigurableApplicationContext context = run(Application.class, "--spring.threads.virtual.enabled=true")) {
			Work work = context.getBean(Work.class);
			awaitAll(work);
			assertThat(work.platform).isEmpty();
		}
	}

	@Test
	void decoratorOfTheApplicationDecoratesRuns() {
		try (ConfigurableApplicationContext context = run(Decorated.class)) {
			Work work = context.getBean(Work.class);
			awaitAll(work);
			await().until(() -> work.threads("decorated").size() > 2);
		}
	}

	@Test
	void tasksOfAnApplicationThatDoesNotEnableSchedulingHaveAScheduler() {
		try (ConfigurableApplicationContext context = run(NoScheduling.class)) {
			Work work = new Work();
			context.getBean(DistributedTasks.class)
				.registerAll(Map.of(TaskDefinition.of("blocked"), blocked(work), TaskDefinition.of("runtime"),
						TaskWork.fixedDelay(Duration.ofMillis(20), (task) -> work.note("runtime"))));
			await().until(() -> work.blocked.get() == 1);
			work.clear();
			await().until(() -> !work.threads("runtime").isEmpty());
			work.end.countDown();
		}
	}

	private static TaskWork blocked(Work work) {
		return TaskWork.fixedDelay(Duration.ofMillis(20), (task) -> {
			work.blocked.incrementAndGet();
			work.end.await();
		});
	}

	private static void awaitAll(Work work, String... others) {
		await().atMost(Duration.ofSeconds(60))
			.until(() -> work.noted.keySet().containsAll(Set.of("task", "runtime", "plain"))
					&& work.noted.keySet().containsAll(Set.of(others)));
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		String[] all = new String[arguments.length + 3];
		all[0] = "--spring.application.name=shop";
		all[1] = "--distributed-task.mode=local";
		all[2] = "--spring.main.banner-mode=off";
		System.arraycopy(arguments, 0, all, 3, arguments.length);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(all);
		context.getBeanProvider(Work.class)
			.ifAvailable((work) -> context.getBean(DistributedTasks.class)
				.register(TaskDefinition.of("runtime"),
						TaskWork.fixedDelay(Duration.ofMillis(20), (task) -> work.note("runtime"))));
		return context;
	}

	private static ThreadPoolTaskScheduler scheduler(String prefix) {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadNamePrefix(prefix);
		return scheduler;
	}

	private static ScheduledExecutorService executor(String name) {
		return Executors.newSingleThreadScheduledExecutor((runnable) -> {
			Thread thread = new Thread(runnable, name + "-1");
			thread.setDaemon(true);
			return thread;
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NoScheduling {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Application extends NoScheduling {

		@Bean
		Work work() {
			return new Work();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConfiguredScheduler extends Application {

		@Bean
		SchedulingConfigurer configurer(Work work) {
			ThreadPoolTaskScheduler scheduler = scheduler("configured-");
			scheduler.initialize();
			return (registrar) -> {
				registrar.setTaskScheduler(scheduler);
				registrar.addFixedDelayTask(() -> work.note("extra"), Duration.ofMillis(20));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConfiguredExecutor extends Application {

		@Bean
		SchedulingConfigurer configurer(Work work) {
			return (registrar) -> {
				registrar.setScheduler(executor("configured"));
				registrar.addFixedDelayTask(() -> work.note("extra"), Duration.ofMillis(20));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ConfiguredBesideQualified extends ConfiguredScheduler {

		@Bean
		ThreadPoolTaskScheduler batch() {
			return scheduler("batch-");
		}

		@Bean
		Qualified qualified(Work work) {
			return new Qualified(work);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SeveralSchedulers extends Application {

		@Bean
		ThreadPoolTaskScheduler batch() {
			return scheduler("batch-");
		}

		@Bean
		ThreadPoolTaskScheduler other() {
			return scheduler("other-");
		}

		@Bean
		Qualified qualified(Work work) {
			return new Qualified(work);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ExtraTask extends SeveralSchedulers {

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			return scheduler("default-");
		}

		@Bean
		SchedulingConfigurer configurer(Work work) {
			return (registrar) -> registrar.addFixedDelayTask(() -> work.note("extra"), Duration.ofMillis(20));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ExecutorBean extends Application {

		@Bean
		ScheduledExecutorService ownExecutor() {
			return executor("executor");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Decorated extends Application {

		@Bean
		TaskDecorator decorator(Work work) {
			return (runnable) -> () -> {
				work.note("decorated");
				runnable.run();
			};
		}

	}

	static class Work {

		private final Map<String, Set<String>> noted = new ConcurrentHashMap<>();

		private final Set<String> platform = ConcurrentHashMap.newKeySet();

		private final AtomicInteger blocked = new AtomicInteger();

		private final CountDownLatch end = new CountDownLatch(1);

		@DistributedTask("task")
		@Scheduled(fixedDelay = 20)
		void task() {
			note("task");
		}

		@Scheduled(fixedDelay = 20)
		void plain() {
			note("plain");
		}

		void note(String what) {
			Thread thread = Thread.currentThread();
			this.noted.computeIfAbsent(what, (key) -> ConcurrentHashMap.newKeySet()).add(thread.getName());
			if (!thread.toString().startsWith("VirtualThread")) {
				this.platform.add(what);
			}
		}

		Set<String> threads(String... whats) {
			return Stream.of(whats)
				.flatMap((what) -> this.noted.getOrDefault(what, Set.of()).stream())
				.collect(Collectors.toSet());
		}

		void clear() {
			this.noted.clear();
		}

	}

	static class Qualified {

		private final Work work;

		Qualified(Work work) {
			this.work = work;
		}

		@DistributedTask("qualified")
		@Scheduled(fixedDelay = 20, scheduler = "batch")
		void task() {
			this.work.note("qualified");
		}

		@Scheduled(fixedDelay = 20, scheduler = "batch")
		void plain() {
			this.work.note("plainQualified");
		}

	}

}
