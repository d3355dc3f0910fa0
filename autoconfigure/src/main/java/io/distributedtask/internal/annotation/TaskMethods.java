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

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.execution.NamedRunnable;
import io.distributedtask.internal.execution.TaskHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.annotation.Schedules;
import org.springframework.scheduling.config.IntervalTask;
import org.springframework.scheduling.config.Task;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringValueResolver;

/**
 * Creates handlers for annotated methods, and rejects methods that cannot be tasks.
 */
final class TaskMethods {

	private static final Logger logger = LoggerFactory.getLogger(TaskMethods.class);

	private static final Set<String> STARTED = Set.of("java.util.concurrent.CompletionStage", Future.class.getName(),
			"kotlinx.coroutines.Job");

	/** If nothing can subscribe to them. */
	private static final Set<String> PUBLISHERS = Set.of("org.reactivestreams.Publisher",
			"java.util.concurrent.Flow$Publisher", "kotlinx.coroutines.flow.Flow");

	private static final Set<String> ASYNCHRONOUS = Set.of(Async.class.getName(), "jakarta.ejb.Asynchronous",
			"jakarta.enterprise.concurrent.Asynchronous");

	private final ConfigurableListableBeanFactory beanFactory;

	private final StringValueResolver resolver;

	private final Function<Runnable, TaskScheduler> scheduler;

	TaskMethods(ConfigurableListableBeanFactory beanFactory, StringValueResolver resolver,
			Function<Runnable, TaskScheduler> scheduler) {
		this.beanFactory = beanFactory;
		this.resolver = resolver;
		this.scheduler = scheduler;
	}

	/**
	 * The annotated methods of a class, inherited ones and those of interfaces among
	 * them.
	 */
	static Map<Method, DistributedTask> find(Class<?> type) {
		if (!AnnotationUtils.isCandidateClass(type, DistributedTask.class)) {
			return Map.of();
		}
		MethodIntrospector.MetadataLookup<@Nullable DistributedTask> lookup = TaskMethods::annotation;
		return MethodIntrospector.selectMethods(type, lookup);
	}

