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
import java.util.Map;
import java.util.Objects;

import io.distributedtask.internal.annotation.TaskConfigurationException;
import io.distributedtask.internal.group.UnsupportedKafkaClientsException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for the failure analyzers.
 */
class FailureAnalyzerTests {

	@Test
	void allAreRegistered() {
		assertThat(analyzers()).hasAtLeastOneElementOfType(TaskConfigurationFailureAnalyzer.class)
			.hasAtLeastOneElementOfType(MissingKafkaSslBundleFailureAnalyzer.class)
			.hasAtLeastOneElementOfType(UnsupportedKafkaClientsFailureAnalyzer.class);
	}

	@Test
	void remedyOfAnInvalidPropertyComesBeforeBootsAnalysisOfTheBinding() {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource(
				Map.of("distributed-task.capacity", "0"));
		BindException failure = catchThrowableOfType(BindException.class,
				() -> new Binder(source).bindOrCreate("distributed-task", DistributedTaskProperties.class));
		assertThat(analyze(failure).getAction()).startsWith("Set it to 1.0");
	}

	static FailureAnalysis analyze(Throwable failure) {
		return analyzers().stream()
			.map((analyzer) -> analyzer.analyze(failure))
			.filter(Objects::nonNull)
			.findFirst()
			.orElseThrow();
	}

	private static List<FailureAnalyzer> analyzers() {
		return SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, ArgumentResolver.of(Environment.class, new StandardEnvironment()),
					(type, name, failure) -> {
					});
	}

	@Test
	void invalidPropertyNamesItsOrigin() {
		StandardEnvironment environment = new StandardEnvironment();
		Origin origin = new Origin() {

			@Override
			public String toString() {
				return "application.properties:3:1";
			}

		};
		environment.getPropertySources()
			.addFirst(new OriginTrackedMapPropertySource("test",
					Map.of("distributed-task.capacity", OriginTrackedValue.of("0", origin))));
		FailureAnalysis analysis = new TaskConfigurationFailureAnalyzer(environment)
			.analyze(new IllegalStateException(TaskConfigurationException.ofProperty("distributed-task.capacity", 0,
					"It must be greater", "Set it to 1.0.")));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription())
			.isEqualTo("Property 'distributed-task.capacity' has the invalid value '0'. It must be greater."
					+ "%n%nThe value comes from application.properties:3:1.".formatted());
		assertThat(analysis.getAction()).isEqualTo("Set it to 1.0.");
	}

	@Test
	void missingGroupIdNamesBothRemedies() {
		FailureAnalysis analysis = new TaskConfigurationFailureAnalyzer(new MockEnvironment())
			.analyze(new TaskConfigurationException("No group", "Set it"));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("No group");
		assertThat(analysis.getAction()).isEqualTo("Set it");
	}

	@Test
	void invalidTaskHasMessageAndAction() {
		FailureAnalysis analysis = new TaskConfigurationFailureAnalyzer(new MockEnvironment()).analyze(
				new IllegalStateException(new TaskConfigurationException("Method 'a' is private.", "Make it public.")));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).isEqualTo("Method 'a' is private.");
		assertThat(analysis.getAction()).isEqualTo("Make it public.");
	}

	@Test
	void unsupportedKafkaClientsNamesVersions() {
		UnsupportedKafkaClientsException failure = unsupported("4.5.0");
		given(failure.getMessage()).willReturn("kafka-clients 4.5.0 found, works with 4.2.x and 4.3.x");
		FailureAnalysis analysis = new UnsupportedKafkaClientsFailureAnalyzer().analyze(failure);
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains("4.5.0", "4.2.x and 4.3.x");
		assertThat(analysis.getAction()).contains("org.apache.kafka:kafka-clients", "4.2.x or 4.3.x", "'kafka.version'",
				"Spring Boot " + SpringBootVersion.getVersion());
	}

	@Test
	void kafkaClientsOfAnUnknownVersionNamesTheFileThatIsMissing() {
		FailureAnalysis analysis = new UnsupportedKafkaClientsFailureAnalyzer().analyze(unsupported(null));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getAction()).contains("kafka/kafka-version.properties", "4.2.x or 4.3.x");
	}

	private static UnsupportedKafkaClientsException unsupported(@Nullable String found) {
		UnsupportedKafkaClientsException failure = mock(UnsupportedKafkaClientsException.class);
		given(failure.found()).willReturn(found);
		given(failure.supported()).willReturn("4.2.x and 4.3.x");
		return failure;
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.kafka.ssl.bundle", "distributed-task.watch.ssl-bundle" })
	void missingSslBundleNamesPropertyAndRemedy(String property) {
		MockEnvironment environment = new MockEnvironment().withProperty(property, "client");
		FailureAnalysis analysis = new MissingKafkaSslBundleFailureAnalyzer(environment)
			.analyze(new NoSuchSslBundleException("client", "not found"));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription())
			.isEqualTo("Property '%s' names the SSL bundle 'client', and there is no bundle of that name."
				.formatted(property));
		assertThat(analysis.getAction()).contains("spring.ssl.bundle.jks.client.*", "spring.ssl.bundle.pem.client.*");
	}

	@Test
	void missingSslBundleOfSomethingElseIsLeftToOthers() {
		assertThat(new MissingKafkaSslBundleFailureAnalyzer(new MockEnvironment())
			.analyze(new NoSuchSslBundleException("web", "not found"))).isNull();
	}

}
