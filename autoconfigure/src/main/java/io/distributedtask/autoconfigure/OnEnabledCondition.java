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

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where tasks are enabled. Reads the property as
 * {@link DistributedTaskProperties#enabled()} does, so that each spelling of a boolean
 * counts, and what is none fails.
 */
class OnEnabledCondition extends SpringBootCondition {

	private static final String PROPERTY = "distributed-task.enabled";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean enabled = isEnabled(context.getEnvironment());
		return new ConditionOutcome(matches(enabled), ConditionMessage.of("%s is %s".formatted(PROPERTY, enabled)));
	}

	boolean matches(boolean enabled) {
		return enabled;
	}

	private static boolean isEnabled(Environment environment) {
		return Binder.get(environment).bind(PROPERTY, Boolean.class).orElse(Boolean.TRUE);
	}

	/**
	 * Matches where tasks are disabled.
	 */
	static class Not extends OnEnabledCondition {

		@Override
		boolean matches(boolean enabled) {
			return !enabled;
		}

	}

}