	// On a @Bean method the annotation is about the bean
	private static @Nullable DistributedTask annotation(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, Bean.class) ? null
				: AnnotatedElementUtils.findMergedAnnotation(method, DistributedTask.class);
	}

	static String source(Method method, String beanName) {
		String parameters = Arrays.stream(method.getParameterTypes())
			.map(Class::getSimpleName)
			.collect(Collectors.joining(", ", "(", ")"));
		return "method %s of bean '%s'"
			.formatted(ClassUtils.getQualifiedMethodName(method, method.getDeclaringClass()) + parameters, beanName);
	}

	/**
	 * The handler of a method.
	 * @return the handler, or {@code null} for a scheduled method without a schedule
	 */
	@Nullable TaskHandler handler(Method method, Object bean, Class<?> targetClass, String beanName) {
		String source = source(method, beanName);
		Set<Scheduled> scheduled = AnnotatedElementUtils.findMergedRepeatableAnnotations(method, Scheduled.class,
				Schedules.class);
		check(!isAsync(method, targetClass), source,
				"@Async is not supported here: the run would continue unnoticed on another thread after the task is "
						+ "handed over",
				"Remove @Async: a task does not run on the caller's thread anyway.");
		TaskHandler listener = TaskBeans.HAS_KAFKA ? KafkaListenerTasks.handler(method, bean, source, this.beanFactory)
				: null;
		if (listener != null) {
			check(scheduled.isEmpty(), source, "it is scheduled and a @KafkaListener at once",
					"Make it two methods, each a task of its own.");
			return listener;
		}
		OtherTriggers.check(method, source);
		checkSignature(method, source);
		Method invocable = invocable(method, bean, source);
		boolean reactive = isReactive(method);
		TaskWork.Body body = (context) -> invoke(invocable, bean, context, reactive);
		if (scheduled.isEmpty()) {
			return new TaskHandler.Continuous(source, body, reactive);
		}
		List<Task> schedules = schedules(scheduled, method, bean, source);
		return schedules.isEmpty() ? null : new TaskHandler.Scheduled(source, schedules, this.scheduler, body);
	}

	private static void invoke(Method method, Object bean, TaskContext context, boolean reactive) throws Exception {
		int parameters = (reactive ? ReactiveMethods.parameters(method) : method.getParameterTypes()).length;
		Object[] arguments = (parameters == 0) ? new Object[0] : new Object[] { context };
		try {
			if (reactive) {
				ReactiveMethods.run(method, bean, arguments);
			}
			else {
				checkResult(method, method.invoke(bean, arguments));
			}
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
		}
	}

	/**
	 * Of a method that returns an {@code Object}, only the result shows what it is.
	 */
	private static void checkResult(Method method, @Nullable Object result) {
		if (result != null && (isDeferred(result.getClass()) || ReactiveMethods.isSubscribable(result.getClass()))) {
			throw new IllegalStateException(
					"Method %s has returned a %s, and nobody subscribes to it, since the method "
						.formatted(ClassUtils.getQualifiedMethodName(method), result.getClass().getName())
							+ "does not declare that type");
		}
	}

	private static void checkSignature(Method method, String source) {
		check(!Modifier.isPrivate(method.getModifiers()), source, "it is private", "Make the method package-private.");
		check(!Modifier.isStatic(method.getModifiers()), source, "it is static",
				"Make it an instance method of the bean.");
		Class<?>[] parameters = ReactiveMethods.parameters(method);
		check(!ReactiveMethods.isSuspending(method) || ReactiveMethods.canSuspend(TaskMethods.class.getClassLoader()),
				source, "it is a suspend function of Kotlin, and a library that calls those is missing",
				"Add org.jetbrains.kotlinx:kotlinx-coroutines-reactor and org.jetbrains.kotlin:kotlin-reflect, or remove "
						+ "'suspend', and let it block until its work is done.");
		check(parameters.length == 0 || (parameters.length == 1 && parameters[0] == TaskContext.class), source,
				"it has parameters other than one TaskContext",
				"Let it take no parameter, or one of type io.distributedtask.TaskContext.");
		check(isReactive(method) || !isDeferred(method.getReturnType()), source,
				"it returns %s: its work would continue unnoticed after it has returned"
					.formatted(method.getReturnType().getName()),
				"Let it block until its work is done, and return void; or let it return a Publisher, such as a Mono of "
						+ "Project Reactor.");
	}

	private static boolean isReactive(Method method) {
		return ReactiveMethods.isSuspending(method)
				|| (!isStarted(method.getReturnType()) && ReactiveMethods.isSubscribable(method.getReturnType()));
	}

	/**
	 * Of what has been started before it is returned, nobody can cancel the work.
	 */
	private static boolean isStarted(Class<?> type) {
		return isOneOf(type, STARTED);
	}

	private static boolean isDeferred(Class<?> type) {
		return isStarted(type) || isOneOf(type, PUBLISHERS);
	}

	private static boolean isOneOf(Class<?> type, Set<String> names) {
		return names.contains(type.getName()) || ClassUtils.getAllInterfacesForClassAsSet(type)
			.stream()
			.anyMatch((candidate) -> names.contains(candidate.getName()));
	}

	private static boolean isAsync(Method method, Class<?> targetClass) {
		return Stream.of(method, targetClass)
			.map((element) -> MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY))
			.anyMatch((annotations) -> ASYNCHRONOUS.stream().anyMatch(annotations::isPresent));
	}

	private static Method invocable(Method method, Object bean, String source) {
		check(!(AopUtils.isCglibProxy(bean) && Modifier.isFinal(method.getModifiers())), source,
				"it is final, and its bean is a proxy that cannot override it", "Make the method not final.");
		try {
			Method invocable = AopUtils.selectInvocableMethod(method, bean.getClass());
			ReflectionUtils.makeAccessible(invocable);
			return invocable;
		}
		catch (IllegalStateException ex) {
			throw TaskConfigurationException.on(source, String.valueOf(ex.getMessage()),
					"Declare the method in an interface of the bean, or have the bean proxied by its class.", ex);
		}
	}

	private List<Task> schedules(Set<Scheduled> annotations, Method method, Object bean, String source) {
		// the one of a parent context processes the beans of that context only
		check(this.beanFactory.containsLocalBean(DistributedTaskSchedulingPostProcessor.PROCESSOR), source,
				"its @Scheduled has no effect, because scheduling is not enabled in its application context",
				"Add @EnableScheduling to a configuration, or set 'distributed-task.tasks.<name>.enabled=false' if "
						+ "this instance is not to run it.");
		checkProcessors(source);
		try {
			List<Task> schedules = ScheduledMethodParser.parse(annotations, method, isReactive(method), bean,
					this.resolver);
			if (schedules.isEmpty()) {
				logger.info("@DistributedTask on {}: its schedule is disabled, so it is not a task", source);
			}
			schedules.forEach((schedule) -> checkSchedule(schedule, source));
			return schedules;
		}
		catch (TaskConfigurationException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw TaskConfigurationException.on(source, TaskConfigurationException.reason(ex),
					"Correct its @Scheduled.", ex);
		}
	}

	private void checkProcessors(String source) {
		for (String name : this.beanFactory.getBeanNamesForType(ScheduledAnnotationBeanPostProcessor.class, true,
				false)) {
			Class<?> type = this.beanFactory.getType(name, false);
			check(type == DistributedScheduledAnnotationBeanPostProcessor.class, source,
					"bean '%s' schedules what is annotated with @Scheduled on every instance".formatted(name),
					"Remove the bean and enable scheduling by @EnableScheduling.");
		}
	}

	private void checkSchedule(Task schedule, String source) {
		check(!(schedule instanceof IntervalTask interval && interval.getIntervalDuration().isZero()), source,
				"the interval of its @Scheduled is zero", "Set an interval greater than zero.");
		String qualifier = NamedRunnable.qualifier(schedule.getRunnable());
		check(qualifier == null || qualifier.isEmpty() || hasScheduler(qualifier), source,
				"there is no scheduler '%s'".formatted(qualifier),
				"Correct the attribute 'scheduler' of @Scheduled, or add a TaskScheduler bean with this name or "
						+ "qualifier.");
	}

	private boolean hasScheduler(String qualifier) {
		return Stream.of(TaskScheduler.class, ScheduledExecutorService.class)
			.flatMap((type) -> Stream.of(this.beanFactory.getBeanNamesForType(type)))
			.anyMatch((name) -> BeanFactoryAnnotationUtils.isQualifierMatch(qualifier::equals, name, this.beanFactory));
	}

	private static void check(boolean valid, String source, String problem, String action) {
		if (!valid) {
			throw TaskConfigurationException.on(source, problem, action);
		}
	}

}
