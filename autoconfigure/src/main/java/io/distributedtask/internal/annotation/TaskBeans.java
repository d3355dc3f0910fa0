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

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipListener;
import io.distributedtask.internal.execution.TaskHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.Lifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Creates handlers for annotated beans, and rejects beans that cannot be tasks.
 */
final class TaskBeans {

	static final boolean HAS_KAFKA = ClassUtils.isPresent("org.springframework.kafka.annotation.KafkaListener",
			TaskBeans.class.getClassLoader());

	private final ConfigurableListableBeanFactory beanFactory;

	TaskBeans(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * The annotation of a bean's type or of its {@code @Bean} method.
	 */
	static @Nullable DistributedTask find(ConfigurableListableBeanFactory beanFactory, String beanName,
			Class<?> targetClass) {
		return beanFactory.containsBean(beanName)
				? beanFactory.findAnnotationOnBean(beanName, DistributedTask.class, false)
				: AnnotatedElementUtils.findMergedAnnotation(targetClass, DistributedTask.class);
	}

	static String source(Class<?> type, String beanName) {
		return "bean '%s' of type %s".formatted(beanName, type.getName());
	}

	/**
	 * Reject a bean that Spring would start on every instance.
	 */
	static void refuseWhatStartsByItself(Object bean, String source) {
		if (bean instanceof SmartLifecycle smart && smart.isAutoStartup()) {
			throw TaskConfigurationException.on(source, "it would start by itself on every instance",
					"Let its isAutoStartup() return false: it is started where the task is owned.");
		}
	}

	/**
	 * The handler of a bean.
	 */
	TaskHandler handler(Object bean, Class<?> targetClass, String beanName) {
		String source = source(targetClass, beanName);
		TaskHandler kafka = HAS_KAFKA ? KafkaListenerTasks.handler(targetClass, bean, source, this.beanFactory) : null;
		if (kafka != null && (bean instanceof OwnershipListener || bean instanceof Lifecycle)) {
			throw TaskConfigurationException.on(source,
					"it is a @KafkaListener, and an OwnershipListener or a Lifecycle at once",
					"Make it two beans, each a task of its own.");
		}
		if (kafka != null) {
			return kafka;
		}
		OtherTriggers.checkType(targetClass, source);
		if (bean instanceof OwnershipListener && bean instanceof Lifecycle) {
			throw TaskConfigurationException.on(source,
					"it is an OwnershipListener and a Lifecycle at once, and would never start",
					"Make it two beans, each a task of its own, or call start() and stop() in onAssigned and onRevoked "
							+ "of a listener that is no Lifecycle.");
		}
		if (bean instanceof OwnershipListener listener) {
			return new TaskHandler.Listener(source, listener);
		}
		if (bean instanceof Lifecycle lifecycle) {
			refuseWhatStartsByItself(bean, source);
			return new TaskHandler.Component(source,
					() -> HAS_KAFKA ? KafkaListenerTasks.watchable(lifecycle) : lifecycle);
		}
		throw TaskConfigurationException.on(source, "it is neither an OwnershipListener nor a Lifecycle",
				"Implement io.distributedtask.OwnershipListener or org.springframework.context.SmartLifecycle, or put "
						+ "the annotation on the methods that do the work.");
	}

}
