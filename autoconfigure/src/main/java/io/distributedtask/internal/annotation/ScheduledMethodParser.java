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
import java.util.Collection;
import java.util.List;

import io.distributedtask.internal.execution.NamedRunnable;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.Task;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringValueResolver;

/**
 * Lets Spring read {@code @Scheduled}, so that every attribute has its usual meaning. Not
 * a bean: it schedules nothing.
 */
final class ScheduledMethodParser extends ScheduledAnnotationBeanPostProcessor {

	/** Of a method that returns a publisher, Spring would call the method to get it. */
	private static final Method STAND_IN = ClassUtils.getMethod(Runnable.class, "run");

	private final String name;

	private ScheduledMethodParser(String name, StringValueResolver resolver) {
		this.name = name;
		setEmbeddedValueResolver(resolver);
	}

	/**
	 * Read the schedules of a method.
	 * @return one task for each annotation that is not disabled, in their order
	 * @throws IllegalStateException if an annotation is wrong
	 */
	static List<Task> parse(Collection<Scheduled> annotations, Method method, boolean reactive, Object bean,
			StringValueResolver resolver) {
		ScheduledMethodParser parser = new ScheduledMethodParser(
				method.getDeclaringClass().getName() + "." + method.getName(), resolver);
		Method read = reactive ? STAND_IN : method;
		annotations.forEach((annotation) -> parser.processScheduled(annotation, read, bean));
		return parser.getScheduledTasks().stream().map(ScheduledTask::getTask).toList();
	}

	// Spring's own processor would reject a parameter
	@Override
	protected Runnable createRunnable(Object target, Method method, @Nullable String qualifier) {
		return NamedRunnable.ofSchedule(this.name, qualifier);
	}

}
