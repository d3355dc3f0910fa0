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

import java.util.Arrays;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Refuses contexts below this one that have tasks and lack the auto-configuration:
 * nothing looks at their annotations, and what is scheduled there would run on every
 * instance.
 */
class ForgottenTasks implements ApplicationListener<ContextRefreshedEvent>, ApplicationContextAware {

	private @Nullable ApplicationContext own;

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.own = context;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		ApplicationContext context = event.getApplicationContext();
		if (context != this.own && !isConfigured(context)) {
			find(context).findFirst().ifPresent((name) -> refuse(context, name));
		}
	}

	static boolean isConfigured(ListableBeanFactory beans) {
		return beans.getBeanNamesForType(DistributedTaskAnnotationBeanPostProcessor.class, false, false).length > 0;
	}

	static Stream<String> find(ApplicationContext context) {
		return Arrays.stream(context.getBeanDefinitionNames()).filter((name) -> {
			Class<?> type = context.getType(name, false);
			return type != null && (context.findAnnotationOnBean(name, DistributedTask.class, false) != null
					|| DistributedTaskAnnotationBeanPostProcessor.hasTasks(type));
		});
	}

	private static void refuse(ApplicationContext context, String name) {
		Class<?> type = context.getType(name, false);
		throw new TaskConfigurationException(
				"@DistributedTask in bean '%s' of type %s: its context '%s' is a child of one with distributed tasks, and has none itself"
					.formatted(name, (type != null) ? type.getName() : null, context.getDisplayName()),
				"Put @EnableAutoConfiguration, or @ImportAutoConfiguration(DistributedTaskAutoConfiguration.class), "
						+ "on a configuration of the child context, or define the bean in its parent.");
	}

}
