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

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.distributedtask.autoconfigure.PropertyKey.Kind;
import io.distributedtask.internal.annotation.TaskConfigurationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Refuses properties below our prefix that nobody reads, so that none has no effect
 * without a word: unknown ones, values where groups of properties belong and the other
 * way round, and empty ones. What exists is what Boot looks for when it binds
 * {@link DistributedTaskProperties}.
 */
final class UnknownProperties {

	private static final Logger logger = LoggerFactory.getLogger(UnknownProperties.class);

	/** Kubernetes tells of services by variables, which may begin as ours do. */
	private static final Pattern SERVICE_VARIABLE = Pattern
		.compile("(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.+)?)?)", Pattern.CASE_INSENSITIVE);

	/** Those with one value, and its type. */
	private final Map<ConfigurationPropertyName, Class<?>> single = new LinkedHashMap<>();

	private final Set<ConfigurationPropertyName> lists = new HashSet<>();

	private final Set<ConfigurationPropertyName> maps = new HashSet<>(Set.of(TaskProperty.PREFIX));

	/** Those with properties of their own. */
	private final Set<ConfigurationPropertyName> groups = new HashSet<>();

	private final Set<String> forPeople = new TreeSet<>(Set.of(TaskProperty.PREFIX + ".<name>.*"));

	private final Binder binder;

	private UnknownProperties(Binder binder) {
		this.binder = binder;
		binder.bindOrCreate(PropertyKey.PREFIX, Bindable.of(DistributedTaskProperties.class), new BindHandler() {

			@Override
			public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
					BindContext context) {
				Class<?> type = target.getType().resolve(Object.class);
				add(name, type);
				// only the names matter: values have been bound before
				return type.isRecord() ? target : null;
			}

		});
	}

	private void add(ConfigurationPropertyName name, Class<?> type) {
		if (isBelow(name, this.maps)) {
			return;
		}
		if (Map.class.isAssignableFrom(type)) {
			this.maps.add(name);
		}
		else if (Collection.class.isAssignableFrom(type)) {
			this.lists.add(name);
		}
		else if (type.isRecord()) {
			this.groups.add(name);
		}
		else {
			this.single.put(name, type);
		}
		if (!name.equals(PropertyKey.PREFIX)) {
			boolean more = this.maps.contains(name) || this.groups.contains(name);
			this.forPeople.add(more ? name + ".*" : name.toString());
		}
	}

	private static boolean isBelow(ConfigurationPropertyName name, Set<ConfigurationPropertyName> others) {
		return others.stream().anyMatch((other) -> other.isAncestorOf(name));
	}

	/**
	 * Fail if there is a property without an effect; warn about an environment variable
	 * that may be somebody else's.
	 * @param keys the properties that are set
	 * @param binder binds them
	 * @throws TaskConfigurationException if one of them is unknown
	 */
	static void check(List<PropertyKey> keys, Binder binder) {
		if (!keys.isEmpty()) {
			UnknownProperties unknown = new UnknownProperties(binder);
			PropertySpelling.check(keys, unknown.maps);
			keys.forEach(unknown::check);
		}
	}

	private void check(PropertyKey key) {
		if (this.maps.contains(key.name()) || this.groups.contains(key.name())) {
			checkIsNoValue(key);
		}
		else if (!isKnown(key)) {
			report(key);
		}
		else {
			checkIsNotEmpty(key);
		}
	}

	private boolean isKnown(PropertyKey key) {
		if (key.kind() == Kind.SPLIT_VARIABLE) {
			return TaskProperty.isOne(key) || split(key.name()) != null;
		}
		ConfigurationPropertyName name = key.name();
		return this.single.containsKey(name) || this.lists.contains(name) || isBelow(name, this.maps)
				|| (this.lists.contains(name.getParent()) && name.isNumericIndex(name.getNumberOfElements() - 1));
	}

	/**
	 * Find the property whose dashes a variable has as underscores.
	 */
	private @Nullable ConfigurationPropertyName split(ConfigurationPropertyName name) {
		return this.single.keySet()
			.stream()
			.filter((known) -> known.toString()
				.replace("-", ".")
				.equals(name.toString().replace("distributedtask", "distributed.task")))
			.findFirst()
			.orElse(null);
	}

	/**
	 * An empty node in YAML is one.
	 */
	private void checkIsNoValue(PropertyKey key) {
		Object value = this.binder.bind(key.name(), Bindable.of(Object.class)).orElse("");
		boolean other = value instanceof Map && !key.name().equals(TaskProperty.PREFIX);
		if (!other && !value.toString().isEmpty()) {
			throw new TaskConfigurationException(
					"%s is set, but has no value of its own: it is a group of properties.".formatted(key.description()),
					"Correct or remove it. The properties are: %s.".formatted(String.join(", ", this.forPeople)));
		}
	}

	private void checkIsNotEmpty(PropertyKey key) {
		ConfigurationPropertyName name = (key.kind() == Kind.SPLIT_VARIABLE) ? split(key.name()) : key.name();
		Class<?> type = this.single.get(name);
		if (type != null && this.binder.bind(key.name(), Bindable.of(Object.class)).orElse("").toString().isEmpty()) {
			throw empty(key, type);
		}
	}

	static TaskConfigurationException empty(PropertyKey key, Class<?> type) {
		String values = Optional.ofNullable(type.getEnumConstants())
			.map((all) -> Arrays.stream(all)
				.map((it) -> "'" + it.toString().toLowerCase(Locale.ROOT).replace('_', '-') + "'")
				.collect(Collectors.joining(" or ")))
			.orElse("a value");
		return new TaskConfigurationException("%s is empty.".formatted(key.description()),
				"Set it to %s, or remove it to have the default.".formatted(values));
	}

	private void report(PropertyKey key) {
		if (key.kind() != Kind.PROPERTY && SERVICE_VARIABLE.matcher(key.spelling()).matches()) {
			return;
		}
		if (key.kind() == Kind.SPLIT_VARIABLE) {
			logger.warn(
					"{} has no effect on distributed tasks: there is no such property. The names of their variables "
							+ "begin with DISTRIBUTEDTASK_, without a dash or an underscore between the words",
					key.description());
			return;
		}
		boolean listed = key.isListElement() && this.single.containsKey(key.name().getParent());
		throw new TaskConfigurationException(
				listed ? "%s is an element of a list, but '%s' has one value.".formatted(key.description(),
						key.name().getParent())
						: "%s is set, but distributed tasks have no such property.".formatted(key.description()),
				"Correct or remove it. The properties are: %s.%s".formatted(String.join(", ", this.forPeople),
						(key.kind() == Kind.VARIABLE) ? variable(key) : ""));
	}

	private String variable(PropertyKey key) {
		ConfigurationPropertyName meant = split(key.name());
		return " In the name of an environment variable leave out dashes, and write '_' for dots%s."
			.formatted((meant != null)
					? ": %s".formatted(meant.toString().replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT))
					: "");
	}

}
