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
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.DistributedTask;

import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/**
 * Spring's own processor of {@code @Scheduled}, except that it ignores methods that are
 * distributed tasks, and provides its scheduler.
 */
final class DistributedScheduledAnnotationBeanPostProcessor extends ScheduledAnnotationBeanPostProcessor {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	private final ScheduledTaskRegistrar registrar;

	/** Whether every {@code SchedulingConfigurer} has been called. */
	private final CountDownLatch configured = new CountDownLatch(1);

	DistributedScheduledAnnotationBeanPostProcessor() {
		this(new ScheduledTaskRegistrar());
	}

	private DistributedScheduledAnnotationBeanPostProcessor(ScheduledTaskRegistrar registrar) {
		super(registrar);
		this.registrar = registrar;
	}

	@Override
	protected void processScheduled(Scheduled scheduled, Method method, Object bean) {
		if (!AnnotatedElementUtils.hasAnnotation(method, DistributedTask.class)) {
			super.processScheduled(scheduled, method, bean);
		}
	}

	@Override
	public void afterSingletonsInstantiated() {
		super.afterSingletonsInstantiated();
		lookAtRegistrar();
	}

	@Override
	public void onApplicationEvent(ApplicationContextEvent event) {
		super.onApplicationEvent(event);
		lookAtRegistrar();
	}

	private void lookAtRegistrar() {
		if (this.registrar.getScheduler() != null) {
			this.configured.countDown();
		}
	}

	/**
	 * The scheduler of plain methods. It is known once the context has been refreshed.
	 * @throws TaskRejectedException if that takes too long
	 */
	TaskScheduler awaitScheduler() {
		try {
			TaskScheduler scheduler = this.configured.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
					? this.registrar.getScheduler() : null;
			if (scheduler != null) {
				return scheduler;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw new TaskRejectedException("The application is still being started");
	}

}
