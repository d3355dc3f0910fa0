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

package io.distributedtask.sample;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

import io.distributedtask.broker.EmbeddedBrokers;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.StandardEnvironment;

/**
 * What the demonstration needs before its first instance: broker, database, a folder for
 * the instances' output.
 */
final class DemonstrationSetup {

	private final Cleanup cleanup;

	private final SharedDatabase database;

	private final ChecksumReports reports;

	private final InstanceLauncher launcher;

	private DemonstrationSetup(Cleanup cleanup, SharedDatabase database, InstanceLauncher launcher) {
		this.cleanup = cleanup;
		this.database = database;
		this.reports = new ChecksumReports(database.client());
		this.launcher = launcher;
	}

	/**
	 * Start what is needed.
	 * @param options the command line
	 * @param cleanup told what must be closed
	 * @return the setup
	 * @throws Exception if something cannot be started
	 */
	static DemonstrationSetup prepare(DemonstrationOptions options, Cleanup cleanup) throws Exception {
		quietLogging();
		Path folder = cleanup.temporaryFolder();
		String bootstrapServers = bootstrapServers(options, cleanup);
		SharedDatabase database = cleanup.start(SharedDatabase::new);
		List<String> arguments = new ArrayList<>();
		arguments.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
		arguments.add("--spring.datasource.url=" + database.url());
		arguments.add("--spring.sql.init.mode=never");
		arguments.add("--checksums.folder=" + options.folder());
		if (options.instanceArguments().stream().noneMatch((it) -> it.startsWith("--distributed-task.group-id="))) {
			// Two demonstrations may share a broker
			arguments.add("--distributed-task.group-id=shared-checksums-" + UUID.randomUUID());
		}
		arguments.addAll(options.instanceArguments());
		InstanceLauncher launcher = new InstanceLauncher(folder, arguments, Map.of("SPRING_DATASOURCE_USERNAME",
				SharedDatabase.USER, "SPRING_DATASOURCE_PASSWORD", database.password()));
		return new DemonstrationSetup(cleanup, database, launcher);
	}

	private static String bootstrapServers(DemonstrationOptions options, Cleanup cleanup) throws Exception {
		if (options.bootstrapServers() != null) {
			return options.bootstrapServers();
		}
		System.out.println("Starting a Kafka broker in this process");
		return cleanup.start(EmbeddedBrokers::startOne).bootstrapServers();
	}

	/**
	 * Without a Spring application nobody has told the logging system to be quiet.
	 */
	private static void quietLogging() {
		LoggingSystem logging = LoggingSystem.get(DemonstrationSetup.class.getClassLoader());
		logging.beforeInitialize();
		logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
		logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
	}

	ChecksumReports reports() {
		return this.reports;
	}

	Instances instances(Consumer<String> events, Clock clock) throws Exception {
		return this.cleanup.add(new Instances(this.launcher, events, clock));
	}

	/**
	 * A poller that asks the instances that are running, not those that have gone.
	 */
	AssignmentsPoller poller(Instances instances) throws Exception {
		return this.cleanup.add(new AssignmentsPoller(() -> {
			Map<String, Integer> ports = this.reports.ports();
			Map<String, Integer> running = new LinkedHashMap<>();
			instances.names().stream().filter(ports::containsKey).forEach((name) -> running.put(name, ports.get(name)));
			return running;
		}));
	}

}
