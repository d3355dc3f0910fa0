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

package io.distributedtask.absent;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application whose class path lacks every optional jar. A filtered class loader hides
 * classes by name only; here a reference that slipped into the wrong class fails for
 * real.
 */
class AbsentJarsTests {

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate.endpoint.annotation.Endpoint",
			"org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint",
			"org.springframework.boot.health.contributor.HealthIndicator",
			"io.micrometer.core.instrument.MeterRegistry",
			"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
			"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
			"org.springframework.boot.actuate.info.InfoContributor",
			"org.springframework.web.context.WebApplicationContext",
			"org.springframework.boot.web.server.context.WebServerInitializedEvent",
			"org.springframework.security.core.Authentication" })
	void jarIsTrulyAbsent(String className) {
		assertThat(ClassUtils.isPresent(className, getClass().getClassLoader())).isFalse();
	}

	@Test
	void localModeRunsTasks() {
		try (ConfigurableApplicationContext context = run("--distributed-task.mode=local")) {
			Tasks tasks = context.getBean(Tasks.class);
			Awaitility.await().untilAsserted(() -> {
				assertThat(tasks.scheduledRuns).hasPositiveValue();
				assertThat(tasks.continuousRuns).hasPositiveValue();
			});
			DistributedTasks distributedTasks = context.getBean(DistributedTasks.class);
			assertThat(distributedTasks.isOwner("scheduled")).isTrue();
			assertThat(distributedTasks.assignments().group().state()).isEqualTo(Assignments.GroupStatus.LOCAL);
		}
	}

	@Test
	void nothingIsObservedCountedOrRemembered() {
		try (ConfigurableApplicationContext context = run("--distributed-task.mode=local")) {
			Tasks tasks = context.getBean(Tasks.class);
			Awaitility.await().untilAsserted(() -> assertThat(tasks.scheduledRuns).hasPositiveValue());
			assertThat(tasks.observed).as("spring-context brings the interface, and nobody a registry").isEmpty();
			assertThat(context.getBeansOfType(ObservationRegistry.class)).isEmpty();
			assertThat(context.getBeanDefinitionNames()).noneMatch((name) -> name
				.matches("(?i).*(distributedTasksMetrics|infoContributor|assignmentHistory|assignmentsEndpoint).*"));
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("distributed-task-history");
		}
	}

	@Test
	void kafkaModeStartsWithoutBrokerAndRunsNothing() {
		try (ConfigurableApplicationContext context = run("--spring.kafka.bootstrap-servers=localhost:1")) {
			assertThat(context.getBean(DistributedTasks.class).isOwner("scheduled")).isFalse();
			Tasks tasks = context.getBean(Tasks.class);
			assertThat(tasks.scheduledRuns).hasValue(0);
			assertThat(tasks.continuousRuns).hasValue(0);
		}
	}

	@Test
	void disabledStartsAndRunsNothing() {
		try (ConfigurableApplicationContext context = run("--distributed-task.enabled=false")) {
			assertThat(context.getBean(DistributedTasks.class).isOwner("scheduled")).isFalse();
			Tasks tasks = context.getBean(Tasks.class);
			assertThat(tasks.scheduledRuns).hasValue(0);
			assertThat(tasks.continuousRuns).hasValue(0);
		}
	}

	private static ConfigurableApplicationContext run(String argument) {
		return SpringApplication.run(Application.class, "--spring.main.banner-mode=off",
				"--spring.application.name=absent-jars", argument);
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Tasks tasks() {
			return new Tasks();
		}

	}

	static class Tasks {

		private final AtomicInteger scheduledRuns = new AtomicInteger();

		private final AtomicInteger continuousRuns = new AtomicInteger();

		private final List<Observation> observed = new CopyOnWriteArrayList<>();

		@DistributedTask("scheduled")
		@Scheduled(fixedDelay = 20)
		void scheduled() {
			this.scheduledRuns.incrementAndGet();
			Observation current = ObservationRegistry.create().getCurrentObservation();
			if (current != null) {
				this.observed.add(current);
			}
		}

		@DistributedTask(name = "continuous", shards = 2)
		void continuous(TaskContext task) throws InterruptedException {
			while (task.isOwned()) {
				this.continuousRuns.incrementAndGet();
				Thread.sleep(20);
			}
		}

	}

}
