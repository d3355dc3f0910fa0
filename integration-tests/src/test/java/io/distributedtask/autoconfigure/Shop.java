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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.fixture.Instances;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance of an application whose group may be in trouble, and what an operator sees
 * of it.
 */
final class Shop implements AutoCloseable {

	static final int SHARDS = 2;

	private static final Pattern COMPLAINT = Pattern.compile("(?m)^[\\d:.]+ (?:WARN|ERROR) +\\[.*$");

	private static final String REACHED_AGAIN = "is reached again after";

	private final Instances instances;

	private final ConfigurableApplicationContext context;

	private final String name;

	private Shop(String name, Instances instances, ConfigurableApplicationContext context) {
		this.name = name;
		this.instances = instances;
		this.context = context;
	}

	static Shop open(String name, String groupId, String servers, String... arguments) {
		Instances instances = new Instances(Application.class).with("distributed-task.group-id=" + groupId,
				"logging.level.io.distributedtask.internal.engine.FailureBackoff=INFO",
				"logging.level.io.distributedtask.internal.member.MemberLifecycle=INFO");
		return new Shop(name, instances, instances.startAt(servers, name, arguments));
	}

	/**
	 * Wait until the same trouble has come at least twice, and see that it is told as it
	 * should be: once, without a stack, with the remedy, in health too, while everything
	 * else goes on.
	 * @param output what was logged since the trouble began
	 * @param remedy parts of the message
	 */
	void awaitTrouble(CapturedOutput output, String... remedy) {
		await().until(() -> failures() >= 2);
		String problem = Objects.requireNonNull(tasks().membership().problem());
		assertThat(problem).contains(remedy);
		assertThat(complaints(output)).as("what an operator has to read")
			.singleElement()
			.satisfies((line) -> assertThat(line).contains(problem).contains("(attempt 1, trying again in 2000 ms)"));
		assertThat(output).doesNotContain("\tat ");
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("problem", problem);
		assertThat(tasks().assignments().group().problem()).isEqualTo(problem);
		assertOthersGoOn();
	}

	/**
	 * Wait until the trouble is over, which needs no restart, and see that it is told.
	 * @param output what was logged since the trouble began
	 */
	void awaitRecovery(CapturedOutput output) {
		awaitOwner();
		await().until(() -> health().getStatus().equals(Status.UP));
		assertThat(tasks().membership().problem()).isNull();
		await().until(() -> output.toString().contains(REACHED_AGAIN));
		assertThat(output).containsOnlyOnce(REACHED_AGAIN);
		assertOthersGoOn();
	}

	void awaitOwner() {
		await().until(() -> worker().running.get() > 0);
	}

	private void assertOthersGoOn() {
		assertThat(this.context.isActive()).isTrue();
		int ticks = worker().ticks.get();
		await().until(() -> worker().ticks.get() > ticks);
	}

	/**
	 * What is logged as a warning or worse, except by the brokers.
	 */
	static List<String> complaints(CapturedOutput output) {
		return COMPLAINT.matcher(output)
			.results()
			.map((result) -> result.group())
			.filter((line) -> !line.contains(" o.a.k.c.c.r."))
			.toList();
	}

	ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(120));
	}

	int failures() {
		return this.context.getBean(ObservedMemberships.class).failures();
	}

	DistributedTasks tasks() {
		return this.context.getBean(DistributedTasks.class);
	}

	Worker worker() {
		return this.context.getBean(Worker.class);
	}

	Health health() {
		return Objects.requireNonNull(this.context.getBean(DistributedTasksHealthIndicator.class).health());
	}

	@Override
	public void close() {
		this.instances.close();
	}

	@Override
	public String toString() {
		return this.name;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		static ObservedMemberships observedMemberships() {
			return new ObservedMemberships();
		}

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	/**
	 * Counts what runs.
	 */
	static class Worker {

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger starts = new AtomicInteger();

		private final AtomicInteger ticks = new AtomicInteger();

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) throws InterruptedException {
			this.starts.incrementAndGet();
			this.running.incrementAndGet();
			try {
				while (task.isOwned()) {
					Thread.sleep(5);
				}
			}
			finally {
				this.running.decrementAndGet();
			}
		}

		@Scheduled(fixedRate = 20)
		void tick() {
			this.ticks.incrementAndGet();
		}

		int running() {
			return this.running.get();
		}

		int starts() {
			return this.starts.get();
		}

	}

}
