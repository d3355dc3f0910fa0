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

import io.distributedtask.DistributedTask;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.core.type.MethodMetadata;

/**
 * Keeps beans that are, or have, distributed tasks from being made lazy altogether:
 * nothing else would create them, and their tasks would run nowhere.
 */
class DistributedTaskLazyInitializationExcludeFilter implements LazyInitializationExcludeFilter {

	@Override
	public boolean isExcluded(String beanName, BeanDefinition beanDefinition, Class<?> beanType) {
		return isFactoryMethodAnnotated(beanDefinition)
				|| DistributedTaskAnnotationBeanPostProcessor.hasTasks(beanType);
	}

	private static boolean isFactoryMethodAnnotated(BeanDefinition beanDefinition) {
		MethodMetadata method = (beanDefinition instanceof AnnotatedBeanDefinition annotated)
				? annotated.getFactoryMethodMetadata() : null;
		return method != null && method.isAnnotated(DistributedTask.class.getName());
	}

}
