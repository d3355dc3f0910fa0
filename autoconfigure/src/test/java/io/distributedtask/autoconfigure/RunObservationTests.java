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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.observation.DefaultTaskRunObservationConvention;
import io.distributedtask.observation.TaskRunObservationContext;
import io.distributedtask.observation.TaskRunObservationConvention;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Observations of runs in an application in which Spring Boot observes everything that it
 * can.
 */
class RunObservationTests {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void aRunIsObservedOnceAndItsObservationIsCurrentInIt(boolean virtualThreads) throws Exception {
		try (ConfigurableApplicationContext context = run(Application.class,
				"--spring.threads.virtual.enabled=" + virtualThreads)) {
			Seen seen = context.getBean(Seen.class);
			Tasks tasks = context.getBean(Tasks.class);
			for (BlockingQueue<Current> queue : List.of(tasks.scheduled, tasks.continuous)) {
				Current current = queue.poll(60, TimeUnit.SECONDS);
				assertThat(current).isNotNull();
				assertThat(current.observation()).as("on %s", current.thread()).isNotNull();
				assertThat(current.observation().getContextView()).isInstanceOf(TaskRunObservationContext.class);
				assertThat(isVirtual(current.thread())).isEqualTo(virtualThreads && Runtime.version().feature() >= 21);
			}
			await().until(() -> seen.stopped.stream().filter((stopped) -> isOf(stopped, "scheduled")).count() >= 2);
			TaskRunObservationContext run = seen.stopped.stream()
				.filter((stopped) -> isOf(stopped, "scheduled"))
				.map(TaskRunObservationContext.class::cast)
				.findFirst()
				.orElseThrow();
			assertThat(run.getName()).isEqualTo("distributed.task.run");
			assertThat(run.getContextualName()).isEqualTo("task scheduled");
			assertThat(run.getLowCardinalityKeyValues()).containsExactlyInAnyOrder(KeyValue.of("group", "shop-tasks"),
					KeyValue.of("task", "scheduled"), KeyValue.of("outcome", "SUCCESS"));
			assertThat(run.getHighCardinalityKeyValues()).extracting(KeyValue::getKey)
				.containsExactlyInAnyOrder("shard", "token", "instance");
			assertThat(run.getHighCardinalityKeyValue("instance").getValue()).isEqualTo("shop-1");
			assertThat(run.getParentObservation()).isNull();
		}
	}

	@Test
	void springsOwnObservationIsOfOtherScheduledMethodsOnly() throws Exception {
		try (ConfigurableApplicationContext context = run(Application.class)) {
			Seen seen = context.getBean(Seen.class);
			await().until(() -> seen.stopped.stream()
				.anyMatch((stopped) -> "tasks.scheduled.execution".equals(stopped.getName())));
			Tasks tasks = context.getBean(Tasks.class);
			for (int i = 0; i < 5; i++) {
				assertThat(tasks.scheduled.poll(60, TimeUnit.SECONDS)).isNotNull();
			}
			List<Observation.Context> stopped = List.copyOf(seen.stopped);
			assertThat(stopped).filteredOn((one) -> "tasks.scheduled.execution".equals(one.getName()))
				.allSatisfy((one) -> assertThat(one.getLowCardinalityKeyValue("code.function").getValue())
					.isEqualTo("plain"));
			long observed = stopped.stream().filter((one) -> isOf(one, "scheduled")).count();
			assertThat(observed).as("one for each run").isLessThanOrEqualTo(tasks.begun(context)).isPositive();
		}
	}

	@Test
	void aFailureIsInTheObservation() {
		try (ConfigurableApplicationContext context = run(Application.class)) {
			Seen seen = context.getBean(Seen.class);
			await().untilAsserted(() -> assertThat(seen.stopped).filteredOn((stopped) -> isOf(stopped, "broken"))
				.isNotEmpty()
				.allSatisfy((stopped) -> {
					assertThat(stopped.getError()).isInstanceOf(IllegalStateException.class).hasMessage("on purpose");
					assertThat(stopped.getLowCardinalityKeyValue("outcome").getValue()).isEqualTo("ERROR");
				}));
		}
	}

	@Test
	void aRunThatEndsWithItsOwnershipIsStoppedAndNotFailed() {
		Seen seen;
		try (ConfigurableApplicationContext context = run(Application.class)) {
			seen = context.getBean(Seen.class);
			assertThat(context.getBean(Tasks.class).continuous)
				.satisfies((queue) -> await().until(() -> !queue.isEmpty()));
		}
		for (String task : List.of("continuous", "returning", "wrapping")) {
			assertThat(seen.stopped).filteredOn((stopped) -> isOf(stopped, task))
				.as(task)
				.singleElement()
				.satisfies((stopped) -> {
					assertThat(stopped.getLowCardinalityKeyValue("outcome").getValue()).isEqualTo("STOPPED");
					assertThat(stopped.getError()).isNull();
				});
		}
	}

