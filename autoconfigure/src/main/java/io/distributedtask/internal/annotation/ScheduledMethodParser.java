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

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.scheduling.config.Task;
import org.springframework.util.StringValueResolver;

/**
 * Has Spring read {@code @Scheduled}, so that every attribute means what it always means.
 * Not a bean: it schedules nothing.
 */
final class ScheduledMethodParser extends ScheduledAnnotationBeanPostProcessor {

	private final List<Task> tasks;

	private ScheduledMethodParser(List<Task> tasks, StringValueResolver resolver) {
		super(new CollectingRegistrar(tasks));
		this.tasks = tasks;
		setEmbeddedValueResolver(resolver);
	}

	/**
	 * Read the schedules of a method.
	 * @return one task for each annotation that is not switched off, in their order
	 * @throws IllegalStateException if an annotation is wrong
	 */
	static List<Task> parse(Collection<Scheduled> annotations, Method method, Object bean,
			StringValueResolver resolver) {
		ScheduledMethodParser parser = new ScheduledMethodParser(new ArrayList<>(), resolver);
		annotations.forEach((annotation) -> parser.processScheduled(annotation, method, bean));
		return parser.tasks;
	}

	// Spring's own would refuse a parameter
	@Override
	protected Runnable createRunnable(Object target, Method method, @Nullable String qualifier) {
		return new NamedMethod(method.getDeclaringClass().getName() + "." + method.getName(), qualifier);
	}

	/**
	 * Stands for the method: carries its name and the qualifier of its scheduler.
	 *
	 * @param name the name
	 * @param qualifier the qualifier
	 */
	private record NamedMethod(String name, @Nullable String qualifier) implements SchedulingAwareRunnable {

		@Override
		public void run() {
			throw new UnsupportedOperationException("'%s' runs only where it is owned".formatted(this.name));
		}

		@Override
		public @Nullable String getQualifier() {
			return this.qualifier;
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	/**
	 * Keeps what it is given.
	 */
	private static final class CollectingRegistrar extends ScheduledTaskRegistrar {

		private final List<Task> tasks;

		private CollectingRegistrar(List<Task> tasks) {
			this.tasks = tasks;
		}

		@Override
		public @Nullable ScheduledTask scheduleCronTask(CronTask task) {
			this.tasks.add(task);
			return super.scheduleCronTask(task);
		}

		@Override
		public @Nullable ScheduledTask scheduleFixedRateTask(FixedRateTask task) {
			this.tasks.add(task);
			return super.scheduleFixedRateTask(task);
		}

		@Override
		public @Nullable ScheduledTask scheduleFixedDelayTask(FixedDelayTask task) {
			this.tasks.add(task);
			return super.scheduleFixedDelayTask(task);
		}

		@Override
		public @Nullable ScheduledTask scheduleOneTimeTask(OneTimeTask task) {
			this.tasks.add(task);
			return super.scheduleOneTimeTask(task);
		}

	}

}
