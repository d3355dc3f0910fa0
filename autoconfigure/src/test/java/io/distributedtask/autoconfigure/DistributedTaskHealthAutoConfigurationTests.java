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

import io.distributedtask.DistributedTasks;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskHealthAutoConfiguration}.
 */
class DistributedTaskHealthAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskHealthAutoConfiguration.class,
				HealthContributorAutoConfiguration.class, HealthContributorRegistryAutoConfiguration.class))
		.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class));

	@Test
	void contributesAsDistributedTasks() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(DistributedTasksHealthIndicator.class);
			assertThat(context.getBean(HealthContributorRegistry.class).getContributor("distributedTasks"))
				.isInstanceOf(DistributedTasksHealthIndicator.class);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.health.distributed-tasks.enabled",
			"management.health.distributedTasks.enabled", "management.health.defaults.enabled" })
	void noIndicatorWhenDisabled(String property) {
		this.contextRunner.withPropertyValues(property + "=false")
			.run((context) -> assertThat(context).doesNotHaveBean(DistributedTasksHealthIndicator.class));
	}

	@Test
	void whatIsDisabledIsNeitherUpNorDown() {
		this.contextRunner.withPropertyValues("distributed-task.enabled=false").run((context) -> {
			Health health = context.getBean("distributedTasksHealthIndicator", HealthIndicator.class).health();
			assertThat(health).isNotNull();
			assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
			assertThat(health.getDetails()).containsEntry("enabled", false);
		});
	}

	@Test
	void noIndicatorWithoutDistributedTasks() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskHealthAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DistributedTasksHealthIndicator.class));
	}

	@Test
	void noIndicatorWithoutHealth() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskHealthAutoConfiguration.class))
			.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class))
			.withClassLoader(new FilteredClassLoader(HealthIndicator.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("distributedTasksHealthIndicator"));
	}

	@Test
	void backsOffFromBeanOfThatName() {
		HealthIndicator own = mock(HealthIndicator.class);
		this.contextRunner.withBean("distributedTasksHealthIndicator", HealthIndicator.class, () -> own)
			.run((context) -> assertThat(context).doesNotHaveBean(DistributedTasksHealthIndicator.class));
	}

}
