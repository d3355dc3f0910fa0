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

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskSource;
import io.distributedtask.TaskWork;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Application without a web server, to be run in a process of its own.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
public class ProcessApplication {

	static final String MAIN_HAS_ENDED = "main has ended";

	static final String TASK_RUNS = "the task runs";

	public static void main(String[] arguments) {
		SpringApplication.run(ProcessApplication.class, arguments);
		System.out.println(MAIN_HAS_ENDED);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "test.task", matchIfMissing = true)
	Tasks tasks() {
		return new Tasks();
	}

	@Bean
	@ConditionalOnBooleanProperty("test.source")
	TaskSource source() {
		return Map::of;
	}

	@Bean
	@ConditionalOnBooleanProperty("test.broken")
	SmartLifecycle broken() {
		return new Broken();
	}

	@Bean
	ExitCodeGenerator exitCode() {
		return () -> 7;
	}

	@Bean
	ApplicationRunner runner(ConfigurableApplicationContext context, DistributedTasks tasks) {
		return (arguments) -> {
			if (arguments.containsOption("then")) {
				then(Objects.requireNonNull(arguments.getOptionValues("then")).get(0), context, tasks);
			}
		};
	}

	private static void then(String what, ConfigurableApplicationContext context, DistributedTasks tasks)
			throws InterruptedException {
		switch (what) {
			case "exit" -> System.exit(SpringApplication.exit(context));
			case "system-exit" -> System.exit(7);
			case "close-later" -> new Thread(() -> {
				sleep();
				context.close();
			}).start();
			case "fail" -> throw new IllegalStateException("the runner fails");
			case "pause" -> context.pause();
			case "restart" -> {
				context.pause();
				context.restart();
			}
			case "register" -> tasks.register(TaskDefinition.of("registered"),
					TaskWork.continuous((task) -> System.out.println(TASK_RUNS)));
			default -> throw new IllegalArgumentException(what);
		}
	}

	private static void sleep() {
		try {
			TimeUnit.SECONDS.sleep(2);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	static class Tasks {

		@DistributedTask("printer")
		@Scheduled(fixedDelay = 200)
		void print() {
			System.out.println(TASK_RUNS);
		}

	}

	/**
	 * Fails when everything else has been started.
	 */
	static class Broken implements SmartLifecycle {

		@Override
		public void start() {
			throw new IllegalStateException("it is broken");
		}

		@Override
		public void stop() {
			// never runs
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
