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

import io.distributedtask.internal.group.UnsupportedKafkaClientsException;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Tells which versions of kafka-clients the group member works with.
 */
@Order(0)
class UnsupportedKafkaClientsFailureAnalyzer extends AbstractFailureAnalyzer<UnsupportedKafkaClientsException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnsupportedKafkaClientsException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), action(cause), cause);
	}

	private static String action(UnsupportedKafkaClientsException cause) {
		if (cause.found() == null) {
			return "The version is read from the file 'kafka/kafka-version.properties' of kafka-clients. Keep that file "
					+ "when the jar is repackaged, and use a version %s of 'org.apache.kafka:kafka-clients'."
						.formatted(cause.supported().replace("and", "or"));
		}
		return ("Use a version %s of 'org.apache.kafka:kafka-clients'. Spring Boot 4.1 manages one of them: remove a "
				+ "'kafka.version' property or an explicit version, if there is one. Spring Boot %s is on the class "
				+ "path; if that is another line, update it, or set the property 'kafka.version'. Or use a release of "
				+ "distributed-task that supports kafka-clients %s.")
			.formatted(cause.supported().replace("and", "or"), SpringBootVersion.getVersion(), cause.found());
	}

}
