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

package io.distributedtask.autoconfigure;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.internal.annotation.DistributedTaskAnnotationBeanPostProcessor;
import org.junit.jupiter.api.Test;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.resource;

/**
 * Tests for what a native image has to be told about an application with tasks. That such
 * an application runs is tested by the sample.
 */
class AheadOfTimeTests {

	@Test
	void methodsOfTasksCanBeCalled() {
		RuntimeHints hints = hints();
		assertThat(reflection().onMethodInvocation(Invoices.class, "send")).accepts(hints);
		assertThat(reflection().onMethodInvocation(Inherited.class, "crawl")).accepts(hints);
	}

	@Test
	void propertiesCanBeBound() {
		RuntimeHints hints = hints();
		for (Class<?> type : DistributedTaskProperties.class.getDeclaredClasses()) {
			if (type.isRecord()) {
				assertThat(reflection().onType(type)
					.withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS)
					.or(reflection().onConstructorInvocation(type.getDeclaredConstructors()[0])))
					.as(type.getSimpleName())
					.accepts(hints);
			}
		}
	}

	@Test
	void theVersionOfKafkaClientsCanBeRead() {
		assertThat(resource().forResource("kafka/kafka-version.properties")).accepts(hints());
	}

	@Test
	void whatIsLinkedWithKafkaClientsCanBeCreated() {
		assertThat(reflection().onType(TypeReference.of("io.distributedtask.internal.group.kafka42.KafkaLine"))
			.withMemberCategory(MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS)).accepts(hints());
	}

	@Test
	void whoFindsTheTasksIsThereAtRunTime() {
		InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
		generate(files);
		assertThat(files.getGeneratedFiles(org.springframework.aot.generate.GeneratedFiles.Kind.SOURCE).keySet())
			.anyMatch((name) -> name.contains(DistributedTaskAutoConfiguration.class.getSimpleName()));
		assertThat(reflection().onType(DistributedTaskAnnotationBeanPostProcessor.class)).accepts(hints());
	}

	private static RuntimeHints hints() {
		return generate(new InMemoryGeneratedFiles());
	}

	private static RuntimeHints generate(InMemoryGeneratedFiles files) {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("com.example", "Application")), files);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of("spring.application.name=shop").applyTo(context);
			context.register(Application.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
		}
		return generation.getRuntimeHints();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@ImportAutoConfiguration({ KafkaAutoConfiguration.class, TaskSchedulingAutoConfiguration.class,
			DistributedTaskAutoConfiguration.class })
	static class Application {

		@Bean
		Invoices invoices() {
			return new Invoices();
		}

		@Bean
		Crawler crawler() {
			return new Crawler();
		}

	}

	static class Invoices {

		@DistributedTask("invoices")
		@Scheduled(cron = "0 0 2 * * *")
		void send() {
			// never called
		}

	}

	static class Inherited {

		@DistributedTask("crawler")
		void crawl(TaskContext task) {
			// never called
		}

	}

	static class Crawler extends Inherited {

	}

}
