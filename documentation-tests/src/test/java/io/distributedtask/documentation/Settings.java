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

package io.distributedtask.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Settings as a document has them, in one of the notations of Spring Boot.
 */
final class Settings {

	private final String notation;

	private final Consumer<MutablePropertySources> sources;

	private Settings(String notation, Consumer<MutablePropertySources> sources) {
		this.notation = notation;
		this.sources = sources;
	}

	static Settings properties(String text) {
		return file(new PropertiesPropertySourceLoader(), text);
	}

	static Settings yaml(String text) {
		return file(new YamlPropertySourceLoader(), text);
	}

	/**
	 * Lines of a shell script that export variables.
	 */
	static Settings exports(String text) {
		Map<String, String> variables = new LinkedHashMap<>();
		text.lines().filter((line) -> line.startsWith("export ")).forEach((line) -> {
			String[] parts = line.substring("export ".length()).split("=", 2);
			variables.put(parts[0], parts[1]);
		});
		return variables(variables);
	}

	static Settings variables(Map<String, String> variables) {
		return new Settings("variables",
				(sources) -> sources.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
						new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
								Map.copyOf(variables))));
	}

	private static Settings file(PropertySourceLoader loader, String text) {
		try {
			List<PropertySource<?>> loaded = loader.load("document",
					new ByteArrayResource(text.getBytes(StandardCharsets.ISO_8859_1)));
			return new Settings(loader.getClass().getSimpleName(), (sources) -> loaded.forEach(sources::addLast));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start an application that has these settings.
	 * @param configuration its configuration
	 * @param assertions what to look at
	 */
	void run(Class<?> configuration, Consumer<AssertableApplicationContext> assertions) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DistributedTaskAutoConfiguration.class,
					TaskSchedulingAutoConfiguration.class))
			.withUserConfiguration(configuration)
			.withPropertyValues("distributed-task.mode=local", "spring.application.name=documents")
			.withInitializer((context) -> this.sources.accept(environment(context.getEnvironment())))
			.run(assertions::accept);
	}

	private static MutablePropertySources environment(ConfigurableEnvironment environment) {
		return environment.getPropertySources();
	}

	@Override
	public String toString() {
		return this.notation;
	}

}
