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

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import io.distributedtask.DistributedTask;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DistributedTaskLazyInitializationExcludeFilter}.
 */
class DistributedTaskLazyInitializationExcludeFilterTests {

	private final DistributedTaskLazyInitializationExcludeFilter filter = new DistributedTaskLazyInitializationExcludeFilter();

	@Test
	void annotatedTypesAndMethodsAreExcluded() {
		assertThat(isExcluded(AnnotatedType.class)).isTrue();
		assertThat(isExcluded(AnnotatedMethod.class)).isTrue();
		assertThat(isExcluded(InheritedMethod.class)).isTrue();
		assertThat(isExcluded(MetaAnnotatedMethod.class)).isTrue();
	}

	@Test
	void otherBeansAreNot() {
		assertThat(isExcluded(Object.class)).isFalse();
		assertThat(isExcluded(String.class)).isFalse();
	}

	@Test
	void annotatedFactoryMethodIsExcluded() {
		try (var context = new AnnotationConfigApplicationContext(FactoryConfiguration.class)) {
			BeanDefinition definition = context.getBeanFactory().getBeanDefinition("relay");
			assertThat(this.filter.isExcluded("relay", definition, Object.class)).isTrue();
			definition = context.getBeanFactory().getBeanDefinition("other");
			assertThat(this.filter.isExcluded("other", definition, Object.class)).isFalse();
		}
	}

	private boolean isExcluded(Class<?> type) {
		return this.filter.isExcluded("bean", new RootBeanDefinition(type), type);
	}

	@DistributedTask("type")
	static class AnnotatedType {

	}

	static class AnnotatedMethod {

		@DistributedTask("method")
		void run() {
		}

	}

	static class InheritedMethod extends AnnotatedMethod {

	}

	static class MetaAnnotatedMethod {

		@Singleton
		void run() {
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@DistributedTask(shards = 1)
	@interface Singleton {

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryConfiguration {

		@Bean
		@DistributedTask("relay")
		Object relay() {
			return new Object();
		}

		@Bean
		Object other() {
			return new Object();
		}

	}

}
