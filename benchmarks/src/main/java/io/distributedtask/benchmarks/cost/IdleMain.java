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

package io.distributedtask.benchmarks.cost;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Map;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.ChildMain;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/**
 * A process of an idle application; it writes how long its start took, in milliseconds
 * since the start of the JVM, and the processor time of the main thread.
 */
public final class IdleMain {

	private IdleMain() {
	}

	/**
	 * Start, and do nothing.
	 * @param args the application, a name for what is shared, addresses
	 * @throws Exception if that fails
	 */
	public static void main(String[] args) throws Exception {
		PrintStream output = ChildMain.begin();
		BackendAddresses addresses = BackendAddresses.of(args, 2);
		SpringApplication application = new SpringApplication(IdleApplication.valueOf(args[0]).configuration());
		application.setBannerMode(Banner.Mode.OFF);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setDefaultProperties(Map.of("spring.kafka.bootstrap-servers", addresses.bootstrapServers(),
				"distributed-task.group-id", args[1], "spring.datasource.url", addresses.jdbcUrl(),
				"spring.datasource.username", "sa", "spring.sql.init.mode", "never", "spring.quartz.job-store-type",
				"jdbc", "spring.quartz.jdbc.initialize-schema", "never",
				"spring.quartz.properties.org.quartz.jobStore.isClustered", "true",
				"spring.quartz.properties.org.quartz.scheduler.instanceId", "AUTO"));
		application.addListeners((ApplicationListener<ApplicationReadyEvent>) (event) -> output
			.println(ManagementFactory.getRuntimeMXBean().getUptime() + " "
					+ ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000));
		application.run();
		Thread.currentThread().join();
	}

}
