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

import java.util.Objects;
import java.util.regex.Pattern;

import io.distributedtask.DistributedTask;
import io.distributedtask.LabelSelector;
import io.distributedtask.MissedRun;
import io.distributedtask.TaskDefinition;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;
import org.springframework.util.StringValueResolver;

/**
 * The attributes of a task, from its annotation and the properties.
 *
 * @param definition the task as the group knows it
 * @param onMissedRun what happens to instants that a crashed owner may have missed
 */
record TaskAttributes(TaskDefinition definition, MissedRun onMissedRun) {

	private static final Pattern UNRESOLVED = Pattern.compile("\\$\\{[^}]*}");

	/**
	 * Combine the two.
	 * @param annotation the annotation
	 * @param defaultName the name of a task that is not given one
	 * @param source where the annotation is
	 * @param resolver resolves placeholders
	 * @param settings the properties
	 * @return the attributes, or {@code null} when the properties disable the task
	 */
	static @Nullable TaskAttributes of(DistributedTask annotation, String defaultName, String source,
			StringValueResolver resolver, TaskSettings settings) {
		try {
			String name = resolve(resolver, annotation.name());
			name = StringUtils.hasText(name) ? name : defaultName;
			TaskSettings.Override override = settings.forTask(name);
			if (Boolean.FALSE.equals(override.enabled())) {
				return null;
			}
			// an attribute that is overridden need not be valid
			String requires = (override.requires() != null) ? "" : resolve(resolver, annotation.requires());
			int shards = (override.shards() != null) ? 1 : annotation.shards();
			double weight = (override.weight() != null) ? 1 : annotation.weight();
			TaskDefinition annotated = new TaskDefinition(name, shards, weight, LabelSelector.parse(requires));
			return new TaskAttributes(override.over(annotated),
					Objects.requireNonNullElse(override.onMissedRun(), annotation.onMissedRun()));
		}
		catch (RuntimeException ex) {
			// of a placeholder, an expression, or an invalid value
			throw TaskConfigurationException.on(source, TaskConfigurationException.reason(ex),
					"Correct the attributes of the annotation, or what overrides them in "
							+ "'distributed-task.tasks.<name>.*'.",
					ex);
		}
	}

	private static String resolve(StringValueResolver resolver, String text) {
		String resolved = Objects.requireNonNullElse(resolver.resolveStringValue(text), "");
		// Spring leaves them unresolved where there is no
		// PropertySourcesPlaceholderConfigurer
		if (UNRESOLVED.matcher(resolved).find()) {
			throw new IllegalArgumentException(
					"Could not resolve the placeholder in '%s', for which there is neither a property nor a default"
						.formatted(resolved));
		}
		return resolved;
	}

}
