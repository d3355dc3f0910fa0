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
import java.util.concurrent.atomic.AtomicReference;

import javax.sql.DataSource;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import org.jspecify.annotations.Nullable;

import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.integration.leader.AbstractCandidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Spring Integration: leader election with a lock in the database.
 */
final class SpringIntegrationContender implements Contender {

	private final Duration timeToLive;

	private @Nullable GenericApplicationContext context;

	SpringIntegrationContender(Duration timeToLive) {
		this.timeToLive = timeToLive;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) {
		GenericApplicationContext context = new GenericApplicationContext();
		this.context = context;
		context.registerBean(DataSource.class, () -> Database.connect(backends.jdbcUrl()));
		context.registerBean(PlatformTransactionManager.class,
				() -> new JdbcTransactionManager(context.getBean(DataSource.class)));
		context.registerBean(DefaultLockRepository.class,
				() -> new DefaultLockRepository(context.getBean(DataSource.class)));
		context.registerBean(JdbcLockRegistry.class,
				() -> new JdbcLockRegistry(context.getBean(DefaultLockRepository.class), this.timeToLive));
		context.registerBean(LockRegistryLeaderInitiator.class,
				() -> new LockRegistryLeaderInitiator(context.getBean(JdbcLockRegistry.class), new Leader(id, work)));
		context.refresh();
	}

	@Override
	public void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	/**
	 * Works on a thread of its own, because the initiator renews the lock on the one that
	 * calls.
	 */
	private static final class Leader extends AbstractCandidate {

		private final Work work;

		private final AtomicReference<@Nullable Object> term = new AtomicReference<>();

		Leader(String role, Work work) {
			super(String.valueOf(ProcessHandle.current().pid()), role);
			this.work = work;
		}

		@Override
		public void onGranted(Context context) {
			Object granted = new Object();
			this.term.set(granted);
			new Thread(() -> this.work.runWhile(() -> this.term.get() == granted && context.isLeader()), "work")
				.start();
		}

		@Override
		public void onRevoked(Context context) {
			this.term.set(null);
		}

	}

}
