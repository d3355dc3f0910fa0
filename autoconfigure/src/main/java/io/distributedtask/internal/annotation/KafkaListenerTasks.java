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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.distributedtask.internal.execution.TaskHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.Lifecycle;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.KafkaListeners;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.listener.ContainerGroupSequencer;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.util.StringUtils;

/**
 * Tasks that are a listener of Spring for Apache Kafka: its containers run on the owner.
 * A method may have several: one for each {@code @KafkaListener}, and more for retry
 * topics and their dead-letter topic. Loaded only where Spring for Apache Kafka is
 * present, see {@link TaskBeans#HAS_KAFKA}.
 */
final class KafkaListenerTasks {

	private KafkaListenerTasks() {
	}

	/**
	 * The handler of a listener.
	 * @param element a method or class that may be a listener
	 * @param bean the bean to which it belongs
	 * @return the handler, or {@code null} if it is not a listener
	 */
	static @Nullable TaskHandler handler(AnnotatedElement element, Object bean, String source,
			ConfigurableListableBeanFactory beanFactory) {
		Set<KafkaListener> listeners = listeners(element);
		if (listeners.isEmpty()) {
			return null;
		}
		ListenerExpressions expressions = new ListenerExpressions(beanFactory, bean, source);
		Set<String> ids = new LinkedHashSet<>();
		for (KafkaListener listener : listeners) {
			ids.add(id(listener, expressions, source));
			checkGroup(listener, beanFactory, source);
		}
		ObjectProvider<KafkaListenerEndpointRegistry> registries = beanFactory
			.getBeanProvider(KafkaListenerEndpointRegistry.class);
		if (registries.stream().findAny().isEmpty()) {
			throw TaskConfigurationException.on(source,
					"its @KafkaListener has no effect, because listeners are not enabled",
					"Add @EnableKafka to a configuration, or let Spring Boot configure Kafka.");
		}
		containers(registries, ids, source).forEach((container) -> check(container, source));
		return new TaskHandler.Component(source, () -> new ListenerContainers(containers(registries, ids, source)));
	}

	private static Set<KafkaListener> listeners(AnnotatedElement element) {
		return AnnotatedElementUtils.findMergedRepeatableAnnotations(element, KafkaListener.class,
				KafkaListeners.class);
	}

	/**
	 * Reject a listener that Spring would start on every instance.
	 * @param element a method or class that may be a listener
	 * @param bean the bean to which it belongs
	 */
	static void refuseWhatStartsByItself(AnnotatedElement element, Object bean, String source,
			ConfigurableListableBeanFactory beanFactory) {
		ListenerExpressions expressions = new ListenerExpressions(beanFactory, bean, source);
		for (KafkaListener listener : listeners(element)) {
			String id = expressions.evaluate("id", listener.id(), listener.beanRef());
			if (StringUtils.hasText(id)) {
				matching(beanFactory.getBeanProvider(KafkaListenerEndpointRegistry.class), Set.of(id))
					.forEach((container) -> checkStart(container, source));
			}
		}
	}

	private static List<MessageListenerContainer> matching(ObjectProvider<KafkaListenerEndpointRegistry> registries,
			Set<String> ids) {
		return registries.stream()
			.flatMap((registry) -> registry
				.getListenerContainersMatching((id, container) -> ids.contains(id) || isRetry(container, ids))
				.stream())
			.toList();
	}

	/**
	 * The component of a lifecycle bean to be started and watched: a listener container
	 * has consumers that may end one by one.
	 */
	static Lifecycle watchable(Lifecycle bean) {
		return (bean instanceof MessageListenerContainer container) ? new ListenerContainers(List.of(container)) : bean;
	}

	private static String id(KafkaListener listener, ListenerExpressions expressions, String source) {
		String id = expressions.evaluate("id", listener.id(), listener.beanRef());
		if (!StringUtils.hasText(id)) {
			throw TaskConfigurationException.on(source, "its @KafkaListener has no id",
					"Set the attribute 'id' of @KafkaListener: the container is found by it.");
		}
		return id;
	}

	private static void checkGroup(KafkaListener listener, ConfigurableListableBeanFactory beanFactory, String source) {
		if (StringUtils.hasText(listener.containerGroup())
				&& beanFactory.getBeanNamesForType(ContainerGroupSequencer.class, false, false).length > 0) {
			throw TaskConfigurationException.on(source,
					"its @KafkaListener is in the container group '%s', and a ContainerGroupSequencer starts and stops "
						.formatted(listener.containerGroup()) + "container groups on every instance",
					"Remove the attribute 'containerGroup' of @KafkaListener, or the ContainerGroupSequencer.");
		}
	}

	private static List<MessageListenerContainer> containers(ObjectProvider<KafkaListenerEndpointRegistry> registries,
			Set<String> ids, String source) {
		List<MessageListenerContainer> containers = matching(registries, ids);
		for (String id : ids) {
			if (containers.stream().noneMatch((container) -> id.equals(container.getListenerId()))) {
				throw TaskConfigurationException.on(source, "there is no listener container '%s'".formatted(id),
						"Let Spring for Apache Kafka register the listener when the application starts, in the "
								+ "same application context, under an 'id' of @KafkaListener that stays the same.");
			}
		}
		return containers;
	}

	private static boolean isRetry(MessageListenerContainer container, Set<String> ids) {
		String mainId = mainId(container);
		return mainId != null && ids.contains(mainId);
	}

	// Null for the main container, and where a container has no such property
	private static @Nullable String mainId(MessageListenerContainer container) {
		try {
			return container.getMainListenerId();
		}
		catch (UnsupportedOperationException ex) {
			return null;
		}
	}

	private static void check(MessageListenerContainer container, String source) {
		checkStart(container, source);
		if (container.isRunning()) {
			container.stop();
			throw TaskConfigurationException.on(source,
					"the container of @KafkaListener '%s' has been started already"
						.formatted(container.getListenerId()),
					"Let the bean be created when the application starts, and start its containers nowhere else.");
		}
	}

	private static void checkStart(MessageListenerContainer container, String source) {
		String id = container.getListenerId();
		if (container.isAutoStartup()) {
			throw TaskConfigurationException.on(source,
					"the container of @KafkaListener '%s' would start by itself on every instance".formatted(id),
					(mainId(container) != null)
							? "Set autoStartup = \"false\" at @KafkaListener, and leave autoStartDltHandler of "
									+ "@RetryableTopic at its default: the containers of retry and dead-letter "
									+ "topics are started where the task is owned."
							: "Set autoStartup = \"false\" at @KafkaListener.");
		}
	}

}
