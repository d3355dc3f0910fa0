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
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link AutoConfigureDistributedTasks#enabled()}.
 */
@SpringBootTest(classes = Shop.class, webEnvironment = WebEnvironment.NONE,
		properties = "distributed-task.enabled=true")
@AutoConfigureDistributedTasks(enabled = false)
class DisabledTests {

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Test
	void nothingCanBeAssigned() {
		assertThat(this.tasks.isOwner("leader")).isFalse();
		assertThatIllegalStateException().isThrownBy(() -> this.ownership.assign("leader"))
			.withMessageContaining("enabled = false");
	}

}
