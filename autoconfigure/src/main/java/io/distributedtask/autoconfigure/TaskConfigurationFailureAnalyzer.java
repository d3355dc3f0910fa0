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

import java.util.Objects;

import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Tells why distributed tasks cannot be as they are declared or configured, where a wrong
 * value comes from, and what to change. Asked before Boot's analyzer of binding failures,
 * which knows no remedy.
 */
@Order(0)
class TaskConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<TaskConfigurationException> {

	private final @Nullable Environment environment;

	TaskConfigurationFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TaskConfigurationException cause) {
		String description = String.valueOf(cause.getMessage());
		String property = cause.property();
		if (property != null) {
			Origin origin = origin(property);
			description += (origin != null) ? "%n%nThe value comes from %s.".formatted(origin) : "";
		}
		return new FailureAnalysis(description, cause.action(), cause);
	}

	private @Nullable Origin origin(String property) {
		if (this.environment == null) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
		for (var source : ConfigurationPropertySources.get(this.environment)) {
			Origin origin = Origin.from(source.getConfigurationProperty(name));
			if (Objects.nonNull(origin)) {
				return origin;
			}
		}
		return null;
	}

}
