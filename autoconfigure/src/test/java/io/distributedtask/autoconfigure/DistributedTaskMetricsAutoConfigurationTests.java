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
import io.distributedtask.actuate.metrics.DistributedTasksMetrics;
import io.distributedtask.actuate.metrics.InstanceFigures;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskMetricsAutoConfiguration}.
 */
class DistributedTaskMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class,
				DistributedTaskMetricsAutoConfiguration.class, MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "distributed-task.mode=local");

	@Test
	void bindsMeters() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(DistributedTasksMetrics.class);
			assertThat(context.getBean(MeterRegistry.class).get("distributed.task.stuck").gauge().value()).isZero();
		});
	}

	@Test
	void noMetersWhenDisabled() {
		this.contextRunner.withPropertyValues("distributed-task.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DistributedTasksMetrics.class));
	}

	@Test
	void noMetersWithoutRegistry() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskMetricsAutoConfiguration.class))
			.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DistributedTasksMetrics.class));
	}

	@Test
	void noMetersWithoutMicrometer() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskMetricsAutoConfiguration.class))
			.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class))
			.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("distributedTasksMetrics"));
	}

	@Test
	void backsOffFromOwnMeters() {
		DistributedTasksMetrics own = new DistributedTasksMetrics(mock(DistributedTasks.class), "shop-tasks",
				() -> InstanceFigures.NONE);
		this.contextRunner.withBean("ownMetrics", DistributedTasksMetrics.class, () -> own)
			.run((context) -> assertThat(context).getBean(DistributedTasksMetrics.class).isSameAs(own));
	}

}
