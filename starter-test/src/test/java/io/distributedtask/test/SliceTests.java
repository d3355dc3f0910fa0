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
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AutoConfigureDistributedTasks} on a slice, where tasks are disabled
 * for other tests.
 */
@WebMvcTest(controllers = Shop.Greeting.class, properties = "distributed-task.enabled=false")
@AutoConfigureDistributedTasks
class SliceTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Autowired
	private Shop.Jobs jobs;

	@Test
	void hasControllersAndTasks() {
		assertThat(this.mvc.get().uri("/greeting")).hasStatusOk();
		this.ownership.assign("statistics");
		this.tasks.run("statistics", 0);
		await().until(() -> this.jobs.statistics.get() == 1);
	}

}
