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
package com.example.application;

import java.time.Duration;

import io.distributedtask.DistributedTasks;
import io.distributedtask.test.AutoConfigureDistributedTasks;
import io.distributedtask.test.TaskOwnership;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static io.distributedtask.test.TaskAssertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest
@AutoConfigureDistributedTasks
class ApplicationTests {

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Test
	void tidiesUpWhereItIsOwned() {
		assertThat(this.tasks).task("tidy-up").isNotOwnedHere();
		this.ownership.assign("tidy-up");
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(this.tasks).task("tidy-up").isOwnedHere().hasRunOnce());
		this.ownership.revoke("tidy-up");
		assertThat(this.tasks).task("tidy-up").isNotOwnedHere();
	}

}
