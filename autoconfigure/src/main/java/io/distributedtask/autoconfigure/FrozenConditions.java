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

import java.util.Locale;

import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;
import io.distributedtask.internal.annotation.TaskConfigurationException;

import org.springframework.beans.factory.HierarchicalBeanFactory;

/**
 * Refuses what can no longer have an effect: which beans there are has been decided when
 * the application was processed ahead of time, by the properties of that time.
 */
final class FrozenConditions {

	static final String ENABLED = "taskEngineLifecycle";

	static final String LOCAL = "localGroupMembershipFactory";

	static final String KAFKA = "kafkaGroupMembershipFactory";

	private FrozenConditions() {
	}

	/**
	 * Compare the properties with the beans that there are.
	 * @throws TaskConfigurationException if a property has another value than at that
	 * time
	 */
	static void check(DistributedTaskProperties properties, HierarchicalBeanFactory beans) {
		boolean enabled = beans.containsLocalBean(ENABLED);
		if (properties.enabled() != enabled) {
			throw frozen("enabled", properties.enabled(), enabled);
		}
		if (enabled && beans.containsLocalBean((properties.mode() == Mode.LOCAL) ? KAFKA : LOCAL)) {
			throw frozen("mode", properties.mode(), (properties.mode() == Mode.LOCAL) ? Mode.KAFKA : Mode.LOCAL);
		}
	}

	private static TaskConfigurationException frozen(String name, Object value, Object built) {
		return new TaskConfigurationException(
				"'distributed-task.%s' is '%s', but has no effect: the application was processed ahead of time with '%s'."
					.formatted(name, text(value), text(built)),
				"Set the property when the application is built, or start it without '-Dspring.aot.enabled=true'.");
	}

	private static String text(Object value) {
		return value.toString().toLowerCase(Locale.ROOT);
	}

}
