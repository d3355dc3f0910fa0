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

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DistributedTaskProperties} and {@link PropertyRules}.
 */
class DistributedTaskPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withUserConfiguration(PropertiesConfiguration.class);

	@Test
	void defaultsAreThoseOfTheContract() {
		this.contextRunner.run((context) -> {
			DistributedTaskProperties properties = context.getBean(DistributedTaskProperties.class);
			assertThat(properties).isEqualTo(new DistributedTaskProperties(true, Mode.KAFKA, null, null, null, Map.of(),
					1.0, List.of("sticky"), Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ofSeconds(20),
					Duration.ofSeconds(30), Duration.ZERO, null, Integer.MAX_VALUE - 512,
					new DistributedTaskProperties.Kafka(Map.of()), new DistributedTaskProperties.Endpoint(null),
					new DistributedTaskProperties.Watch(false, 0, null, null)));
		});
	}

	@Test
	void everyPropertyIsBound() {
		this.contextRunner
			.withPropertyValues("distributed-task.enabled=false", "distributed-task.mode=local",
					"distributed-task.group-id=group", "distributed-task.instance-name=shop-1",
					"distributed-task.static-member-id=pod-1", "distributed-task.labels.zone=eu",
					"distributed-task.capacity=2.5", "distributed-task.assignors=own,sticky",
					"distributed-task.heartbeat-interval=1s", "distributed-task.session-timeout=12s",
					"distributed-task.rebalance-timeout=40s", "distributed-task.revoke-timeout=0",
					"distributed-task.rebalance-delay=2m", "distributed-task.max-moves-per-rebalance=5",
					"distributed-task.phase=7", "distributed-task.kafka.properties[security.protocol]=SSL",
					"distributed-task.endpoint.uri=https://shop-1/actuator", "distributed-task.watch.enabled=false",
					"distributed-task.watch.port=7400", "distributed-task.watch.bind-address=10.0.0.4",
					"distributed-task.watch.ssl-bundle=own")
			.run((context) -> assertThat(context.getBean(DistributedTaskProperties.class))
				.isEqualTo(new DistributedTaskProperties(false, Mode.LOCAL, "group", "shop-1", "pod-1",
						Map.of("zone", "eu"), 2.5, List.of("own", "sticky"), Duration.ofSeconds(1),
						Duration.ofSeconds(12), Duration.ofSeconds(40), Duration.ZERO, Duration.ofMinutes(2), 5, 7,
						new DistributedTaskProperties.Kafka(Map.of("security.protocol", "SSL")),
						new DistributedTaskProperties.Endpoint(URI.create("https://shop-1/actuator")),
						new DistributedTaskProperties.Watch(false, 7400, InetAddress.getByName("10.0.0.4"), "own"))));
	}

	@ParameterizedTest(name = "{0}={1}")
	@CsvSource(delimiter = '|',
			textBlock = """
					group-id                | ' '              | must not be blank             | spring.application.name
					instance-name           | ' '              | must not be blank             | host name and port
					group-id                | a-${NOPE}        | for the placeholder '${NOPE}' | '${NOPE:a}'
					instance-name           | ${NOPE}          | for the placeholder '${NOPE}' | Set 'NOPE'
					static-member-id        | ${NOPE}          | for the placeholder '${NOPE}' | Set 'NOPE'
					labels[zone]            | ${no.pe}         | for the placeholder '${no.pe}' | Set 'no.pe'
					assignors               | ${NOPE}          | for the placeholder '${NOPE}' | Set 'NOPE'
					kafka.properties[ssl.key.password] | a${NOPE} | for the placeholder '${NOPE}' | Set 'NOPE'
					static-member-id        | 'a b'            | letters, digits, dots         | different for every instance
					static-member-id        | ..               | neither '.' nor '..'          | remove it
					labels[zone]            | a,b              | not contain ','               | zone=eu
					labels[zone]            | a=b              | not contain '='               | zone=eu
					labels[zone]            | ''               | must not be empty             | zone=eu
					labels[a,b]             | c                | not contain ','               | zone=eu
					capacity                | 0                | greater than 0                | Set it to 1.0
					capacity                | -1               | greater than 0                | Set it to 1.0
					capacity                | NaN              | finite                        | Set it to 1.0
					capacity                | Infinity         | finite                        | Set it to 1.0
					assignors               | ''               | at least one assignor         | 'sticky'
					assignors               | sticky,sticky    | names 'sticky' twice          | once
					heartbeat-interval      | 9ms              | from 10ms to 24h              | 500ms
					heartbeat-interval      | -1s              | from 10ms to 24h              | 500ms
					session-timeout         | 1499ms           | at least 3 times              | to 1500ms or more
					session-timeout         | 25h              | from 10ms to 24h              | 10s
					rebalance-timeout       | 9s               | at least 'distributed-task.session-timeout' (10s) | to 10s or more
					revoke-timeout          | -1ms             | to 24h                        | 30s
					rebalance-delay         | -1s              | from 0s to 24h                | 30s
					rebalance-delay         | 25h              | from 0s to 24h                | 30s
					max-moves-per-rebalance | 0                | at least 1                    | for no limit
					max-moves-per-rebalance | -1               | at least 1                    | for no limit
					kafka.properties[group.id] | other         | their own property for this   | 'distributed-task.group-id'
					endpoint.uri            | /actuator        | absolute http or https        | derived
					endpoint.uri            | http://a:b@host/ | no user, password, query or fragment | shop-1.example.org
					endpoint.uri            | http://host/?a=b | no user, password, query or fragment | shop-1.example.org
					endpoint.uri            | ftp://host/      | absolute http or https        | derived
					watch.port              | -1               | not a port                    | 1 to 65535
					watch.port              | 65536            | not a port                    | 1 to 65535
					watch.bind-address      | 0.0.0.0          | not the address of one network interface | reach this instance
					watch.bind-address      | 239.1.1.1        | not the address of one network interface | reach this instance
					""")
	void invalidValueFailsWithReasonAndRemedy(String property, String value, String reason, String action) {
		this.contextRunner.withPropertyValues("distributed-task." + property + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new TaskConfigurationFailureAnalyzer(new StandardEnvironment())
				.analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			String name = "distributed-task." + property.replace("[", ".").replace("]", "");
			assertThat(analysis.getDescription()).startsWith("Property '%s'".formatted(name)).contains(reason);
			assertThat(analysis.getAction()).contains(action);
		});
	}

	@Test
	void aStaticMemberThatIsToBeWatchedFails() {
		this.contextRunner
			.withPropertyValues("distributed-task.watch.enabled=true", "distributed-task.static-member-id=pod-1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("distributed-task.watch.enabled")
				.hasMessageContaining("distributed-task.static-member-id"));
	}

	@Test
	void longInstanceNameFails() {
		this.contextRunner.withPropertyValues("distributed-task.instance-name=" + "x".repeat(101))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("It has 101 characters, and 100 are allowed"));
	}

	@Test
	void sessionTimeoutOfThreeHeartbeatsIsEnough() {
		this.contextRunner
			.withPropertyValues("distributed-task.session-timeout=1500ms", "distributed-task.rebalance-timeout=1500ms")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void everyPropertyIsDescribed() throws IOException {
		JsonNode properties;
		try (InputStream metadata = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			properties = JsonMapper.shared().readTree(metadata).get("properties");
		}
		List<JsonNode> ours = properties.valueStream()
			.filter((property) -> property.get("name").asString().contains("distributed-task"))
			.toList();
		assertThat(ours).extracting((property) -> property.get("name").asString())
			.contains("distributed-task.enabled", "distributed-task.group-id", "distributed-task.kafka.properties",
					"distributed-task.endpoint.uri", "distributed-task.tasks",
					"management.health.distributed-tasks.enabled");
		assertThat(ours).allSatisfy((property) -> {
			JsonNode description = property.get("description");
			assertThat(description).as("description of %s", property.get("name")).isNotNull();
			assertThat(description.asString()).doesNotStartWith("The ").endsWith(".").doesNotContain("<", "{@");
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(DistributedTaskProperties.class)
	static class PropertiesConfiguration {

	}

}
