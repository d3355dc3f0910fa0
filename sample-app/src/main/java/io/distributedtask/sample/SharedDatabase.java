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

import java.sql.SQLException;
import java.util.UUID;

import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Server;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * The database that the instances share: in this process' memory, served on loopback.
 */
final class SharedDatabase implements AutoCloseable {

	static final String USER = "sa";

	private static final String SETTINGS = ";LOCK_TIMEOUT=10000";

	private final String name = "checksums-" + UUID.randomUUID();

	private final String password = UUID.randomUUID().toString();

	private final Server server;

	private final JdbcConnectionPool pool;

	SharedDatabase() throws SQLException {
		// H2 reads it once and would serve every network otherwise
		System.setProperty("h2.bindAddress", "127.0.0.1");
		this.pool = JdbcConnectionPool.create("jdbc:h2:mem:" + this.name + ";DB_CLOSE_DELAY=-1" + SETTINGS, USER,
				this.password);
		new ResourceDatabasePopulator(new ClassPathResource("schema.sql")).execute(this.pool);
		this.server = Server.createTcpServer("-tcpPort", "0").start();
	}

	/**
	 * How an instance reaches the database.
	 * @return the JDBC URL
	 */
	String url() {
		return "jdbc:h2:tcp://127.0.0.1:" + this.server.getPort() + "/mem:" + this.name + SETTINGS;
	}

	String password() {
		return this.password;
	}

	JdbcClient client() {
		return JdbcClient.create(this.pool);
	}

	@Override
	public void close() {
		this.server.stop();
		this.pool.dispose();
	}

}
