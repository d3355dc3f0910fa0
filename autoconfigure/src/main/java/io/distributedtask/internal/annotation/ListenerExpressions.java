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

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.BeanExpressionContext;
import org.springframework.beans.factory.config.BeanExpressionResolver;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Evaluates attributes of a listener's annotation as Spring for Apache Kafka does:
 * placeholders first, then an expression in which the listener's bean has a name.
 */
final class ListenerExpressions {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Object bean;

	private final String source;

	ListenerExpressions(ConfigurableListableBeanFactory beanFactory, Object bean, String source) {
		this.beanFactory = beanFactory;
		this.bean = bean;
		this.source = source;
	}

	/**
	 * Evaluate an attribute.
	 * @param attribute its name
	 * @param text its value
	 * @param beanRef the name of the bean in expressions
	 * @return its value
	 */
	@Nullable String evaluate(String attribute, String text, String beanRef) {
		Object value;
		try {
			value = this.beanFactory.resolveEmbeddedValue(text);
			BeanExpressionResolver resolver = this.beanFactory.getBeanExpressionResolver();
			if (resolver != null && value != null) {
				value = resolver.evaluate((String) value,
						new BeanExpressionContext(this.beanFactory, new ListenerScope(beanRef, this.bean)));
			}
		}
		catch (RuntimeException ex) {
			throw TaskConfigurationException.on(this.source,
					"the attribute '%s' of its @KafkaListener, \"%s\", cannot be evaluated: %s".formatted(attribute,
							text, TaskConfigurationException.reason(ex)),
					"Correct the attribute, or write a text without expressions.", ex);
		}
		return (value != null) ? value.toString() : null;
	}

	/**
	 * A scope that contains only the bean.
	 *
	 * @param name the name of the bean in expressions
	 * @param bean the bean
	 */
	private record ListenerScope(String name, Object bean) implements Scope {

		@Override
		public Object get(String name, ObjectFactory<?> factory) {
			throw new UnsupportedOperationException("Only existing beans can be looked up");
		}

		@Override
		public @Nullable Object remove(String name) {
			return null;
		}

		@Override
		public void registerDestructionCallback(String name, Runnable callback) {
			// nothing is created here
		}

		@Override
		public @Nullable Object resolveContextualObject(String key) {
			return key.equals(this.name) ? this.bean : null;
		}

	}

}
