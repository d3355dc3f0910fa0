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
import io.distributedtask.actuate.endpoint.AssignmentHistory;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.endpoint.AssignmentsEndpointWebExtension;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskEndpointAutoConfiguration}.
 */
class DistributedTaskEndpointAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DistributedTaskEndpointAutoConfiguration.class))
		.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class))
		.withPropertyValues("management.endpoints.web.exposure.include=assignments");

	@Test
	void endpointIsThereWhenExposed() {
		this.contextRunner.run((context) -> assertThat(context).hasSingleBean(AssignmentsEndpoint.class)
			.hasSingleBean(AssignmentsEndpointWebExtension.class));
	}

	@Test
	void noWebExtensionWhenExposedOverJmxOnly() {
		this.contextRunner
			.withPropertyValues("management.endpoints.web.exposure.include=health",
					"management.endpoints.jmx.exposure.include=assignments", "spring.jmx.enabled=true")
			.run((context) -> assertThat(context).hasSingleBean(AssignmentsEndpoint.class)
				.doesNotHaveBean(AssignmentsEndpointWebExtension.class));
	}

	@Test
	void noEndpointWhenNotExposed() {
		this.contextRunner.withPropertyValues("management.endpoints.web.exposure.include=health")
			.run((context) -> assertThat(context).doesNotHaveBean(AssignmentsEndpoint.class));
	}

	@Test
	void noEndpointWithoutAccess() {
		this.contextRunner.withPropertyValues("management.endpoint.assignments.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(AssignmentsEndpoint.class));
	}

	@Test
	void noEndpointWithoutDistributedTasks() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.web.exposure.include=assignments")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AssignmentsEndpoint.class));
	}

	@Test
	void noEndpointWithoutActuator() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(AssignmentsEndpoint.class));
	}

	@Test
	void backsOffFromOwnEndpoint() {
		AssignmentsEndpoint own = new AssignmentsEndpoint(mock(DistributedTasks.class), mock(AssignmentHistory.class));
		this.contextRunner.withBean("own", AssignmentsEndpoint.class, () -> own)
			.run((context) -> assertThat(context).getBean(AssignmentsEndpoint.class).isSameAs(own));
	}

}
