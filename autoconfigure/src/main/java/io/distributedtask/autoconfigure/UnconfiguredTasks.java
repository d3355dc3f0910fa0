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

import io.distributedtask.internal.annotation.DistributedTaskSchedulingPostProcessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Keeps tasks from running unguarded where the auto-configuration is missing, as in a
 * slice of a test, or where it is excluded: Spring's own processor of {@code @Scheduled}
 * knows nothing of them, and would run them on every instance.
 */
class UnconfiguredTasks implements ApplicationContextInitializer<ConfigurableApplicationContext> {

	private static final Logger logger = LoggerFactory.getLogger(UnconfiguredTasks.class);

	@Override
	public void initialize(ConfigurableApplicationContext context) {
		context.addBeanFactoryPostProcessor(UnconfiguredTasks::takeOverSchedules);
		context.addApplicationListener(new Warning(context));
	}

	private static void takeOverSchedules(ConfigurableListableBeanFactory beans) {
		if (!ForgottenTasks.isConfigured(beans) && beans instanceof BeanDefinitionRegistry registry) {
			DistributedTaskSchedulingPostProcessor.takeOverSchedules(registry);
		}
	}

	/**
	 * Says what does not run.
	 */
	private record Warning(
			ConfigurableApplicationContext context) implements ApplicationListener<ContextRefreshedEvent> {

		@Override
		public void onApplicationEvent(ContextRefreshedEvent event) {
			if (event.getApplicationContext() != this.context || ForgottenTasks.isConfigured(this.context)) {
				return;
			}
			List<String> names = ForgottenTasks.find(this.context).toList();
			if (!names.isEmpty()) {
				logger.warn(
						"The tasks of the beans {} never run: context '{}' lacks the auto-configuration of distributed "
								+ "tasks. Import DistributedTaskAutoConfiguration if they should run",
						names, this.context.getDisplayName());
			}
		}

	}

}