	@Test
	void theApplicationMayNameThings() {
		try (ConfigurableApplicationContext context = run(OwnNames.class)) {
			Seen seen = context.getBean(Seen.class);
			await().untilAsserted(() -> assertThat(seen.stopped).extracting(Observation.Context::getName)
				.contains("shop.run")
				.doesNotContain("distributed.task.run"));
		}
	}

	@Test
	void anObserverThatFailsHarmsNoRun() throws Exception {
		for (Class<?> application : List.of(FailingObserver.class, UnfitObserver.class)) {
			try (ConfigurableApplicationContext context = run(application)) {
				Tasks tasks = context.getBean(Tasks.class);
				for (int i = 0; i < 3; i++) {
					Current current = tasks.scheduled.poll(60, TimeUnit.SECONDS);
					assertThat(current).isNotNull();
					assertThat(current.observation()).as("what could not be begun is not current").isNull();
				}
			}
		}
	}

	private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
		return Runtime.version().feature() >= 21 && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
	}

	private static boolean isOf(Observation.Context context, String task) {
		return context instanceof TaskRunObservationContext run && run.getTask().name().equals(task);
	}

	private static ConfigurableApplicationContext run(Class<?> application, String... arguments) {
		String[] all = new String[arguments.length + 5];
		all[0] = "--spring.application.name=shop";
		all[1] = "--distributed-task.mode=local";
		all[2] = "--distributed-task.instance-name=shop-1";
		all[3] = "--spring.main.banner-mode=off";
		all[4] = "--distributed-task.revoke-timeout=100ms";
		System.arraycopy(arguments, 0, all, 5, arguments.length);
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).run(all);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Tasks tasks(ObservationRegistry registry) {
			return new Tasks(registry);
		}

		@Bean
		Seen seen() {
			return new Seen();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnNames extends Application {

		@Bean
		TaskRunObservationConvention convention() {
			return new DefaultTaskRunObservationConvention() {

				@Override
				public String getName() {
					return "shop.run";
				}

			};
		}

		@Bean
		ThreadPoolTaskScheduler own() {
			return new ThreadPoolTaskScheduler();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnfitObserver extends Application {

		@Bean
		ObservationHandler<TaskRunObservationContext> unfit() {
			return new ObservationHandler<>() {

				@Override
				public void onScopeOpened(TaskRunObservationContext context) {
					throw new NoSuchMethodError("of another version");
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return context instanceof TaskRunObservationContext;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingObserver extends Application {

		@Bean
		ObservationHandler<TaskRunObservationContext> failing() {
			return new ObservationHandler<>() {

				@Override
				public void onStart(TaskRunObservationContext context) {
					throw new IllegalStateException("observer broken");
				}

				@Override
				public boolean supportsContext(Observation.Context context) {
					return context instanceof TaskRunObservationContext;
				}

			};
		}

	}

	static class Seen implements ObservationHandler<Observation.Context> {

		private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

		@Override
		public void onStop(Observation.Context context) {
			this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

	private record Current(Thread thread, Observation observation) {
	}

	static class Tasks {

		private final ObservationRegistry registry;

		private final BlockingQueue<Current> scheduled = new LinkedBlockingQueue<>();

		private final BlockingQueue<Current> continuous = new LinkedBlockingQueue<>();

		Tasks(ObservationRegistry registry) {
			this.registry = registry;
		}

		long begun(ConfigurableApplicationContext context) {
			return context.getBean(DistributedTasks.class)
				.assignments()
				.tasks()
				.stream()
				.filter((task) -> task.name().equals("scheduled"))
				.mapToLong((task) -> task.assignments().get(0).execution().runs())
				.sum();
		}

		private Current current() {
			return new Current(Thread.currentThread(), this.registry.getCurrentObservation());
		}

		@DistributedTask("scheduled")
		@Scheduled(fixedDelay = 20)
		void scheduled() {
			this.scheduled.add(current());
		}

		@Scheduled(fixedDelay = 20)
		void plain() {
		}

		@DistributedTask("broken")
		@Scheduled(fixedDelay = 100)
		void broken() {
			throw new IllegalStateException("on purpose");
		}

		@DistributedTask("returning")
		void returning(TaskContext task) {
			while (task.isOwned()) {
				Thread.onSpinWait();
			}
		}

		@DistributedTask("wrapping")
		void wrapping(TaskContext task) {
			try {
				Thread.sleep(Duration.ofDays(1).toMillis());
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException("wrapped", ex);
			}
		}

		@DistributedTask("continuous")
		void continuous(TaskContext task) throws InterruptedException {
			this.continuous.add(current());
			while (true) {
				task.ensureOwned();
				Thread.sleep(5);
			}
		}

	}

}
