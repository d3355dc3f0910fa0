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

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

import io.distributedtask.internal.execution.DefaultTaskRunner;
import io.distributedtask.internal.execution.RunObserver;
import io.distributedtask.internal.port.Clocks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.PropertySourcesPlaceholderConfigurer;
import org.springframework.scheduling.annotation.EnableScheduling;

/**
 * Application contexts with the post-processors in place.
 */
final class TaskContexts {

	private TaskContexts() {
	}

	static AnnotationConfigApplicationContext of(Class<?>... components) {
		return of((context) -> {
		}, components);
	}

	static AnnotationConfigApplicationContext of(Consumer<AnnotationConfigApplicationContext> customizer,
			Class<?>... components) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.register(PostProcessors.class);
		context.register(components);
		context.registerBean(TaskSettings.class, () -> new Settings(true));
		customizer.accept(context);
		try {
			context.refresh();
		}
		catch (RuntimeException ex) {
			context.close();
			throw ex;
		}
		return context;
	}

	@Configuration(proxyBeanMethods = false)
	static class PostProcessors {

		@Bean(destroyMethod = "close")
		DefaultTaskRunner taskRunner() {
			return new DefaultTaskRunner(Duration.ofSeconds(30), false, Clocks.SYSTEM, RunObserver.NONE);
		}

		@Bean
		static DistributedTaskAnnotationBeanPostProcessor distributedTaskProcessor(
				ObjectProvider<DefaultTaskRunner> runner, ObjectProvider<TaskSettings> settings) {
			return new DistributedTaskAnnotationBeanPostProcessor(runner, settings);
		}

		@Bean
		static PropertySourcesPlaceholderConfigurer placeholders() {
			return new PropertySourcesPlaceholderConfigurer();
		}

		@Bean
		static DistributedTaskSchedulingPostProcessor distributedSchedulingProcessor() {
			return new DistributedTaskSchedulingPostProcessor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class Scheduling {

	}

	/**
	 * Settings in memory.
	 */
	static final class Settings implements TaskSettings {

		private final Map<String, TaskSettings.Override> overrides = new HashMap<>();

		private final boolean enabled;

		Settings(boolean enabled) {
			this.enabled = enabled;
		}

		Settings with(String name, TaskSettings.Override override) {
			this.overrides.put(name, override);
			return this;
		}

		@java.lang.Override
		public boolean enabled() {
			return this.enabled;
		}

		@java.lang.Override
		public TaskSettings.Override forTask(String name) {
			return this.overrides.getOrDefault(name, TaskSettings.Override.NONE);
		}

	}

}
