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

package io.distributedtask.benchmarks.cost;

import java.util.Set;
import java.util.stream.Stream;

import io.distributedtask.benchmarks.processes.Library;

/**
 * Applications with a hundred scheduled tasks that do nothing.
 */
enum IdleApplication {

	/** What the others are compared with. */
	PLAIN("Spring's `@Scheduled` alone", "spring-boot", "IdlePlain", Set.of()),

	/** What the starter brings is used by many applications anyway. */
	PLAIN_WITH_KAFKA("the same with Spring Kafka and the actuator, which the starter brings", "spring-kafka",
			"IdlePlain", Set.of(Library.STARTER_DEPENDENCIES)),

	/** This project. */
	DISTRIBUTED_TASK("distributed-task", "distributed-task-autoconfigure", "IdleDistributedTask",
			Set.of(Library.STARTER_DEPENDENCIES, Library.DISTRIBUTED_TASK)),

	/** A connection pool is used by many applications anyway. */
	PLAIN_WITH_JDBC("`@Scheduled` alone with a connection pool", "HikariCP", "IdleJdbc", Set.of(Library.JDBC)),

	/** ShedLock. */
	SHEDLOCK("ShedLock, JDBC", "shedlock-core", "IdleShedLock", Set.of(Library.JDBC, Library.SHEDLOCK)),

	/** The library db-scheduler. */
	DB_SCHEDULER("db-scheduler", "db-scheduler", "IdleDbScheduler", Set.of(Library.JDBC, Library.DB_SCHEDULER)),

	/** Quartz. */
	QUARTZ("Quartz, clustered JDBC", "quartz", "IdleQuartz", Set.of(Library.JDBC, Library.QUARTZ));

	/** How many tasks each application has. */
	static final int TASKS = 100;

	/** When they run. */
	static final String CRON = "0 * * * * *";

	private final String description;

	private final String artifact;

	private final String configuration;

	private final Set<Library> libraries;

	IdleApplication(String description, String artifact, String configuration, Set<Library> libraries) {
		this.description = description;
		this.artifact = artifact;
		this.configuration = configuration;
		this.libraries = libraries;
	}

	String description() {
		return this.description;
	}

	String artifact() {
		return this.artifact;
	}

	Set<Library> libraries() {
		return this.libraries;
	}

	/**
	 * The applications that have less.
	 */
	Stream<IdleApplication> comparedWith() {
		return switch (this) {
			case PLAIN -> Stream.empty();
			case PLAIN_WITH_KAFKA, PLAIN_WITH_JDBC -> Stream.of(PLAIN);
			case DISTRIBUTED_TASK -> Stream.of(PLAIN, PLAIN_WITH_KAFKA);
			case SHEDLOCK, DB_SCHEDULER, QUARTZ -> Stream.of(PLAIN, PLAIN_WITH_JDBC);
		};
	}

	/**
	 * By name, because each needs classes that others do not have.
	 */
	Class<?> configuration() throws ClassNotFoundException {
		return Class.forName(getClass().getPackageName() + "." + this.configuration);
	}

}
