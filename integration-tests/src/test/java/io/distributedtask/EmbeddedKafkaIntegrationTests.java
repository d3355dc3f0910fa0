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

package io.distributedtask;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.test.context.EmbeddedKafka;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A test as users write it: with Spring Kafka's embedded broker.
 */
@EmbeddedKafka
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "spring.application.name=embedded")
class EmbeddedKafkaIntegrationTests {

	@Autowired
	private DistributedTasks tasks;

	@Test
	void ownsItsTask() {
		Awaitility.await().until(() -> this.tasks.isOwner("only"));
		assertThat(this.tasks.assignments().group().id()).isEqualTo("embedded-tasks");
		assertThat(this.tasks.assignments().source()).isEqualTo(Assignments.Source.COORDINATOR);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		@DistributedTask("only")
		OwnershipListener listener() {
			return new OwnershipListener() {

				@Override
				public void onAssigned(TaskContext task) {
					assertThat(task.isOwned()).isTrue();
				}

				@Override
				public void onRevoked(TaskContext task) {
					assertThat(task.name()).isEqualTo("only");
				}

			};
		}

	}

}
