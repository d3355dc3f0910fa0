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

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import io.distributedtask.MissedRun;
import io.distributedtask.autoconfigure.PropertyKey.Kind;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * A property of one task: {@code distributed-task.tasks.<name>.<attribute>}. The last
 * element is the attribute and all before it is the name, which may have dots.
 *
 * @param key the property
 * @param task the name of the task as it is spelled there
 * @param attribute the attribute
 * @param value its value
 */
record TaskProperty(PropertyKey key, String task, Attribute attribute, Object value) {

	static final ConfigurationPropertyName PREFIX = PropertyKey.PREFIX.append("tasks");

	private static final String TASKS = "tasks";

	/** Those that separate nothing. */
	private static final Pattern DOTS = Pattern.compile("^\\.+|\\.+$|\\.(?=\\.)");

	/**
	 * Whether a property is about a task.
	 * @param key the property
	 * @return whether it is
	 */
	static boolean isOne(PropertyKey key) {
		return key.path().size() > 1 && uniform(key.path().get(0)).equals(TASKS);
	}

	/**
	 * Read a property of a task.
	 * @param key the property
	 * @param binder reads its value
	 * @return the property, {@code null} if it is not set: an empty map in YAML
	 * @throws TaskConfigurationException if there is no such attribute, or the value is
	 * not right
	 */
	static @Nullable TaskProperty of(PropertyKey key, Binder binder) {
		List<String> path = key.path();
		for (Attribute attribute : Attribute.values()) {
			int length = attribute.length(path, key.kind());
			if (length > 0 && path.size() > 1 + length) {
				return new TaskProperty(key, String.join(".", path.subList(1, path.size() - length)), attribute,
						value(key, attribute, binder));
			}
		}
		if (binder.bind(key.name(), Bindable.of(String.class)).orElse("").isEmpty()) {
			return null;
		}
		String last = path.get(path.size() - 1);
		throw new TaskConfigurationException(
				key.isListElement()
						? "%s is an element of a list: no property of a task is one.".formatted(key.description())
						: "%s is set, but a task has no property '%s'.".formatted(key.description(), last),
				"Correct or remove it. The properties of a task are 'distributed-task.tasks.<name>.enabled', 'shards', "
						+ "'weight', 'requires' and 'on-missed-run', with one value each, such as 'zone=eu,disk=ssd'.");
	}

	private static Object value(PropertyKey key, Attribute attribute, Binder binder) {
		Object value = binder.bind(key.name(), Bindable.of(attribute.type)).orElse(null);
		if (value == null) {
			throw UnknownProperties.empty(key, attribute.type);
		}
		PropertyRules.task(key.spelling(), attribute, value);
		return value;
	}

	/**
	 * Whether this is about a task. Dashes, underscores and capitals do not count, as
	 * everywhere in Spring Boot, and in an environment variable, which has none of them,
	 * nor do dots.
	 */
	boolean isAbout(String name) {
		return (this.key.kind() == Kind.PROPERTY) ? uniform(this.task).equals(uniform(name))
				: plain(this.task).equals(plain(name));
	}

	/**
	 * Whether this has the name in brackets, and so with everything that Spring Boot
	 * leaves out elsewhere.
	 */
	boolean isBracketed() {
		ConfigurationPropertyName name = this.key.name();
		return this.key.kind() == Kind.PROPERTY && name.getNumberOfElements() == 4
				&& name.getParent().isLastElementIndexed();
	}

	boolean isExactlyAbout(String name) {
		return isBracketed() && this.task.equals(name);
	}

	/**
	 * What is left of a name when neither dots nor anything else counts.
	 */
	static String plain(String name) {
		return uniform(name).replace(".", "");
	}

	private static String uniform(String text) {
		StringBuilder uniform = new StringBuilder(text.length());
		text.codePoints()
			.filter((character) -> Character.isLetterOrDigit(character) || character == '.')
			.forEach(uniform::appendCodePoint);
		// no element is empty
		return DOTS.matcher(uniform.toString().toLowerCase(Locale.ROOT)).replaceAll("");
	}

	/**
	 * What can be set for a task.
	 */
	enum Attribute {

		/**
		 * Whether this instance offers to run it.
		 */
		ENABLED(Boolean.class, "enabled"),

		/**
		 * Its number of shards.
		 */
		SHARDS(Integer.class, "shards"),

		/**
		 * The weight of a shard.
		 */
		WEIGHT(Double.class, "weight"),

		/**
		 * Its label selector.
		 */
		REQUIRES(String.class, "requires"),

		/**
		 * What happens to instants that may have been missed.
		 */
		ON_MISSED_RUN(MissedRun.class, "on", "missed", "run");

		private final Class<?> type;

		private final List<String> words;

		Attribute(Class<?> type, String... words) {
			this.type = type;
			this.words = List.of(words);
		}

		String propertyName() {
			return String.join("-", this.words);
		}

		/** How many elements at the end of a path name this attribute. */
		private int length(List<String> path, Kind kind) {
			if (uniform(path.get(path.size() - 1)).equals(String.join("", this.words))) {
				return 1;
			}
			int words = this.words.size();
			return (kind != Kind.PROPERTY && path.size() > words
					&& path.subList(path.size() - words, path.size()).equals(this.words)) ? words : 0;
		}

	}

}
