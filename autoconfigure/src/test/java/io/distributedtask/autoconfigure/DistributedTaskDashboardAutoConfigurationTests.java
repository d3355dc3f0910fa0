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
import io.distributedtask.actuate.dashboard.GroupChanges;
import io.distributedtask.actuate.dashboard.TaskDashboardEndpoint;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTaskDashboardAutoConfiguration}.
 */
class DistributedTaskDashboardAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations
		.of(DistributedTaskDashboardAutoConfiguration.class);

	private static final String EXPOSED = "management.endpoints.web.exposure.include=taskdashboard";

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS)
		.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class));

	@Test
	void dashboardIsOffByDefault() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TaskDashboardEndpoint.class)
			.doesNotHaveBean(GroupChanges.class));
	}

	@Test
	void dashboardIsThereWhenExposed() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(TaskDashboardEndpoint.class));
	}

	@Test
	void noDashboardWithoutAccess() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.taskdashboard.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(TaskDashboardEndpoint.class));
	}

	@Test
	void noDashboardWithoutWeb() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withBean(DistributedTasks.class, () -> mock(DistributedTasks.class))
			.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TaskDashboardEndpoint.class));
	}

	@Test
	void noDashboardWithoutDistributedTasks() {
		new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TaskDashboardEndpoint.class));
	}

	@Test
	void noDashboardWithoutActuator() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TaskDashboardEndpoint.class));
	}

	@Test
	void backsOffFromOwnDashboard() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withBean("own", TaskDashboardEndpoint.class,
					() -> new TaskDashboardEndpoint(new GroupChanges(), none(PathMappedEndpoints.class),
							none(EndpointAccessResolver.class)))
			.run((context) -> assertThat(context).hasSingleBean(TaskDashboardEndpoint.class).hasBean("own"));
	}

	private static <T> ObjectProvider<T> none(Class<T> type) {
		return new StaticListableBeanFactory().getBeanProvider(type);
	}

}
