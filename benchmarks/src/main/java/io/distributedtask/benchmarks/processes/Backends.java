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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.distributedtask.broker.EmbeddedBrokers;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Server;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * A Kafka broker, an H2 database in memory and a ZooKeeper, all in this process and on
 * loopback. Temporary files are removed at the end.
 */
public final class Backends implements AutoCloseable {

	private static final List<String> SCHEMAS = List.of("benchmarks-schema.sql",
			"org/quartz/impl/jdbcjobstore/tables_h2.sql", "org/springframework/integration/jdbc/schema-h2.sql");

	private final Path folder;

	private final EmbeddedBrokers broker;

	private final String database = "mem:benchmarks-" + UUID.randomUUID();

	private final JdbcConnectionPool connections;

	private final Server databaseServer;

	private final ServerCnxnFactory zooKeeper;

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * Start all of them.
	 * @throws Exception if one does not start
	 */
	public Backends() throws Exception {
		// H2 reads it once and would serve every network otherwise
		System.setProperty("h2.bindAddress", "127.0.0.1");
		System.setProperty("zookeeper.admin.enableServer", "false");
		this.folder = Files.createTempDirectory("benchmarks");
		this.broker = EmbeddedBrokers.startOne();
		this.connections = JdbcConnectionPool.create("jdbc:h2:" + this.database + ";DB_CLOSE_DELAY=-1", "sa", "");
		for (String schema : SCHEMAS) {
			ResourceDatabasePopulator populator = new ResourceDatabasePopulator(new ClassPathResource(schema));
			populator.setIgnoreFailedDrops(true);
			populator.execute(this.connections);
		}
		this.databaseServer = Server.createTcpServer("-tcpPort", "0").start();
		Path data = this.folder.resolve("zookeeper");
		this.zooKeeper = ServerCnxnFactory.createFactory(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				100);
		this.zooKeeper.startup(new ZooKeeperServer(data.toFile(), data.toFile(), 500));
		Runtime.getRuntime().addShutdownHook(new Thread(this::close, "backends"));
	}

	/**
	 * Where logs of children go; removed at the end.
	 * @return a folder
	 */
	public Path folder() {
		return this.folder;
	}

	/**
	 * The broker.
	 * @return the value of {@code bootstrap.servers}
	 */
	public String bootstrapServers() {
		return this.broker.bootstrapServers();
	}

	/**
	 * The database, for user {@code sa} without password.
	 * @return the URL
	 */
	public String jdbcUrl() {
		return "jdbc:h2:tcp://127.0.0.1:" + this.databaseServer.getPort() + "/" + this.database;
	}

	/**
	 * The ZooKeeper.
	 * @return its address
	 */
	public String zooKeeper() {
		return "127.0.0.1:" + this.zooKeeper.getLocalPort();
	}

	/**
	 * How many statements the database has executed since it was first asked.
	 * @return the number
	 */
	public long statements() {
		try (Connection connection = this.connections.getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("SET QUERY_STATISTICS_MAX_ENTRIES 1000");
			statement.execute("SET QUERY_STATISTICS TRUE");
			try (ResultSet result = statement
				.executeQuery("SELECT COALESCE(SUM(EXECUTION_COUNT), 0) FROM INFORMATION_SCHEMA.QUERY_STATISTICS "
						+ "WHERE SQL_STATEMENT NOT LIKE '%QUERY_STATISTICS%'")) {
				result.next();
				return result.getLong(1);
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		if (this.closed.getAndSet(true)) {
			return;
		}
		this.zooKeeper.shutdown();
		this.databaseServer.stop();
		this.connections.dispose();
		this.broker.close();
		delete(this.folder);
	}

	private static void delete(Path folder) {
		if (!Files.exists(folder)) {
			return;
		}
		try (Stream<Path> files = Files.walk(folder)) {
			files.sorted(Comparator.reverseOrder()).forEach((file) -> file.toFile().delete());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
