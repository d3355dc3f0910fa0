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

import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where a property has a value. Reads it as {@link DistributedTaskProperties}
 * does, so that each spelling of a value counts, and what is none fails.
 */
abstract class OnPropertyValue extends SpringBootCondition {

	private final String name;

	private final Object defaultValue;

	private final Object wanted;

	private OnPropertyValue(String name, Object defaultValue, Object wanted) {
		this.name = name;
		this.defaultValue = defaultValue;
		this.wanted = wanted;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Object value = Binder.get(context.getEnvironment())
			.bind(this.name, (Class<?>) this.defaultValue.getClass())
			.map(Object.class::cast)
			.orElse(this.defaultValue);
		return new ConditionOutcome(value.equals(this.wanted),
				ConditionMessage.of("%s is %s".formatted(this.name, value)));
	}

	/**
	 * Matches where tasks are enabled.
	 */
	static class Enabled extends OnPropertyValue {

		Enabled() {
			super("distributed-task.enabled", true, true);
		}

	}

	/**
	 * Matches where tasks are disabled.
	 */
	static class Disabled extends OnPropertyValue {

		Disabled() {
			super("distributed-task.enabled", true, false);
		}

	}

	/**
	 * Matches where a Kafka group decides who owns what.
	 */
	static class Kafka extends OnPropertyValue {

		Kafka() {
			super("distributed-task.mode", Mode.KAFKA, Mode.KAFKA);
		}

	}

	/**
	 * Matches where this instance owns everything.
	 */
	static class Local extends OnPropertyValue {

		Local() {
			super("distributed-task.mode", Mode.KAFKA, Mode.LOCAL);
		}

	}

}
