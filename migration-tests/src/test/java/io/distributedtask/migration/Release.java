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

package io.distributedtask.migration;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A release of the application: its main class, and what its class path lacks of this
 * module's, because Spring Boot configures what it finds.
 *
 * @param name name of the release
 * @param application its main class
 * @param absent what it does not have
 */
record Release(String name, Class<?> application, List<Library> absent) {

	static Release of(String name, Class<?> application, Library... absent) {
		return new Release(name, application, List.of(absent));
	}

	String classPath() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> this.absent.stream().noneMatch((library) -> library.contains(entry)))
			.collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * Parts of the class path.
	 */
	enum Library {

		/** This project, with the Kafka client that it brings. */
		OURS("/(autoconfigure|starter)/target/|/distributed-task-(autoconfigure|spring-boot-starter)-[^/]*\\.jar$"
				+ "|/(spring-kafka|kafka-clients|spring-boot-kafka|spring-boot-starter-kafka)-[^/]*\\.jar$"),

		/** ShedLock. */
		SHEDLOCK("/shedlock-[^/]*\\.jar$"),

		/** Quartz. */
		QUARTZ("/(quartz|spring-boot-quartz)-[^/]*\\.jar$"),

		/** Spring Integration. */
		INTEGRATION("/spring-integration-[^/]*\\.jar$");

		private final Pattern entries;

		Library(String entries) {
			this.entries = Pattern.compile(entries);
		}

		boolean contains(String entry) {
			return this.entries.matcher(entry.replace(File.separatorChar, '/')).find();
		}

	}

}
