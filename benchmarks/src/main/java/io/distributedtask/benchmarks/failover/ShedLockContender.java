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

package io.distributedtask.benchmarks.failover;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.distributedtask.benchmarks.processes.BackendAddresses;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * ShedLock: a run under a lock, tried at fixed delay in every process. Without KeepAlive
 * a run must be shorter than the lock.
 */
final class ShedLockContender implements Contender {

	private static final int TICKS_OF_A_RUN = 40;

	private static final long POLL_MILLIS = 200;

	private final Duration lockAtMostFor;

	private final boolean keepAlive;

	private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

	private @Nullable HikariDataSource database;

	private @Nullable Work work;

	ShedLockContender(Duration lockAtMostFor, boolean keepAlive) {
		this.lockAtMostFor = lockAtMostFor;
		this.keepAlive = keepAlive;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) {
		HikariDataSource database = Database.connect(backends.jdbcUrl());
		this.database = database;
		this.work = work;
		JdbcTemplateLockProvider jdbc = new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
			.withJdbcTemplate(new JdbcTemplate(database))
			.usingDbTime()
			.build());
		LockProvider provider = this.keepAlive ? new KeepAliveLockProvider(jdbc, this.scheduler) : jdbc;
		LockingTaskExecutor executor = new DefaultLockingTaskExecutor(provider);
		Runnable run = this.keepAlive ? () -> work.runWhile(() -> true) : () -> work.run(TICKS_OF_A_RUN);
		this.scheduler.scheduleWithFixedDelay(
				() -> executor.executeWithLock(run,
						new LockConfiguration(Instant.now(), id, this.lockAtMostFor, Duration.ZERO)),
				0, POLL_MILLIS, TimeUnit.MILLISECONDS);
	}

	@Override
	public void stop() throws InterruptedException {
		if (this.work != null) {
			this.work.stop();
		}
		this.scheduler.shutdown();
		this.scheduler.awaitTermination(10, TimeUnit.SECONDS);
		if (this.database != null) {
			this.database.close();
		}
	}

}
