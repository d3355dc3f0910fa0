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
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * A property of ours that some source has.
 *
 * @param name the name by which the source knows it
 * @param path its elements below the prefix
 * @param source the position of the source: those with a lower one take precedence
 * @param kind how it may be spelled
 * @param spelling the name as a person wrote it
 * @param origin where that is
 */
record PropertyKey(ConfigurationPropertyName name, List<String> path, int source, Kind kind, String spelling,
		@Nullable Origin origin) {

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("distributed-task");

	/**
	 * The prefix as an environment variable spells it that keeps the dash, as {@code _}.
	 */
	private static final ConfigurationPropertyName SPLIT_PREFIX = ConfigurationPropertyName.of("distributed.task");

	/**
	 * Find the properties of ours.
	 * @param sources the sources, in order of precedence
	 * @return all that can be listed
	 */
	static List<PropertyKey> below(Iterable<ConfigurationPropertySource> sources) {
		List<PropertyKey> keys = new ArrayList<>();
		int position = 0;
		for (ConfigurationPropertySource source : sources) {
			int current = position++;
			if (source instanceof IterableConfigurationPropertySource iterable) {
				boolean variables = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
				for (ConfigurationPropertyName name : iterable) {
					Kind kind = kind(name, variables);
					if (kind != null) {
						keys.add(of(name, iterable.getConfigurationProperty(name), current, kind));
					}
				}
			}
		}
		return keys;
	}

	private static @Nullable Kind kind(ConfigurationPropertyName name, boolean variables) {
		if (PREFIX.isAncestorOf(name)) {
			return variables ? Kind.VARIABLE : Kind.PROPERTY;
		}
		return (variables && SPLIT_PREFIX.isAncestorOf(name)) ? Kind.SPLIT_VARIABLE : null;
	}

	private static PropertyKey of(ConfigurationPropertyName name, @Nullable ConfigurationProperty property, int source,
			Kind kind) {
		Origin origin = (property != null) ? property.getOrigin() : null;
		String spelling = (origin instanceof PropertySourceOrigin known) ? known.getPropertyName() : name.toString();
		int prefix = (kind == Kind.SPLIT_VARIABLE) ? 2 : 1;
		List<String> path = IntStream.range(prefix, name.getNumberOfElements())
			.mapToObj((i) -> name.getElement(i, Form.ORIGINAL))
			.toList();
		return new PropertyKey(name, path, source, kind, spelling, origin);
	}

	/**
	 * Whether the property is an element of a list.
	 * @return whether it is; in the name of a variable a number may be anything
	 */
	boolean isListElement() {
		return this.kind == Kind.PROPERTY && this.name.isNumericIndex(this.name.getNumberOfElements() - 1);
	}

	/**
	 * The path as it is spelled, which {@link #spelling()} is not always: Spring Boot
	 * knows only the place of the first of several spellings.
	 * @return the path with the prefix
	 */
	String fullPath() {
		return PREFIX + "." + String.join(".", this.path);
	}

	/**
	 * The property for people, with the place where it is set.
	 * @return the description, the beginning of a sentence
	 */
	String description() {
		return "%s '%s'%s".formatted((this.kind == Kind.PROPERTY) ? "Property" : "Environment variable", this.spelling,
				(this.origin != null && this.kind == Kind.PROPERTY) ? " (%s)".formatted(this.origin) : "");
	}

	/**
	 * How a property may be spelled.
	 */
	enum Kind {

		/**
		 * With dashes, capitals and brackets.
		 */
		PROPERTY,

		/**
		 * As Spring Boot asks for: dashes are left out, dots are underscores.
		 */
		VARIABLE,

		/**
		 * With underscores for dashes, too.
		 */
		SPLIT_VARIABLE

	}

}
