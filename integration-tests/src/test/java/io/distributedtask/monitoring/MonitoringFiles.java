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

package io.distributedtask.monitoring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.core.io.FileSystemResource;

/**
 * The files that users load into Prometheus and Grafana.
 */
final class MonitoringFiles {

	static final Path ALERTS = path("monitoring/prometheus/distributed-task-alerts.yml");

	static final Path LIMITS = path("monitoring/prometheus/distributed-task-limits.yml");

	static final Path TESTS = path("monitoring/prometheus/distributed-task-alerts.test.yml");

	static final Path DASHBOARD = path("monitoring/grafana/distributed-task.json");

	private MonitoringFiles() {
	}

	/**
	 * A file of this project, wherever the test is started.
	 */
	static Path path(String name) {
		Path path = Path.of(name);
		return (Files.exists(path) ? path : Path.of("..").resolve(path)).toAbsolutePath().normalize();
	}

	static List<Rule> rules(Path file) {
		YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
		yaml.setResources(new FileSystemResource(file));
		Properties properties = Objects.requireNonNull(yaml.getObject());
		List<Rule> rules = new ArrayList<>();
		for (int i = 0; properties.containsKey("groups[0].rules[%d].expr".formatted(i)); i++) {
			Map<String, String> rule = new LinkedHashMap<>();
			String prefix = "groups[0].rules[%d].".formatted(i);
			properties.forEach((key, value) -> {
				if (key.toString().startsWith(prefix)) {
					rule.put(key.toString().substring(prefix.length()), value.toString());
				}
			});
			rules.add(new Rule(rule));
		}
		return rules;
	}

	static JsonNode dashboard() {
		try {
			return JsonMapper.shared().readTree(Files.readString(DASHBOARD));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The panels that show something, without the rows between them.
	 */
	static List<JsonNode> panels() {
		return dashboard().get("panels")
			.valueStream()
			.filter((panel) -> !"row".equals(panel.get("type").asString()))
			.toList();
	}

	/**
	 * An alert, or a series that is recorded.
	 *
	 * @param fields its fields, those of labels and annotations with a dot
	 */
	record Rule(Map<String, String> fields) {

		@Nullable String get(String field) {
			return this.fields.get(field);
		}

		String name() {
			return Objects.requireNonNull(this.fields.getOrDefault("alert", get("record")));
		}

		String expression() {
			return Objects.requireNonNull(get("expr"));
		}

	}

}
