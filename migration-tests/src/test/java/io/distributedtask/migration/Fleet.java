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

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.distributedtask.broker.EmbeddedBrokers;
import org.awaitility.Awaitility;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Server;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * A deployment of two pods, with the database and the broker that they share. A rolling
 * deployment starts a pod of the new release, waits until it is ready, and stops one of
 * the old release, as Kubernetes does by default.
 */
final class Fleet implements AutoCloseable {

	private final Path folder;

	private final EmbeddedBrokers broker = EmbeddedBrokers.startOne();

	private final String database = "mem:fleet-" + UUID.randomUUID();

	private final JdbcConnectionPool connections;

	private final Server databaseServer;

	private final List<String> settings = new ArrayList<>();

	private final Map<String, Pod> pods = new LinkedHashMap<>();

	private int started;

	Fleet(Path folder, String... schemas) throws SQLException {
		this.folder = folder;
		// H2 reads it once and would serve every network otherwise
		System.setProperty("h2.bindAddress", "127.0.0.1");
		this.connections = JdbcConnectionPool.create("jdbc:h2:" + this.database + ";DB_CLOSE_DELAY=-1", "sa", "");
		for (String schema : schemas) {
			ResourceDatabasePopulator populator = new ResourceDatabasePopulator(new ClassPathResource(schema));
			populator.setIgnoreFailedDrops(true);
			populator.execute(this.connections);
		}
		this.databaseServer = Server.createTcpServer("-tcpPort", "0").start();
	}

	Fleet with(String... settings) {
		this.settings.addAll(List.of(settings));
		return this;
	}

	JdbcTemplate jdbc() {
		return new JdbcTemplate(this.connections);
	}

	List<String> arguments() {
		List<String> arguments = new ArrayList<>(this.settings);
		arguments.addAll(List.of("--spring.application.name=shop",
				"--spring.datasource.url=jdbc:h2:tcp://127.0.0.1:" + this.databaseServer.getPort() + "/"
						+ this.database,
				"--spring.datasource.username=sa", "--spring.datasource.hikari.maximum-pool-size=5",
				"--spring.kafka.bootstrap-servers=" + this.broker.bootstrapServers(),
				"--distributed-task.heartbeat-interval=100ms", "--logging.level.org.apache.kafka=warn"));
		return arguments;
	}

	Pod start(Release release) {
		String name = release.name() + "-" + ++this.started;
		Pod pod = Pod.start(release, name, this.folder, arguments());
		this.pods.put(name, pod);
		return pod;
	}

	/**
	 * Replace each pod by one of another release, one after the other.
	 * @param release the new release
	 * @param tasks tasks that the new pods have to own before an old pod is stopped; none
	 * where old pods may own them, too, and hand them over
	 * @param mixed how long both releases run before an old pod is stopped
	 */
	void deploy(Release release, List<String> tasks, Duration mixed) {
		List<Pod> fresh = new ArrayList<>();
		for (Pod old : List.copyOf(this.pods.values())) {
			fresh.add(start(release).awaitReady());
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.until(() -> tasks.stream()
					.allMatch((task) -> fresh.stream().anyMatch((pod) -> pod.output().contains(Pod.OWNS + task))));
			awaitTime(Instant.now().plus(mixed));
			old.stop();
			this.pods.remove(old.name());
		}
	}

	void awaitTime(Instant time) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(10))
			.pollInterval(Duration.ofMillis(50))
			.until(() -> !Instant.now().isBefore(time));
	}

	@Override
	public void close() {
		this.pods.values().forEach(Pod::close);
		this.databaseServer.stop();
		this.connections.dispose();
		this.broker.close();
	}

}
