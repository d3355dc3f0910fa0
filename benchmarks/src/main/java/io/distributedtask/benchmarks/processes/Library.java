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

package io.distributedtask.benchmarks.processes;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The jars that an application has for one purpose, besides Spring Boot itself. Each
 * process has those that it needs and no others, because Spring Boot configures what it
 * finds.
 */
public enum Library {

	/** Spring Boot without anything; every process has it. */
	SPRING_BOOT("spring-(core|beans|context|aop|expression)", "spring-boot(-autoconfigure|-starter|-starter-logging)?",
			"logback-.*", "slf4j-api", "jul-to-slf4j", "log4j-.*", "snakeyaml", "jspecify", "jakarta.annotation-api",
			"micrometer-(commons|observation)", "commons-logging"),

	/** A client of Kafka. */
	KAFKA_CLIENTS("kafka-clients", "lz4-java", "snappy-java", "zstd-jni"),

	/** What the starter brings, except for its own code. */
	STARTER_DEPENDENCIES("kafka-clients", "lz4-java", "snappy-java", "zstd-jni",
			"spring-(kafka|messaging|tx|context-support)",
			"spring-boot-(kafka|actuator|actuator-autoconfigure|health|micrometer-.*|transaction|persistence)",
			"micrometer-.*", "HdrHistogram", "jackson-(annotations|core|databind)"),

	/** The code of this project. */
	DISTRIBUTED_TASK("distributed-task-(autoconfigure|spring-boot-starter)"),

	/** A database. */
	JDBC("h2", "HikariCP", "spring-(jdbc|tx)", "spring-boot-(jdbc|sql|transaction|persistence)"),

	/** ShedLock. */
	SHEDLOCK("shedlock-.*"),

	/** The library db-scheduler. */
	DB_SCHEDULER("db-scheduler.*"),

	/** Quartz. */
	QUARTZ("quartz", "spring-boot-quartz", "spring-context-support"),

	/** Spring Integration. */
	SPRING_INTEGRATION("spring-integration-.*", "spring-messaging", "reactor-core", "reactive-streams"),

	/** Curator, with the client of ZooKeeper. */
	CURATOR("curator-.*", "zookeeper.*", "metrics-core", "guava", "failureaccess", "commons-io", "netty-.*");

	private final List<Pattern> artifacts;

	Library(String... artifacts) {
		this.artifacts = List.of(artifacts).stream().map(Pattern::compile).toList();
	}

	boolean contains(String artifact) {
		return this.artifacts.stream().anyMatch((pattern) -> pattern.matcher(artifact).matches());
	}

}
