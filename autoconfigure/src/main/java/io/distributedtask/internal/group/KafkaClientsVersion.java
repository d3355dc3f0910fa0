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

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Properties;

import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * The versions of kafka-clients whose group membership classes have the constructors and
 * methods that this package calls. They are internal to kafka-clients and change between
 * minor releases, so the version is read from a file: it has to be known before a class
 * is loaded that may not exist.
 */
public final class KafkaClientsVersion {

	private static final String SINCE_42 = KafkaClientsVersion.class.getPackageName() + ".kafka42.KafkaLine";

	private static final String SINCE_44 = KafkaClientsVersion.class.getPackageName() + ".kafka44.KafkaLine";

	private static final List<Line> SUPPORTED = List.of(new Line("4.2", SINCE_42), new Line("4.3", SINCE_42),
			new Line("4.4", SINCE_44));

	/**
	 * The resource that contains the version.
	 */
	public static final String FILE = "kafka/kafka-version.properties";

	private KafkaClientsVersion() {
	}

	/**
	 * Fail if the version of kafka-clients is not supported.
	 * @throws UnsupportedKafkaClientsException if it is not supported, or unknown
	 */
	public static void check() {
		lineType();
	}

	/**
	 * The implementation of {@link KafkaClientLine} for the version on the class path.
	 * @return the name of its class
	 * @throws UnsupportedKafkaClientsException if it is not supported, or unknown
	 */
	public static String lineType() {
		return lineType(read(CommonClientConfigs.class.getClassLoader()));
	}

	static String lineType(@Nullable String version) {
		return SUPPORTED.stream()
			.filter((line) -> version != null && line.contains(version))
			.findFirst()
			.map(Line::type)
			.orElseThrow(
					() -> new UnsupportedKafkaClientsException(version, SUPPORTED.stream().map(Line::minor).toList()));
	}

	static @Nullable String read(@Nullable ClassLoader classLoader) {
		try (InputStream file = (classLoader != null) ? classLoader.getResourceAsStream(FILE)
				: ClassLoader.getSystemResourceAsStream(FILE)) {
			if (file == null) {
				return null;
			}
			Properties properties = new Properties();
			properties.load(file);
			String version = properties.getProperty("version", "").strip();
			return (version.isEmpty() || version.equals("unknown")) ? null : version;
		}
		catch (IOException | IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * A minor release of kafka-clients.
	 *
	 * @param minor its number
	 * @param type the implementation of {@link KafkaClientLine} that is linked with it
	 */
	private record Line(String minor, String type) {

		boolean contains(String version) {
			return version.equals(this.minor) || version.startsWith(this.minor + ".")
					|| version.startsWith(this.minor + "-");
		}

	}

}
