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

package io.distributedtask.migration.election;

import java.io.IOException;

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.migration.Crawler;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;

/**
 * The owner takes part in an election by Curator.
 */
@DistributedTask("crawler")
public class CrawlerLatch implements OwnershipListener {

	private final CuratorFramework client;

	private final Crawler crawler;

	private volatile LeaderLatch latch;

	CrawlerLatch(CuratorFramework client, Crawler crawler) {
		this.client = client;
		this.crawler = crawler;
	}

	@Override
	public void onAssigned(TaskContext task) throws Exception {
		LeaderLatch latch = new LeaderLatch(this.client, "/crawler");
		this.latch = latch;
		latch.addListener(new LeaderLatchListener() {

			@Override
			public void isLeader() {
				CrawlerLatch.this.crawler.start(() -> latch.hasLeadership() && task.isOwned());
			}

			@Override
			public void notLeader() {
				CrawlerLatch.this.crawler.stop();
			}

		});
		latch.start();
	}

	@Override
	public void onRevoked(TaskContext task) throws IOException {
		this.crawler.stop(); // before others may lead
		this.latch.close();
	}

}
