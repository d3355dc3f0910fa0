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
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

import io.distributedtask.internal.execution.NamedRunnable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.scheduling.config.TaskSchedulerRouter;
import org.springframework.util.StringUtils;

/**
 * The scheduler of the application: the one of its plain {@code @Scheduled} methods, set
 * by a {@code SchedulingConfigurer}, a bean, or the attribute {@code scheduler}. Where
 * the application configures none, Spring would use a single thread for everything: there
 * each run of a task has its own thread, so that a long run does not delay others.
 */
final class ApplicationTaskScheduler implements Function<Runnable, TaskScheduler> {

	private static final Logger logger = LoggerFactory.getLogger(ApplicationTaskScheduler.class);

	private static final String POOL_SIZE = "spring.task.scheduling.pool.size";

	private static final String PACKAGE_OF_DEFAULT = "org.springframework.boot.autoconfigure.task.";

	private final ConfigurableListableBeanFactory beanFactory;

	private final TaskSchedulerRouter router = new TaskSchedulerRouter();

	private volatile @Nullable TaskScheduler given;

	private volatile @Nullable TaskScheduler unqualified;

	private @Nullable SimpleAsyncTaskScheduler own;

	/**
	 * Create a scheduler.
	 * @param beanFactory contains the application's scheduler
	 */
	ApplicationTaskScheduler(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.router.setBeanFactory(beanFactory);
		this.router.setBeanName(ApplicationTaskScheduler.class.getName());
	}

	/**
	 * The scheduler of a task, which may have the qualifier of one.
	 */
	@Override
	public TaskScheduler apply(Runnable task) {
		return StringUtils.hasLength(NamedRunnable.qualifier(task)) ? given() : unqualified();
	}

	// Application code is called without a lock; it may be called more than once
	private TaskScheduler given() {
		TaskScheduler known = this.given;
		if (known == null) {
			known = find();
			this.given = known;
		}
		return known;
	}

	private TaskScheduler find() {
		String name = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME;
		boolean isEnabled = this.beanFactory.containsLocalBean(name);
		return (isEnabled
				&& this.beanFactory.getBean(name) instanceof DistributedScheduledAnnotationBeanPostProcessor processor)
						? processor.awaitScheduler() : this.router;
	}

	private TaskScheduler unqualified() {
		TaskScheduler known = this.unqualified;
		if (known == null) {
			TaskScheduler given = given();
			known = (given instanceof TaskSchedulerRouter && !hasChosenBean()) ? own() : given;
			this.unqualified = known;
		}
		return known;
	}

	private synchronized SimpleAsyncTaskScheduler own() {
		SimpleAsyncTaskScheduler known = this.own;
		if (known == null) {
			logger.info("The application configures no scheduler: each run of a task has its own thread");
			known = this.beanFactory.getBeanProvider(SimpleAsyncTaskSchedulerBuilder.class)
				.getIfUnique(() -> new SimpleAsyncTaskSchedulerBuilder().threadNamePrefix("scheduling-"))
				.build();
			this.own = known;
		}
		return known;
	}

	/**
	 * Whether the bean that Spring would use is configured by the application. Spring
	 * Boot's bean counts, if the application has set its pool size.
	 */
	private boolean hasChosenBean() {
		String name = defaultBean();
		if (name == null) {
			return false;
		}
		boolean isPoolOfOne = this.beanFactory.getBean(name) instanceof ThreadPoolTaskScheduler pool
				&& pool.getScheduledThreadPoolExecutor().getCorePoolSize() == 1;
		return !isPoolOfOne || !isMadeByBoot(name)
				|| this.beanFactory.getBean(Environment.class).containsProperty(POOL_SIZE)
				|| this.beanFactory.getBeanNamesForType(ThreadPoolTaskSchedulerCustomizer.class).length > 0;
	}

	// It may be the bean of a parent context
	private boolean isMadeByBoot(String name) {
		try {
			Method method = (this.beanFactory.getMergedBeanDefinition(name) instanceof RootBeanDefinition definition)
					? definition.getResolvedFactoryMethod() : null;
			return method != null && method.getDeclaringClass().getName().startsWith(PACKAGE_OF_DEFAULT);
		}
		catch (NoSuchBeanDefinitionException ex) {
			// Registered as it is, by the application
			return false;
		}
	}

	/**
	 * The bean that Spring's router would use.
	 */
	private @Nullable String defaultBean() {
		String byName = TaskSchedulerRouter.DEFAULT_TASK_SCHEDULER_BEAN_NAME;
		for (Class<?> type : List.of(TaskScheduler.class, ScheduledExecutorService.class)) {
			try {
				return this.beanFactory.resolveNamedBean(type).getBeanName();
			}
			catch (NoUniqueBeanDefinitionException ex) {
				return (this.beanFactory.containsBean(byName) && this.beanFactory.isTypeMatch(byName, type)) ? byName
						: null;
			}
			catch (NoSuchBeanDefinitionException ex) {
				logger.trace("There is no bean of type {}", type, ex);
			}
		}
		return null;
	}

	/**
	 * End the threads that are not the application's.
	 */
	synchronized void close() {
		if (this.own != null) {
			this.own.close();
		}
		this.router.destroy();
	}

}
