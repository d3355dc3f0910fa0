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
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Annotations by which other libraries call a method on every instance, whoever owns its
 * task. They are listed by name, because their classes need not be present.
 */
final class OtherTriggers {

	private static final List<String> NAMES = List.of("org.springframework.context.event.EventListener",
			"jakarta.annotation.PostConstruct", "jakarta.annotation.PreDestroy", "javax.annotation.PostConstruct",
			"javax.annotation.PreDestroy", "org.springframework.kafka.annotation.KafkaHandler",
			"org.springframework.kafka.annotation.DltHandler",
			"org.springframework.amqp.rabbit.annotation.RabbitListener",
			"org.springframework.amqp.rabbit.annotation.RabbitHandler",
			"org.springframework.jms.annotation.JmsListener", "org.springframework.pulsar.annotation.PulsarListener",
			"org.springframework.pulsar.annotation.PulsarReader",
			"org.springframework.pulsar.reactive.config.annotation.ReactivePulsarListener",
			"io.awspring.cloud.sqs.annotation.SqsListener", "io.awspring.cloud.sqs.annotation.SqsHandler",
			"org.springframework.integration.annotation.ServiceActivator",
			"org.springframework.integration.annotation.InboundChannelAdapter",
			"org.springframework.messaging.handler.annotation.MessageMapping",
			"org.springframework.web.bind.annotation.RequestMapping",
			"org.springframework.graphql.data.method.annotation.SchemaMapping",
			"org.jobrunr.jobs.annotations.Recurring", "org.jobrunr.spring.annotations.Recurring");

	private OtherTriggers() {
	}

	/**
	 * Reject a method that has such an annotation.
	 * @param method a method with {@code @DistributedTask}
	 * @param source where it was declared
	 */
	static void check(Method method, String source) {
		check(method, source, NAMES.stream());
	}

	/**
	 * Reject a type that has such an annotation. A mapping on a type is not a trigger: it
	 * is the prefix of the mappings of its methods.
	 * @param type the type of a bean with {@code @DistributedTask}
	 * @param source where it was declared
	 */
	static void checkType(Class<?> type, String source) {
		check(type, source, NAMES.stream().filter((name) -> !name.endsWith("Mapping")));
	}

	private static void check(AnnotatedElement element, String source, Stream<String> names) {
		MergedAnnotations annotations = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
		names.filter(annotations::isPresent).findFirst().ifPresent((name) -> {
			throw TaskConfigurationException.on(source,
					"it is also annotated with @%s, which calls it on every instance"
						.formatted(ClassUtils.getShortName(name)),
					action(name));
		});
	}

	private static String action(String name) {
		if (name.endsWith(".KafkaHandler") || name.endsWith(".DltHandler")) {
			return "Remove @DistributedTask here, and put it where @KafkaListener is: its containers, those of retry "
					+ "and dead-letter topics among them, run where that task is owned.";
		}
		return "Put one of the two on another method or bean. Code that is called on every instance can ask "
				+ "DistributedTasks.isOwner(name) whether it is the owner.";
	}

}
