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

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;
import io.distributedtask.benchmarks.processes.Backends;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/**
 * The check of ownership in a member of a group on a real broker, and what stands around
 * a scheduled method that does nothing: Spring's own call, ours on the owner, and
 * ShedLock's lock and unlock with a database on the same machine. On an instance that is
 * not the owner ours has no timer, so there is nothing to call; ShedLock tries to lock.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 7, time = 2)
public class RunBenchmark {

	private static final Duration LOCK = Duration.ofMinutes(1);

	private @Nullable Backends backends;

	private @Nullable ConfigurableApplicationContext application;

	private @Nullable HikariDataSource database;

	private @Nullable DistributedTasks tasks;

	private @Nullable TaskContext context;

	private @Nullable Runnable plain;

	private @Nullable Runnable owned;

	private @Nullable LockingTaskExecutor locks;

	/**
	 * Start what is shared, and an application that owns its tasks.
	 * @throws Exception if that fails
	 */
	@Setup
	public void setUp() throws Exception {
		Backends backends = new Backends();
		this.backends = backends;
		SpringApplication springApplication = new SpringApplication(Application.class);
		springApplication.setBannerMode(Banner.Mode.OFF);
		springApplication.setWebApplicationType(WebApplicationType.NONE);
		ConfigurableApplicationContext application = springApplication.run("--distributed-task.group-id=cost",
				"--spring.kafka.bootstrap-servers=" + backends.bootstrapServers());
		this.application = application;
		this.context = application.getBean(Application.class).context.get(1, TimeUnit.MINUTES);
		this.tasks = application.getBean(DistributedTasks.class);
		this.plain = scheduled(application, "plain");
		this.owned = scheduled(application, "owned");
		HikariDataSource database = new HikariDataSource();
		this.database = database;
		database.setJdbcUrl(backends.jdbcUrl());
		database.setUsername("sa");
		LockingTaskExecutor locks = new DefaultLockingTaskExecutor(
				new JdbcTemplateLockProvider(JdbcTemplateLockProvider.Configuration.builder()
					.withJdbcTemplate(new JdbcTemplate(database))
					.usingDbTime()
					.build()));
		this.locks = locks;
		locks.executeWithLock((Runnable) () -> {
		}, new LockConfiguration(Instant.now(), "taken", Duration.ofDays(1), Duration.ofDays(1)));
	}

	/**
	 * The runnable that Spring's scheduler would call, which appears when the task is
	 * assigned.
	 */
	private static Runnable scheduled(ConfigurableApplicationContext application, String method)
			throws InterruptedException {
		for (int tries = 0; tries < 600; tries++) {
			for (ScheduledTaskHolder holder : application.getBeansOfType(ScheduledTaskHolder.class).values()) {
				for (var task : holder.getScheduledTasks()) {
					if (task.toString().endsWith("." + method)) {
						return task.getTask().getRunnable();
					}
				}
			}
			Thread.sleep(100);
		}
		throw new IllegalStateException("There is no schedule of '%s'".formatted(method));
	}

	/**
	 * Stop everything.
	 */
	@TearDown
	public void tearDown() {
		Objects.requireNonNull(this.application).close();
		Objects.requireNonNull(this.database).close();
		Objects.requireNonNull(this.backends).close();
	}

	/**
	 * The check that a task makes before each step.
	 * @return whether it is owned
	 */
	@Benchmark
	public boolean contextIsOwned() {
		return Objects.requireNonNull(this.context).isOwned();
	}

	/**
	 * The same question by name, from anywhere.
	 * @return whether it is owned
	 */
	@Benchmark
	public boolean tasksIsOwner() {
		return Objects.requireNonNull(this.tasks).isOwner("checked");
	}

	/**
	 * Spring's call of a scheduled method.
	 */
	@Benchmark
	public void plainRun() {
		Objects.requireNonNull(this.plain).run();
	}

	/**
	 * Our call of a scheduled method.
	 */
	@Benchmark
	public void ownedRun() {
		Objects.requireNonNull(this.owned).run();
	}

	/**
	 * A run under ShedLock: lock, unlock.
	 */
	@Benchmark
	public void shedLockRun() {
		Objects.requireNonNull(this.locks).executeWithLock((Runnable) () -> {
		}, new LockConfiguration(Instant.now(), "free", LOCK, Duration.ZERO));
	}

	/**
	 * A run that ShedLock skips, because another instance has the lock.
	 */
	@Benchmark
	public void shedLockSkip() {
		Objects.requireNonNull(this.locks).executeWithLock((Runnable) () -> {
		}, new LockConfiguration(Instant.now(), "taken", LOCK, Duration.ZERO));
	}

	/**
	 * The application. No schedule fires during a measurement.
	 */
	@SpringBootConfiguration
	@EnableScheduling
	@ImportAutoConfiguration({ DistributedTaskAutoConfiguration.class, KafkaAutoConfiguration.class })
	static class Application {

		final CompletableFuture<TaskContext> context = new CompletableFuture<>();

		@DistributedTask("checked")
		void checked(TaskContext task) {
			this.context.complete(task);
			// it returns, but stays assigned
		}

		@DistributedTask("owned")
		@Scheduled(cron = "0 0 0 1 1 *")
		void owned() {
		}

		@Scheduled(cron = "0 0 0 1 1 *")
		void plain() {
		}

	}

}
