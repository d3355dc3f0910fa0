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

import java.time.Duration;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.env.EnvironmentEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.env.EnvironmentEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Secrets of the configuration are shown nowhere.
 */
@ExtendWith(OutputCaptureExtension.class)
class NoSecretTests {

	private static final String SECRET = "s3cret";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, DistributedTaskAutoConfiguration.class,
				DistributedTaskEndpointAutoConfiguration.class, DistributedTaskHealthAutoConfiguration.class,
				ConfigurationPropertiesReportEndpointAutoConfiguration.class,
				EnvironmentEndpointAutoConfiguration.class))
		.withUserConfiguration(Application.class)
		.withPropertyValues("distributed-task.group-id=g", "management.endpoints.web.exposure.include=*",
				"spring.kafka.bootstrap-servers=127.0.0.1:1", "spring.kafka.security.protocol=SASL_PLAINTEXT",
				"spring.kafka.ssl.trust-store-password=" + SECRET,
				"spring.kafka.properties.[sasl.jaas.config]=a.NoModule required password " + SECRET + ";",
				"distributed-task.kafka.properties.[sasl.mechanism]=PLAIN",
				"distributed-task.kafka.properties.[ssl.keystore.password]=" + SECRET);

	@BeforeEach
	void logEverything() {
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(Level.TRACE);
		((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(Level.DEBUG);
	}

	@AfterEach
	void logAsBefore() {
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(null);
		((Logger) LoggerFactory.getLogger("org.apache.kafka")).setLevel(null);
	}

	@Test
	void endpointsHealthAndLogHoldNoSecretWhenTheClientCannotBeCreated(CapturedOutput output) {
		this.runner.run((context) -> {
			DistributedTasks tasks = context.getBean(DistributedTasks.class);
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> tasks.membership().problem() != null);
			assertThat(tasks.membership().problem()).contains("The Kafka client cannot be created");
			assertThat(json(context.getBean(AssignmentsEndpoint.class).assignments(false))).doesNotContain(SECRET);
			assertThat(json(context.getBean(DistributedTasksHealthIndicator.class).health().getDetails()))
				.contains("cannot be created")
				.doesNotContain(SECRET);
			assertThat(json(context.getBean(ConfigurationPropertiesReportEndpoint.class).configurationProperties()))
				.contains("ssl.keystore.password")
				.doesNotContain(SECRET);
			assertThat(json(context.getBean(EnvironmentEndpoint.class).environment(null)))
				.contains("ssl.keystore.password")
				.doesNotContain(SECRET);
			assertThat(context.getBean(DistributedTaskProperties.class).toString()).contains("ssl.keystore.password")
				.doesNotContain(SECRET);
		});
		assertThat(output).contains("cannot be created").contains("Cause of the failed attempt").doesNotContain(SECRET);
	}

	@Test
	void anInvalidKafkaPropertyIsNamedWithoutItsValue() {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource(
				Map.of("distributed-task.kafka.properties.[group.id]", SECRET));
		Throwable failure = catchThrowable(
				() -> new Binder(source).bindOrCreate("distributed-task", DistributedTaskProperties.class));
		assertThat(failure).rootCause().hasMessageContaining("group.id").hasMessageNotContaining(SECRET);
		FailureAnalysis analysis = new TaskConfigurationFailureAnalyzer(null).analyze(failure);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("group.id").doesNotContain(SECRET);
	}

	@Test
	void theEndpointOnlyReadsUnlessItIsGivenMoreAccess() {
		Endpoint endpoint = AssignmentsEndpoint.class.getAnnotation(Endpoint.class);
		assertThat(endpoint.defaultAccess()).isEqualTo(Access.READ_ONLY);
	}

	private static String json(Object value) {
		return JsonMapper.shared().writeValueAsString(value);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Work work() {
			return new Work();
		}

	}

	static class Work {

		@DistributedTask("work")
		void work(TaskContext task) {
		}

	}

}
