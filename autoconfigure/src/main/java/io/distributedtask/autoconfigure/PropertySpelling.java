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

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import io.distributedtask.autoconfigure.PropertyKey.Kind;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses names of properties that Spring Boot reads as other ones than they seem to be.
 */
final class PropertySpelling {

	private static final Pattern PLAIN = Pattern.compile("[a-zA-Z0-9._-]*");

	private final Map<ConfigurationPropertyName, List<PropertyKey>> seen = new HashMap<>();

	private final Collection<ConfigurationPropertyName> maps;

	private PropertySpelling(Collection<ConfigurationPropertyName> maps) {
		this.maps = maps;
	}

	/**
	 * Check the properties.
	 * @param keys the properties that are set
	 * @param maps the properties below which people choose the names
	 * @throws TaskConfigurationException if the name of one is not read as it is written
	 */
	static void check(List<PropertyKey> keys, Collection<ConfigurationPropertyName> maps) {
		PropertySpelling spelling = new PropertySpelling(maps);
		keys.stream().filter((key) -> key.kind() == Kind.PROPERTY).forEach((key) -> {
			checkCharacters(key);
			spelling.checkIsNoList(key);
			spelling.checkIsTheOnlySpelling(key);
		});
	}

	private static void checkCharacters(PropertyKey key) {
		String outside = outsideOfBrackets(key.spelling());
		if (outside == null) {
			throw new TaskConfigurationException(
					"%s has a bracket without the other one in its name.".formatted(key.description()),
					"Write the name in '[' and ']'. In a .properties file a colon, an equals sign or a blank ends the "
							+ "name unless a backslash is before it: 'distributed-task.tasks[tenant\\:7].shards=2'.");
		}
		if (!PLAIN.matcher(outside).matches()) {
			throw new TaskConfigurationException(
					"%s has characters in its name that Spring Boot leaves out.".formatted(key.description()),
					"Write the part that has them in brackets, as in 'distributed-task.labels[a/b]', and in YAML in "
							+ "quotes, too: '\"[a/b]\"'. In a .properties file put a backslash before a colon, an "
							+ "equals sign and a blank: 'distributed-task.tasks[tenant\\:7].shards=2'.");
		}
	}

	/**
	 * What is not in brackets, which may be nested.
	 */
	private static @Nullable String outsideOfBrackets(String name) {
		StringBuilder outside = new StringBuilder();
		int depth = 0;
		for (char character : name.toCharArray()) {
			depth += (character == '[') ? 1 : 0;
			if (depth == 0) {
				outside.append(character);
			}
			depth -= (character == ']') ? 1 : 0;
			if (depth < 0) {
				return null;
			}
		}
		return (depth == 0) ? outside.toString() : null;
	}

	private void checkIsNoList(PropertyKey key) {
		if (key.isListElement() && isChosenByPeople(key)) {
			throw new TaskConfigurationException(
					"%s is an element of a list, and the property does not take a list.".formatted(key.description()),
					"Give each label one value, as in 'distributed-task.labels.zone=eu', and write several values of a "
							+ "Kafka property in one, separated by commas.");
		}
	}

	private void checkIsTheOnlySpelling(PropertyKey key) {
		List<PropertyKey> others = this.seen.computeIfAbsent(key.name(), (name) -> new ArrayList<>());
		others.stream()
			.filter((other) -> !other.path().equals(key.path()))
			.filter((other) -> other.source() == key.source() || isChosenByPeople(key))
			.findFirst()
			.ifPresent((other) -> {
				throw new TaskConfigurationException(
						("Property '%s' is also spelled '%s'. Spring Boot treats the two as one property, and reads "
								+ "only one value: %s.")
							.formatted(key.fullPath(), other.fullPath(), key.description()),
						"Remove one of them. If both are meant, write the part that differs in brackets, as in "
								+ "'distributed-task.labels[my-label]'.");
			});
		others.add(key);
	}

	private boolean isChosenByPeople(PropertyKey key) {
		return !TaskProperty.isOne(key) && this.maps.stream().anyMatch((map) -> map.isAncestorOf(key.name()));
	}

}
