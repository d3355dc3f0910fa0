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

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.distributedtask.MissedRun;
import io.distributedtask.autoconfigure.TaskProperty.Attribute;
import io.distributedtask.internal.annotation.TaskSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * The settings of single tasks that {@code distributed-task.tasks} has. They are not
 * bound to a map, because a task's name may have dots, and Boot would take the part
 * before the first one for the name.
 */
final class PropertiesTaskSettings implements TaskSettings {

	private static final Logger logger = LoggerFactory.getLogger(PropertiesTaskSettings.class);

	private final boolean enabled;

	private final Map<String, List<TaskProperty>> properties;

	private final Map<TaskProperty, String> used = new ConcurrentHashMap<>();

	private PropertiesTaskSettings(boolean enabled, List<TaskProperty> properties) {
		this.enabled = enabled;
		this.properties = properties.stream().collect(Collectors.groupingBy((it) -> TaskProperty.plain(it.task())));
	}

	/**
	 * Read the settings, and refuse properties of ours that do not exist.
	 * @param properties the properties that are not about a task
	 * @param environment has all properties
	 * @return the settings
	 * @throws TaskConfigurationException if a property is unknown or not right
	 */
	static PropertiesTaskSettings of(DistributedTaskProperties properties, Environment environment) {
		List<PropertyKey> keys = PropertyKey.below(ConfigurationPropertySources.get(environment));
		Binder binder = Binder.get(environment);
		UnknownProperties.check(keys, binder);
		return new PropertiesTaskSettings(properties.enabled(),
				keys.stream()
					.filter(TaskProperty::isOne)
					.map((key) -> TaskProperty.of(key, binder))
					.filter(Objects::nonNull)
					.toList());
	}

	@java.lang.Override
	public boolean enabled() {
		return this.enabled;
	}

	@java.lang.Override
	public Override forTask(String name) {
		List<TaskProperty> own = this.properties.getOrDefault(TaskProperty.plain(name), List.of())
			.stream()
			.filter((property) -> property.isAbout(name))
			.toList();
		if (own.isEmpty()) {
			return Override.NONE;
		}
		// whoever writes the name of one task in brackets is not understood to mean
		// another
		boolean exact = own.stream().anyMatch((property) -> property.isExactlyAbout(name));
		List<TaskProperty> inOrder = own.stream()
			.filter((property) -> !exact || !property.isBracketed() || property.isExactlyAbout(name))
			.sorted(Comparator.comparingInt((TaskProperty property) -> property.key().source())
				.thenComparing((property) -> !property.isExactlyAbout(name)))
			.toList();
		inOrder.forEach((property) -> use(property, name));
		return new Override((Boolean) value(inOrder, Attribute.ENABLED), (Integer) value(inOrder, Attribute.SHARDS),
				(Double) value(inOrder, Attribute.WEIGHT), (String) value(inOrder, Attribute.REQUIRES),
				(MissedRun) value(inOrder, Attribute.ON_MISSED_RUN));
	}

	private void use(TaskProperty property, String name) {
		String other = this.used.putIfAbsent(property, name);
		if (other != null && !other.equals(name)) {
			throw new IllegalArgumentException(
					("%s may be about task '%s' or about task '%s'. Write it as a property with the exact name: "
							+ "'distributed-task.tasks[%s].%s', and one for the other task")
						.formatted(property.key().description(), other, name, name,
								property.attribute().propertyName()));
		}
	}

	private static @Nullable Object value(List<TaskProperty> properties, Attribute attribute) {
		return properties.stream()
			.filter((property) -> property.attribute() == attribute)
			.map(TaskProperty::value)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Warn about settings of tasks that nobody has asked for.
	 * @param names the tasks that this instance can run
	 * @param elsewhere the settings of parent contexts, which read the same properties
	 */
	void warnAboutUnknownTasks(Collection<String> names, Collection<PropertiesTaskSettings> elsewhere) {
		Set<String> others = elsewhere.stream()
			.flatMap((settings) -> settings.used.values().stream())
			.collect(Collectors.toSet());
		this.properties.values()
			.stream()
			.flatMap(List::stream)
			.filter((property) -> !this.used.containsKey(property))
			.filter((property) -> others.stream().noneMatch(property::isAbout))
			.forEach((property) -> logger.warn("{} has no effect: there is no task '{}' so far. The tasks are {}",
					property.key().description(), property.task(), new TreeSet<>(names)));
	}

}
