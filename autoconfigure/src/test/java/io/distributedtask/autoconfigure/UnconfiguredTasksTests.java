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
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.DistributedTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnconfiguredTasks}.
 */
@ExtendWith(OutputCaptureExtension.class)
class UnconfiguredTasksTests {

	@Test
	void withoutTheAutoConfigurationTasksDoNotRunAndPlainSchedulesDo(CapturedOutput output) {
		runsPlainSchedulesOnly(output, Slice.class);
	}

	@Test
	void anExcludedAutoConfigurationLeavesNoTaskUnguarded(CapturedOutput output) {
		runsPlainSchedulesOnly(output, Application.class,
				"--spring.autoconfigure.exclude=" + DistributedTaskAutoConfiguration.class.getName());
	}

	private static void runsPlainSchedulesOnly(CapturedOutput output, Class<?> source, String... arguments) {
		try (ConfigurableApplicationContext context = run(source, arguments)) {
			Work work = context.getBean(Work.class);
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> work.plain.get() > 2);
			assertThat(work.runs).hasValue(0);
			assertThat(output).contains("The tasks of the beans [work] never run: context '");
		}
	}

	@Test
	void withTheAutoConfigurationNothingIsSaid(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(Application.class)) {
			Work work = context.getBean(Work.class);
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> work.runs.get() > 2);
			assertThat(output).doesNotContain("never run");
		}
	}

	private static ConfigurableApplicationContext run(Class<?> source, String... arguments) {
		return new SpringApplicationBuilder(source).web(WebApplicationType.NONE)
			.properties("distributed-task.mode=local", "spring.main.banner-mode=off")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Slice {

		@Bean
		Work work() {
			return new Work();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application extends Slice {

	}

	/**
	 * Scheduled as a task and without one.
	 */
	static class Work {

		private final AtomicInteger runs = new AtomicInteger();

		private final AtomicInteger plain = new AtomicInteger();

		@DistributedTask
		@Scheduled(fixedRate = 10)
		void run() {
			this.runs.incrementAndGet();
		}

		@Scheduled(fixedRate = 10)
		void plain() {
			this.plain.incrementAndGet();
		}

	}

}
