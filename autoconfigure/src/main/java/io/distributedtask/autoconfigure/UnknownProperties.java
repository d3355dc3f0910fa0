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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.distributedtask.autoconfigure.PropertyKey.Kind;
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
 * without a word. What exists is what Boot looks for when it binds
 * {@link DistributedTaskProperties}.
 */
final class UnknownProperties {

	private static final Logger logger = LoggerFactory.getLogger(UnknownProperties.class);

	/** Kubernetes tells of services by variables, which may begin as ours do. */
	private static final Pattern SERVICE_VARIABLE = Pattern
		.compile("(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_.+)?)?)", Pattern.CASE_INSENSITIVE);

	private static final Pattern BRACKETS = Pattern.compile("\\[[^]]*]");

	private static final Pattern PLAIN = Pattern.compile("[a-zA-Z0-9._-]*");

	private final Set<ConfigurationPropertyName> single = new HashSet<>();

	private final Set<ConfigurationPropertyName> open = new HashSet<>(Set.of(TaskProperty.PREFIX));

	private final Set<String> forPeople = new TreeSet<>(Set.of(TaskProperty.PREFIX + ".<name>.*"));

	private UnknownProperties(Binder binder) {
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
		if (name.equals(PropertyKey.PREFIX) || isOpen(name)) {
			return;
		}
		boolean map = Map.class.isAssignableFrom(type);
		((map || Collection.class.isAssignableFrom(type)) ? this.open : this.single).add(name);
		this.forPeople.add((map || type.isRecord()) ? name + ".*" : name.toString());
	}

	private boolean isOpen(ConfigurationPropertyName name) {
		return this.open.stream().anyMatch((known) -> known.equals(name) || known.isAncestorOf(name));
	}

	/**
	 * Fail if there is an unknown property; warn about an environment variable that may
	 * be somebody else's.
	 * @param keys the properties that are set
	 * @param binder binds them
	 * @throws DistributedTaskConfigurationException if one of them is unknown
	 */
	static void check(List<PropertyKey> keys, Binder binder) {
		if (!keys.isEmpty()) {
			UnknownProperties unknown = new UnknownProperties(binder);
			keys.stream().filter((key) -> !unknown.isKnown(key)).forEach(unknown::report);
			keys.stream().filter((key) -> key.kind() == Kind.PROPERTY).forEach(UnknownProperties::checkSpelling);
		}
	}

	private boolean isKnown(PropertyKey key) {
		if (key.kind() == Kind.SPLIT_VARIABLE) {
			String name = key.name().toString();
			return TaskProperty.isOne(key)
					|| this.single.stream().anyMatch((known) -> known.toString().replace('-', '.').equals(name));
		}
		return this.single.contains(key.name()) || isOpen(key.name());
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
		throw new DistributedTaskConfigurationException(
				"%s is set, but distributed tasks have no such property.".formatted(key.description()),
				"Correct or remove it. The properties are: %s.%s".formatted(String.join(", ", this.forPeople),
						(key.kind() == Kind.VARIABLE)
								? " In the name of an environment variable leave out dashes, and write '_' for dots."
								: ""));
	}

	private static void checkSpelling(PropertyKey key) {
		if (!PLAIN.matcher(BRACKETS.matcher(key.spelling()).replaceAll("")).matches()) {
			throw new DistributedTaskConfigurationException(
					"%s has characters in its name that Spring Boot leaves out.".formatted(key.description()),
					"Write the part that has them in brackets, as in 'distributed-task.labels[a/b]', and in YAML in quotes, "
							+ "too: '\"[a/b]\"'.");
		}
	}

}
