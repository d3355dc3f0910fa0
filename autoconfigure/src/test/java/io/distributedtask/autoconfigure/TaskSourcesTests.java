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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskSource;
import io.distributedtask.TaskWork;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TaskSources} and {@link RuntimeTasks}, in a group of one.
 */
@ExtendWith(OutputCaptureExtension.class)
class TaskSourcesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class))
		.withUserConfiguration(Annotated.class)
		.withPropertyValues("distributed-task.mode=local", "distributed-task.group-id=test",
				"distributed-task.revoke-timeout=50ms");

	private final Source source = new Source();

	@Test
	void whatASourceSaysIsWhatRuns() {
		this.source.set("eu", "us");
		this.runner.withBean(TaskSource.class, () -> this.source).run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			await(() -> tasks.isOwner("eu") && tasks.isOwner("us"));
			this.source.set("us", "asia");
			this.source.changed();
			await(() -> tasks.isOwner("asia") && !this.source.running.contains("eu"));
			assertThat(tasks.isOwner("us")).isTrue();
			assertThat(this.source.starts).as("what stays is not started anew").containsOnlyOnce("us");
			assertThat(tasks.assignments().tasks()).extracting((task) -> task.name())
				.containsExactlyInAnyOrder("annotated", "us", "asia");
		});
	}

	@Test
	void aTaskWithAnotherDefinitionIsStartedAnew() {
		this.source.set("eu");
		this.runner.withBean(TaskSource.class, () -> this.source).run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			await(() -> tasks.isOwner("eu"));
			this.source.definitions = Map.of("eu", TaskDefinition.of("eu").withShards(2));
			this.source.changed();
			await(() -> tasks.isOwner("eu", 0) && tasks.isOwner("eu", 1));
		});
	}

	@Test
	void aSourceThatFailsChangesNothingAndIsAskedAgain(CapturedOutput output) {
		this.source.set("eu");
		this.runner.withBean(TaskSource.class, () -> this.source).run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			await(() -> tasks.isOwner("eu"));
			this.source.failure = new IllegalStateException("no database");
			int asked = this.source.asked.get();
			this.source.changed();
			await(() -> this.source.asked.get() > asked);
			await(() -> output.getOut().contains("failed; its 1 tasks stay as they are"));
			assertThat(tasks.isOwner("eu")).isTrue();
			this.source.failure = null;
			this.source.set("eu", "us");
			this.source.changed();
			await(() -> tasks.isOwner("us"));
		});
	}

	@Test
	void aSourceIsPolled() {
		this.source.interval = Duration.ofSeconds(1);
		this.runner.withBean(TaskSource.class, () -> this.source).run((context) -> {
			this.source.set("eu");
			await(() -> context.getBean(DistributedTasks.class).isOwner("eu"));
		});
	}

	@Test
	void oneTaskThatClashesKeepsNoOtherFromRunning(CapturedOutput output) {
		this.source.set("annotated", "eu");
		this.runner.withBean(TaskSource.class, () -> this.source).run((context) -> {
			await(() -> context.getBean(DistributedTasks.class).isOwner("eu"));
			assertThat(output).contains("has a task that cannot be added: Two tasks have the name 'annotated'")
				.contains("and the source of the test");
		});
	}

	@Test
	void propertiesOverrideWhatIsRegistered() {
		this.runner.withPropertyValues("distributed-task.tasks.eu.shards=3", "distributed-task.tasks.us.enabled=false")
			.run((context) -> {
				DistributedTasks tasks = context.getBean(DistributedTasks.class);
				tasks.registerAll(Map.of(TaskDefinition.of("eu"), this.source.work("eu"), TaskDefinition.of("us"),
						this.source.work("us")));
				await(() -> tasks.isOwner("eu", 2));
				assertThat(tasks.isOwner("us")).isFalse();
				assertThat(tasks.unregister("us")).isFalse();
				assertThat(tasks.unregister("eu")).isTrue();
				await(() -> this.source.running.isEmpty());
			});
	}

	@Test
	void warnsAboutSettingsOnceAllSourcesHaveAnswered(CapturedOutput output) {
		this.source.failure = new IllegalStateException("not yet");
		this.runner
			.withPropertyValues("distributed-task.tasks.tenant.eu.shards=3",
					"distributed-task.tasks.annotated.weight=2", "distributed-task.tasks.late.weight=2",
					"distributed-task.tasks.tenant.us.weight=4")
			.withBean(TaskSource.class, () -> this.source)
			.run((context) -> {
				DistributedTasks tasks = context.getBean(DistributedTasks.class);
				tasks.register(TaskDefinition.of("late"), this.source.work("late"));
				context.publishEvent(new ApplicationReadyEvent(new SpringApplication(), new String[0],
						(ConfigurableApplicationContext) context.getSourceApplicationContext(), null));
				await(() -> this.source.asked.get() > 0);
				assertThat(output).doesNotContain("has no effect");
				this.source.set("tenant.eu");
				this.source.failure = null;
				this.source.changed();
				await(() -> tasks.isOwner("tenant.eu", 2));
				await(() -> output.getOut().contains("has no effect"));
				assertThat(output).containsOnlyOnce("has no effect")
					.contains("has no effect: there is no task 'tenant.us' so far. The tasks are "
							+ "[annotated, late, tenant.eu]");
			});
	}

	@Test
	void errorsAreThoseOfTheCaller() {
		this.runner.run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			assertThatIllegalArgumentException()
				.isThrownBy(() -> tasks.register(TaskDefinition.of("annotated"), this.source.work("annotated")))
				.withMessageContaining("Two tasks have the name 'annotated'")
				.withMessageContaining("a call of DistributedTasks.register");
			assertThatIllegalArgumentException().isThrownBy(() -> tasks.unregister("annotated"))
				.withMessageContaining("cannot be unregistered")
				.withMessageContaining("Annotated.annotated(TaskContext)");
			assertThat(tasks.unregister("nobody")).isFalse();
		});
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(condition);
	}

	@Configuration(proxyBeanMethods = false)
	static class Annotated {

		@DistributedTask("annotated")
		void annotated(TaskContext context) throws InterruptedException {
			Thread.currentThread().join();
		}

	}

	private static final class Source implements TaskSource {

		private final AtomicInteger asked = new AtomicInteger();

		private final List<String> starts = new CopyOnWriteArrayList<>();

		private final java.util.Set<String> running = ConcurrentHashMap.newKeySet();

		private final List<Runnable> listeners = new ArrayList<>();

		private volatile Duration interval = Duration.ZERO;

		private volatile Map<String, TaskDefinition> definitions = Map.of();

		private volatile RuntimeException failure;

		void set(String... names) {
			Map<String, TaskDefinition> definitions = new ConcurrentHashMap<>();
			for (String name : names) {
				definitions.put(name, TaskDefinition.of(name));
			}
			this.definitions = definitions;
		}

		void changed() {
			await(() -> !this.listeners.isEmpty());
			this.listeners.get(0).run();
		}

		TaskWork work(String name) {
			return TaskWork.continuous((context) -> {
				this.starts.add(name);
				this.running.add(name);
				try {
					Thread.currentThread().join();
				}
				finally {
					this.running.remove(name);
				}
			});
		}

		@Override
		public Map<TaskDefinition, TaskWork> tasks() {
			this.asked.incrementAndGet();
			if (this.failure != null) {
				throw this.failure;
			}
			Map<TaskDefinition, TaskWork> tasks = new ConcurrentHashMap<>();
			this.definitions.forEach((name, definition) -> tasks.put(definition, work(name)));
			return tasks;
		}

		@Override
		public Duration pollInterval() {
			return this.interval;
		}

		@Override
		public void onStart(Runnable changed) {
			this.listeners.add(changed);
		}

		@Override
		public String toString() {
			return "the source of the test";
		}

	}

}
