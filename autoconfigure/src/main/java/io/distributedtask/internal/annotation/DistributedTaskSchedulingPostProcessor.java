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

package io.distributedtask.internal.annotation;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.scheduling.config.TaskManagementConfigUtils;

/**
 * Replaces Spring's processor of {@code @Scheduled} by ours, where scheduling is enabled.
 * Does nothing where that is already done, as in an application that was processed ahead
 * of time. Moves the processor of tasks behind those of listeners.
 */
public final class DistributedTaskSchedulingPostProcessor implements BeanDefinitionRegistryPostProcessor {

	static final String PROCESSOR = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME;

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		if (registry instanceof ListableBeanFactory beans) {
			lookForTasksLast(beans, registry);
		}
		takeOverSchedules(registry);
	}

	/**
	 * Listeners register their containers when all singletons exist, in the order of the
	 * definitions of their processors; tasks need the containers then.
	 */
	private static void lookForTasksLast(ListableBeanFactory beans, BeanDefinitionRegistry registry) {
		for (String name : beans.getBeanNamesForType(DistributedTaskAnnotationBeanPostProcessor.class, true, false)) {
			if (registry.containsBeanDefinition(name)) {
				BeanDefinition definition = registry.getBeanDefinition(name);
				registry.removeBeanDefinition(name);
				registry.registerBeanDefinition(name, definition);
			}
		}
	}

	/**
	 * Replace Spring's processor of {@code @Scheduled} by ours, if it exists.
	 * @param registry contains the definitions of the processors
	 */
	public static void takeOverSchedules(BeanDefinitionRegistry registry) {
		if (!registry.containsBeanDefinition(PROCESSOR)) {
			return;
		}
		Class<?> ours = DistributedScheduledAnnotationBeanPostProcessor.class;
		if (ours.getName().equals(registry.getBeanDefinition(PROCESSOR).getBeanClassName())) {
			return;
		}
		RootBeanDefinition definition = new RootBeanDefinition(ours);
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		registry.removeBeanDefinition(PROCESSOR);
		registry.registerBeanDefinition(PROCESSOR, definition);
	}

}
