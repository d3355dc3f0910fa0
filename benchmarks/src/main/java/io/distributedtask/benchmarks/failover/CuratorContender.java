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

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.retry.RetryForever;
import org.jspecify.annotations.Nullable;

/**
 * Curator's leader latch on ZooKeeper.
 */
final class CuratorContender implements Contender {

	private static final int CONNECTION_MILLIS = 2000;

	private static final int RETRY_MILLIS = 200;

	private final Duration session;

	private @Nullable CuratorFramework client;

	private @Nullable LeaderLatch latch;

	CuratorContender(Duration session) {
		this.session = session;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) throws Exception {
		CuratorFramework client = CuratorFrameworkFactory.newClient(backends.zooKeeper(), (int) this.session.toMillis(),
				CONNECTION_MILLIS, new RetryForever(RETRY_MILLIS));
		LeaderLatch latch = new LeaderLatch(client, "/" + id);
		this.client = client;
		this.latch = latch;
		latch.addListener(new Leader(latch, work));
		client.start();
		latch.start();
	}

	@Override
	public void stop() throws IOException {
		if (this.latch != null && this.client != null) {
			this.latch.close(LeaderLatch.CloseMode.NOTIFY_LEADER);
			this.client.close();
		}
	}

	private static final class Leader implements LeaderLatchListener {

		private final LeaderLatch latch;

		private final Work work;

		private final AtomicReference<@Nullable Object> term = new AtomicReference<>();

		Leader(LeaderLatch latch, Work work) {
			this.latch = latch;
			this.work = work;
		}

		@Override
		public void isLeader() {
			Object granted = new Object();
			this.term.set(granted);
			new Thread(() -> this.work.runWhile(() -> this.term.get() == granted && this.latch.hasLeadership()), "work")
				.start();
		}

		@Override
		public void notLeader() {
			this.term.set(null);
		}

	}

}
