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

package io.distributedtask.autoconfigure;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

/**
 * A mock takes the place of what is asked, not of what runs.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "distributed-task.mode=local", "management.endpoints.web.exposure.include=*" })
class MockedDistributedTasksTests {

	@MockitoBean
	private DistributedTasks tasks;

	@Autowired
	private Work work;

	@Autowired
	private ApplicationContext context;

	@Test
	void theApplicationStartsAndItsTasksRun() throws InterruptedException {
		given(this.tasks.isOwner("invoices")).willReturn(true);
		assertThat(this.context.getBean(DistributedTasks.class).isOwner("invoices")).isTrue();
		assertThat(this.work.begun.await(60, TimeUnit.SECONDS)).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Work work() {
			return new Work();
		}

	}

	/**
	 * Says that it runs.
	 */
	static class Work {

		private final CountDownLatch begun = new CountDownLatch(1);

		@DistributedTask
		void run() {
			this.begun.countDown();
		}

	}

}
