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

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration of the health indicator {@code distributedTasks}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = DistributedTaskAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnEnabledHealthIndicator("distributedtasks")
@ConditionalOnBean(value = DistributedTasks.class, search = SearchStrategy.CURRENT)
public final class DistributedTaskHealthAutoConfiguration {

	/**
	 * Disabled tasks are no problem, so health is unknown instead of down.
	 */
	@Bean("distributedTasksHealthIndicator")
	@Conditional(OnPropertyValue.Disabled.class)
	@ConditionalOnMissingBean(name = "distributedTasksHealthIndicator", search = SearchStrategy.CURRENT)
	HealthIndicator disabledDistributedTasksHealthIndicator() {
		return () -> Health.unknown().withDetail("enabled", false).build();
	}

	@Bean
	@Conditional(OnPropertyValue.Enabled.class)
	@ConditionalOnMissingBean(name = "distributedTasksHealthIndicator", search = SearchStrategy.CURRENT)
	DistributedTasksHealthIndicator distributedTasksHealthIndicator(DistributedTasks distributedTasks) {
		return new DistributedTasksHealthIndicator(distributedTasks);
	}

	@Bean
	InheritedHealth distributedTaskInheritedHealth(
			@Qualifier("distributedTasksHealthIndicator") HealthContributor contributor,
			ObjectProvider<GroupId> groupId, ObjectProvider<HealthContributorRegistry> registry,
			ListableBeanFactory beanFactory) {
		boolean inherited = beanFactory.getBeanNamesForType(HealthContributorRegistry.class, true, false).length == 0;
		GroupId group = groupId.getIfAvailable();
		return new InheritedHealth(contributor, (group != null) ? group.value() : "",
				inherited ? registry.getIfUnique() : null);
	}

}
