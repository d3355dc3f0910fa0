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

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import io.distributedtask.internal.execution.TaskHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.Lifecycle;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.KafkaListeners;
import org.springframework.kafka.config.KafkaListenerConfigUtils;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * Tasks that are a listener of Spring for Apache Kafka: its container runs on the owner.
 */
final class KafkaListenerTasks {

	private static final boolean PRESENT = ClassUtils.isPresent("org.springframework.kafka.annotation.KafkaListener",
			KafkaListenerTasks.class.getClassLoader());

	private KafkaListenerTasks() {
	}

	/**
	 * The handler of a listener.
	 * @param element what may be a listener
	 * @return the handler, or {@code null} if it is none
	 */
	static @Nullable TaskHandler handler(AnnotatedElement element, String source, BeanFactory beanFactory,
			StringValueResolver resolver) {
		return PRESENT ? Found.handler(element, source, beanFactory, resolver) : null;
	}

	/**
	 * Refuse a listener that Spring would start, wherever the task is.
	 * @param element what may be a listener
	 */
	static void refuseWhatStartsByItself(AnnotatedElement element, String source, BeanFactory beanFactory,
			StringValueResolver resolver) {
		if (PRESENT && Found.areListenersEnabled(beanFactory)) {
			Found.handler(element, source, beanFactory, resolver);
		}
	}

	/**
	 * Apart, to be loaded only where Spring for Apache Kafka is.
	 */
	private static final class Found {

		private static @Nullable TaskHandler handler(AnnotatedElement element, String source, BeanFactory beanFactory,
				StringValueResolver resolver) {
			List<KafkaListener> listeners = new ArrayList<>(AnnotatedElementUtils
				.findMergedRepeatableAnnotations(element, KafkaListener.class, KafkaListeners.class));
			if (listeners.isEmpty()) {
				return null;
			}
			if (listeners.size() > 1) {
				throw new InvalidTaskException("@DistributedTask on %s: it has %d @KafkaListener annotations"
					.formatted(source, listeners.size()), "Give each listener a method of its own.");
			}
			KafkaListener listener = listeners.get(0);
			String id = resolve(resolver, listener.id());
			if (!StringUtils.hasText(id)) {
				throw new InvalidTaskException("@DistributedTask on %s: its @KafkaListener has no id".formatted(source),
						"Set the attribute 'id' of @KafkaListener: the container is found by it.");
			}
			if (!"false".equalsIgnoreCase(resolve(resolver, listener.autoStartup()))) {
				throw new InvalidTaskException(
						"@DistributedTask on %s: the container of @KafkaListener '%s' would start by itself on every "
							.formatted(source, id) + "instance",
						"Set autoStartup = \"false\" at @KafkaListener.");
			}
			KafkaListenerEndpointRegistry registry = registry(beanFactory, source);
			// Else it starts all containers, whatever they say, when the context is
			// started again
			registry.setAlwaysStartAfterRefresh(false);
			return new TaskHandler.Component(source, () -> container(registry, id, source));
		}

		private static boolean areListenersEnabled(BeanFactory beanFactory) {
			return beanFactory.containsBean(KafkaListenerConfigUtils.KAFKA_LISTENER_ENDPOINT_REGISTRY_BEAN_NAME);
		}

		private static KafkaListenerEndpointRegistry registry(BeanFactory beanFactory, String source) {
			String name = KafkaListenerConfigUtils.KAFKA_LISTENER_ENDPOINT_REGISTRY_BEAN_NAME;
			if (!beanFactory.containsBean(name)) {
				throw new InvalidTaskException(
						"@DistributedTask on %s: its @KafkaListener has no effect, because listeners are not enabled"
							.formatted(source),
						"Add @EnableKafka to a configuration, or let Spring Boot configure Kafka.");
			}
			return beanFactory.getBean(name, KafkaListenerEndpointRegistry.class);
		}

		private static Lifecycle container(KafkaListenerEndpointRegistry registry, String id, String source) {
			Lifecycle container = registry.getListenerContainer(id);
			if (container == null) {
				throw new IllegalStateException("There is no listener container '%s' for %s".formatted(id, source));
			}
			return container;
		}

		private static String resolve(StringValueResolver resolver, String text) {
			return Objects.requireNonNullElse(resolver.resolveStringValue(text), "").trim();
		}

	}

}
