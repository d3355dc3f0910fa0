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

package io.distributedtask.migration.election.both;

import io.distributedtask.DistributedTask;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.migration.Crawler;

import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.stereotype.Component;

/**
 * Only the owner stands for election, against the pods of the release before.
 */
@Component
@DistributedTask("crawler")
class CrawlerElection implements OwnershipListener {

	private final LockRegistryLeaderInitiator initiator;

	private final Crawler crawler;

	CrawlerElection(LockRegistryLeaderInitiator initiator, Crawler crawler) {
		this.initiator = initiator;
		this.crawler = crawler;
	}

	@Override
	public void onAssigned(TaskContext task) {
		this.initiator.start();
	}

	@Override
	public void onRevoked(TaskContext task) {
		this.crawler.stop(); // before the lock is released
		this.initiator.stop();
	}

}
