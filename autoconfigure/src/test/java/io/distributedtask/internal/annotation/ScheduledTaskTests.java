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

package io.distributedtask.internal.annotation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.FakeOwnership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.beans.factory.support.SimpleBeanDefinitionRegistry;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;
import org.springframework.scheduling.config.Task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@code @Scheduled} methods that are tasks.
 */
@Timeout(20)
class ScheduledTaskTests {

	private static final Consumer<AnnotationConfigApplicationContext> PROPERTIES = (context) -> context.getEnvironment()
		.getPropertySources()
		.addFirst(new MapPropertySource("test",
				Map.of("cron", "0 0 2 * * *", "zone", "Asia/Tokyo", "delay", "PT7S", "initial", "90", "off", "-")));

	@Test
	void methodFiresWhereOwnedOnlyAndOthersEverywhere() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Schedulers.class, Fast.class)) {
			Fast fast = context.getBean(Fast.class);
			for (int i = 0; i < 20; i++) {
				fast.plain.take();
			}
			assertThat(fast.distributed).isEmpty();
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			FakeOwnership ownership = new FakeOwnership("fast", 2);
			runner.start(ownership);
			assertThat(fast.distributed.take()).startsWith("2 of 16 on batch-");
			ownership.phase(Phase.REVOKING);
			runner.revoke(ownership);
			await().until(() -> ownership.stops().size() == 1);
			fast.distributed.clear();
			fast.plain.clear();
			for (int i = 0; i < 20; i++) {
				fast.plain.take();
			}
			assertThat(fast.distributed).isEmpty();
		}
	}

	@Test
	void everyAttributeIsReadAsSpringReadsIt() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(PROPERTIES, Schedulers.class, All.class)) {
			DefaultTaskRunner runner = context.getBean(DefaultTaskRunner.class);
			assertThat(runner.tasks()).extracting(TaskDefinition::name).containsExactly("all");
			assertThat(runner.getScheduledTasks()).isEmpty();
			runner.start(new FakeOwnership("all"));
			await().until(() -> runner.getScheduledTasks().size() == 5);
			List<Task> tasks = runner.getScheduledTasks().stream().map(ScheduledTask::getTask).toList();
			assertThat(tasks).hasExactlyElementsOfTypes(CronTask.class, FixedDelayTask.class, FixedRateTask.class,
					OneTimeTask.class, FixedDelayTask.class);
			assertThat(((CronTask) tasks.get(0)).getExpression()).isEqualTo("0 0 2 * * *");
			assertThat(((FixedDelayTask) tasks.get(1)).getIntervalDuration()).isEqualTo(Duration.ofSeconds(7));
			assertThat(((FixedRateTask) tasks.get(2)).getIntervalDuration()).isEqualTo(Duration.ofHours(2));
			assertThat(((FixedRateTask) tasks.get(2)).getInitialDelayDuration()).isEqualTo(Duration.ofHours(90));
			assertThat(((OneTimeTask) tasks.get(3)).getInitialDelayDuration()).isEqualTo(Duration.ofHours(1));
			assertThat(tasks).allSatisfy((task) -> assertThat(task).hasToString(All.class.getName() + ".work"));
			assertThat(context.getBean(ScheduledAnnotationBeanPostProcessor.class).getScheduledTasks()).isEmpty();
		}
	}

	@Test
	void scheduledTasksOfSpringAndOursAreHeldSeparately() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(Schedulers.class, Fast.class)) {
			assertThat(context.getBeansOfType(ScheduledTaskHolder.class)).hasSize(2);
			assertThat(context.getBean(ScheduledAnnotationBeanPostProcessor.class).getScheduledTasks()).hasSize(1);
		}
	}

	@Test
	void methodDoesNotRunWhenDisabled() throws Exception {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(
				(c) -> c.registerBean(TaskSettings.class, () -> new TaskContexts.Settings(false)), Schedulers.class,
				Fast.class)) {
			Fast fast = context.getBean(Fast.class);
			for (int i = 0; i < 20; i++) {
				fast.plain.take();
			}
			assertThat(fast.distributed).isEmpty();
			assertThat(context.getBean(DefaultTaskRunner.class).tasks()).isEmpty();
		}
	}

	@Test
	void methodDoesNotRunWhenItsTaskIsDisabled() throws Exception {
		TaskContexts.Settings settings = new TaskContexts.Settings(true).with("fast",
				new TaskSettings.Override(false, null, null, null, null));
		try (AnnotationConfigApplicationContext context = TaskContexts
			.of((c) -> c.registerBean(TaskSettings.class, () -> settings), Schedulers.class, Fast.class)) {
			Fast fast = context.getBean(Fast.class);
			for (int i = 0; i < 20; i++) {
				fast.plain.take();
			}
			assertThat(fast.distributed).isEmpty();
			assertThat(context.getBean(DefaultTaskRunner.class).tasks()).isEmpty();
		}
	}

	@Test
	void scheduleThatIsSwitchedOffIsNoTask() {
		try (AnnotationConfigApplicationContext context = TaskContexts.of(PROPERTIES, Schedulers.class,
				SwitchedOff.class)) {
			assertThat(context.getBean(DefaultTaskRunner.class).tasks()).isEmpty();
		}
	}

	@Test
	void processorIsReplacedOnce() {
		SimpleBeanDefinitionRegistry registry = new SimpleBeanDefinitionRegistry();
		DistributedTaskSchedulingPostProcessor postProcessor = new DistributedTaskSchedulingPostProcessor();
		postProcessor.postProcessBeanDefinitionRegistry(registry);
		assertThat(registry.getBeanDefinitionCount()).isZero();
		String name = DistributedTaskSchedulingPostProcessor.PROCESSOR;
		registry.registerBeanDefinition(name, new RootBeanDefinition(ScheduledAnnotationBeanPostProcessor.class));
		postProcessor.postProcessBeanDefinitionRegistry(registry);
		BeanDefinition replaced = registry.getBeanDefinition(name);
		assertThat(replaced.getBeanClassName())
			.isEqualTo(DistributedScheduledAnnotationBeanPostProcessor.class.getName());
		assertThat(replaced.getRole()).isEqualTo(BeanDefinition.ROLE_INFRASTRUCTURE);
		postProcessor.postProcessBeanDefinitionRegistry(registry);
		assertThat(registry.getBeanDefinition(name)).isSameAs(replaced);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Schedulers {

		@Bean
		ThreadPoolTaskScheduler taskScheduler() {
			return scheduler("default-");
		}

		@Bean
		ThreadPoolTaskScheduler batch() {
			return scheduler("batch-");
		}

		private static ThreadPoolTaskScheduler scheduler(String prefix) {
			ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
			scheduler.setThreadNamePrefix(prefix);
			return scheduler;
		}

	}

	static class Fast {

		private final BlockingQueue<String> distributed = new LinkedBlockingQueue<>();

		private final BlockingQueue<String> plain = new LinkedBlockingQueue<>();

		@DistributedTask(name = "fast", shards = 16)
		@Scheduled(fixedRate = 1, scheduler = "batch")
		void distributed(TaskContext task) {
			this.distributed.add(task.shard() + " of " + task.shardCount() + " on " + Thread.currentThread().getName());
		}

		@Scheduled(fixedRate = 1)
		void plain() {
			this.plain.add(Thread.currentThread().getName());
		}

	}

	static class All {

		@DistributedTask("all")
		@Scheduled(cron = "${cron}", zone = "${zone}")
		@Scheduled(fixedDelayString = "${delay}", initialDelay = 1, timeUnit = TimeUnit.DAYS)
		@Scheduled(fixedRate = 2, initialDelayString = "${initial}", timeUnit = TimeUnit.HOURS)
		@Scheduled(initialDelay = 1, timeUnit = TimeUnit.HOURS)
		@Scheduled(fixedDelay = 5, initialDelay = 3, timeUnit = TimeUnit.HOURS, scheduler = "batch")
		void work() {
		}

	}

	static class SwitchedOff {

		@DistributedTask
		@Scheduled(cron = "${off}")
		void work() {
		}

	}

}
