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

import io.distributedtask.DistributedTask;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;

/**
 * Spring's own processor of {@code @Scheduled}, except that it leaves alone what is a
 * distributed task.
 */
final class DistributedScheduledAnnotationBeanPostProcessor extends ScheduledAnnotationBeanPostProcessor {

	@Override
	protected void processScheduled(Scheduled scheduled, Method method, Object bean) {
		if (!AnnotatedElementUtils.hasAnnotation(method, DistributedTask.class)) {
			super.processScheduled(scheduled, method, bean);
		}
	}

}
