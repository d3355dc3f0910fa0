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

package io.distributedtask.test;

import io.distributedtask.DistributedTasks;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static io.distributedtask.test.TaskAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TaskOwnershipTestExecutionListener}: nothing of a test is left in the
 * next one. With local mode for all tests, which the annotation overrides.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "distributed-task.mode=local")
@AutoConfigureDistributedTasks
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestartTests {

	private static long token;

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Autowired
	private Shop.Crawler crawler;

	@Test
	@Order(1)
	void leavesShardsAndRequests() {
		this.ownership.assign("crawler");
		await().until(() -> this.crawler.running.size() == 3);
		token = this.crawler.running.get(0).fencingToken();
		this.tasks.pause("leader");
	}

	@Test
	@Order(2)
	void beginsWithNothing() {
		assertThat(this.crawler.running).isEmpty();
		this.ownership.assign("crawler", 0);
		assertThat(this.tasks).task("leader").isNotPaused();
		assertThat(this.tasks).task("crawler").shard(1).isNotOwnedHere();
		await().until(() -> this.crawler.running.size() == 1);
		assertThat(this.crawler.running.get(0).fencingToken()).isGreaterThan(token);
	}

}
