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

import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * In a hierarchy of contexts that each have tasks, lets the beans of a context hide those
 * of its ancestors. Beans of one name do that by themselves. One that an application has
 * defined under a name of its own would be seen beside the others: as a second candidate
 * for injection, or as a second endpoint of one id.
 */
class NearestBeans implements BeanFactoryPostProcessor {

	private static final List<String> TYPES = List.of("io.distributedtask.DistributedTasks",
			"io.distributedtask.actuate.endpoint.AssignmentHistory",
			"io.distributedtask.actuate.endpoint.AssignmentsEndpoint",
			"io.distributedtask.actuate.endpoint.AssignmentsEndpointWebExtension",
			"io.distributedtask.actuate.dashboard.GroupChanges",
			"io.distributedtask.actuate.dashboard.TaskDashboardEndpoint",
			"io.distributedtask.actuate.info.DistributedTasksInfoContributor",
			"io.distributedtask.actuate.metrics.DistributedTasksMetrics");

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		BeanFactory parent = beanFactory.getParentBeanFactory();
		if (parent instanceof ListableBeanFactory ancestors) {
			ClassLoader classLoader = beanFactory.getBeanClassLoader();
			// where what a type needs is not on the class path, there are no beans of it
			TYPES.stream()
				.filter((name) -> ClassUtils.isPresent(name, classLoader))
				.map((name) -> ClassUtils.resolveClassName(name, classLoader))
				.forEach((type) -> hide(type, ancestors, beanFactory));
		}
	}

	private static void hide(Class<?> type, ListableBeanFactory ancestors, ConfigurableListableBeanFactory own) {
		String[] names = own.getBeanNamesForType(type, true, false);
		if (names.length != 1) {
			return;
		}
		for (String other : BeanFactoryUtils.beanNamesForTypeIncludingAncestors(ancestors, type, true, false)) {
			if (!own.containsLocalBean(other)) {
				own.registerAlias(names[0], other);
			}
		}
	}

}
