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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.distributedtask.DistributedTasks;
import io.distributedtask.test.AutoConfigureDistributedTasks;
import io.distributedtask.test.TaskOwnership;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static io.distributedtask.test.TaskAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the tasks of the sample, as one instance without a broker.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.datasource.url=jdbc:h2:mem:tasks")
@AutoConfigureDistributedTasks
class SampleTasksTests {

	@TempDir
	private static Path folder;

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private ChecksumReports reports;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("checksums.folder", () -> folder);
	}

	@BeforeEach
	void writeFiles() throws IOException {
		for (int i = 0; i < 40; i++) {
			Files.writeString(folder.resolve(i + ".txt"), "file " + i);
		}
	}

	@AfterEach
	void forget() {
		this.jdbc.sql("delete from leader_term").update();
	}

	@Test
	void eachShardHashesItsShareOfWhatTheScanFinds() {
		this.ownership.assign("scan");
		await().untilAsserted(() -> assertThat(this.reports.progress().files()).isEqualTo(40));
		this.ownership.assign("digest", 0, 1, 2, 3, 4, 5, 6, 7);
		await().until(() -> this.reports.progress().hashed() > 0);
		this.ownership.assign("digest");
		await().untilAsserted(() -> assertThat(this.reports.progress().hashed()).isEqualTo(40));
		assertThat(this.tasks).task("digest").hasShards(16).isOwnedHere().hasNotFailed();
	}

	@Test
	void aTermEndsAsItsOwnershipDoes() {
		this.ownership.assign("leader");
		await().untilAsserted(() -> assertThat(this.tasks).task("leader").isRunning());
		this.ownership.revoke("leader");
		this.ownership.assign("leader");
		await().untilAsserted(() -> assertThat(this.tasks).task("leader").isRunning());
		this.ownership.lose("leader");
		await().untilAsserted(() -> assertThat(
				this.jdbc.sql("select ended_by from leader_term order by token").query(String.class).list())
			.containsExactly("handed over", "lost"));
	}

}
