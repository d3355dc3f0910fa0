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

import java.time.Duration;

import io.distributedtask.DistributedTask;
import io.distributedtask.TaskContext;
import io.distributedtask.benchmarks.processes.BackendAddresses;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/**
 * This project: a continuous task. Spring Boot closes the context at SIGTERM.
 */
final class DistributedTaskContender implements Contender {

	private final Duration session;

	private final boolean watch;

	DistributedTaskContender(Duration session, boolean watch) {
		this.session = session;
		this.watch = watch;
	}

	@Override
	public void start(String id, BackendAddresses backends, Work work) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setBannerMode(Banner.Mode.OFF);
		application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) (context) -> context
			.registerBean(Ticking.class, () -> new Ticking(work)));
		application.run("--distributed-task.group-id=" + id,
				"--spring.kafka.bootstrap-servers=" + backends.bootstrapServers(),
				"--distributed-task.session-timeout=" + this.session, "--distributed-task.watch.enabled=" + this.watch,
				"--distributed-task.watch.bind-address=127.0.0.1");
	}

	/**
	 * The application.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	/**
	 * The task.
	 */
	static class Ticking {

		private final Work work;

		Ticking(Work work) {
			this.work = work;
		}

		@DistributedTask("work")
		void work(TaskContext task) {
			this.work.runWhile(task::isOwned);
		}

	}

}
