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

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.core.env.Environment;

/**
 * Tells which property of Kafka, or of ours, names an SSL bundle that does not exist.
 * Bundles that something else names are not our business.
 */
class MissingKafkaSslBundleFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchSslBundleException> {

	private static final List<String> PROPERTIES = List.of("spring.kafka.consumer.ssl.bundle",
			"spring.kafka.ssl.bundle", "spring.kafka.producer.ssl.bundle", "spring.kafka.admin.ssl.bundle",
			"spring.kafka.streams.ssl.bundle", "distributed-task.watch.ssl-bundle");

	private final Environment environment;

	MissingKafkaSslBundleFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchSslBundleException cause) {
		String bundle = cause.getBundleName();
		return PROPERTIES.stream()
			.filter((property) -> bundle.equals(this.environment.getProperty(property)))
			.findFirst()
			.map((property) -> analysis(property, bundle, cause))
			.orElse(null);
	}

	private FailureAnalysis analysis(String property, String bundle, NoSuchSslBundleException cause) {
		return new FailureAnalysis(
				"Property '%s' names the SSL bundle '%s', and there is no bundle of that name.".formatted(property,
						bundle),
				"Define the bundle by 'spring.ssl.bundle.jks.%1$s.*' or 'spring.ssl.bundle.pem.%1$s.*', or correct '%2$s'."
					.formatted(bundle, property),
				cause);
	}

}
