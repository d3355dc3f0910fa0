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

package io.distributedtask.internal.group;

import java.util.List;

import org.apache.kafka.common.utils.AppInfoParser;

/**
 * The versions of kafka-clients whose group membership classes have the constructors and
 * methods that this package calls. They are internal to kafka-clients and change between
 * minor releases.
 */
final class KafkaClientsVersion {

	private static final List<String> SUPPORTED = List.of("4.2", "4.3");

	private KafkaClientsVersion() {
	}

	static void check() {
		check(AppInfoParser.getVersion());
	}

	static void check(String version) {
		boolean supported = SUPPORTED.stream()
			.anyMatch((minor) -> version.equals(minor) || version.startsWith(minor + ".")
					|| version.startsWith(minor + "-"));
		if (!supported) {
			throw new UnsupportedKafkaClientsException(version, String.join(".x and ", SUPPORTED) + ".x");
		}
	}

}
