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

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.fixture.Instances;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of tasks that do not stop, on a real broker.
 */
@ExtendWith(OutputCaptureExtension.class)
class StuckTaskIntegrationTests {

	private static final String SHORT_SHUTDOWN = "--spring.lifecycle.timeout-per-shutdown-phase=5s";

	private final Instances instances = new Instances(Application.class).with(
			"management.endpoints.web.exposure.include=assignments",
			"logging.level.org.springframework.context.support.DefaultLifecycleProcessor=INFO");

	@AfterEach
	void stopInstances() {
		this.instances.all().forEach((instance) -> worker(instance).release.countDown());
		this.instances.close();
	}

	@Test
	void aShardThatDoesNotStopIsShownEverywhereAndGivenToNobody(CapturedOutput output) {
		ConfigurableApplicationContext a = start("a", "--distributed-task.revoke-timeout=300ms");
		await().until(() -> worker(a).running.size() == 2);
		ConfigurableApplicationContext b = start("b");
		await().until(() -> !tasks(a).membership().stuck().isEmpty());
		TaskId stuck = tasks(a).membership().stuck().get(0);
		assertThat(assignment(a, stuck)).satisfies((assignment) -> {
			assertThat(assignment.state()).isEqualTo(AssignmentStatus.REVOKING);
			assertThat(assignment.owner()).isEqualTo("a");
			assertThat(assignment.reason()).startsWith("told to stop at 20")
				.endsWith("and has not stopped within revoke-timeout (300 ms)");
			assertThat(assignment.execution()).extracting(Assignments.Execution::status)
				.isEqualTo(Assignments.ExecutionStatus.STOPPING);
		});
		assertThat(Objects.requireNonNull(a.getBean(AssignmentsEndpoint.class).task("crawler", false)).assignments())
			.anySatisfy((shown) -> assertThat(shown.reason()).contains("has not stopped"));
		await().untilAsserted(() -> assertThat(assignment(b, stuck)).satisfies((assignment) -> {
			assertThat(assignment.state()).isEqualTo(AssignmentStatus.REVOKING);
			assertThat(assignment.owner()).isEqualTo("a");
			assertThat(assignment.reason()).startsWith("told to stop at 20");
		}));
		Health health = a.getBean(DistributedTasksHealthIndicator.class).health();
		assertThat(Objects.requireNonNull(health).getDetails()).containsEntry("stuck", List.of(stuck.toString()));
		assertThat(health.getDetails().get("problem")).asString()
			.contains("Not stopped within revoke-timeout (300 ms)")
			.contains("1 shard: " + stuck);
		assertThat(gauge(a)).isEqualTo(1);
		assertThat(gauge(b)).isZero();
		await().until(() -> output.toString().contains(stuck + " did not stop within 300 ms"));
		// rebalances tell the same again
		int generation = tasks(b).membership().generation();
		tasks(b).rebalance("to be told again");
		await().until(() -> tasks(a).membership().generation() > generation);
		assertThat(tasks(b).isOwner("crawler", stuck.shard())).isFalse();
		assertThat(output).containsOnlyOnce(stuck + " did not stop within 300 ms")
			.contains("StuckTaskIntegrationTests$Worker.crawl");
		worker(a).release.countDown();
		await().until(() -> worker(b).running.contains(stuck.shard()));
		assertThat(tasks(a).membership().stuck()).isEmpty();
		assertThat(gauge(a)).isZero();
	}

	@Test
	void theShutdownWaitsNoLongerThanItsPhaseAndNamesWhatItLeaves(CapturedOutput output) {
		ConfigurableApplicationContext a = start("a", SHORT_SHUTDOWN);
		Worker worker = worker(a);
		await().until(() -> worker.running.size() == 2);
		ConfigurableApplicationContext b = start("b");
		await().until(() -> assignments(a).stream()
			.anyMatch((assignment) -> assignment.state() == AssignmentStatus.REVOKING));
		assertThat(worker(b).running).as("while the instance of the task that is stuck lives").isEmpty();
		CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> this.instances.stop(a));
		await().until(closed::isDone);
		await().until(() -> worker(b).running.size() == 2);
		assertThat(output).doesNotContain("still running after timeout")
			.containsOnlyOnce("although these tasks have not stopped: [crawler[0], crawler[1]]");
		assertThat(output.toString()).as("the stack of each")
			.contains("crawler[0] did not stop within 200 ms", "crawler[1] did not stop within 200 ms");
		worker.release.countDown();
	}

	@Test
	void aTaskThatHeedsInterruptsIsHandedOverInOrderThoughTheShutdownIsShort(CapturedOutput output) {
		ConfigurableApplicationContext a = start("a", SHORT_SHUTDOWN);
		Worker worker = worker(a);
		worker.heedsInterrupts = true;
		await().until(() -> worker.running.size() == 2);
		ConfigurableApplicationContext b = start("b");
		await().until(() -> tasks(b).membership().generation() > 0);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> this.instances.stop(a));
		await().until(closed::isDone);
		assertThat(worker.interrupts).hasPositiveValue();
		await().until(() -> worker(b).running.size() == 2);
		assertThat(output).doesNotContain("these tasks have not stopped").doesNotContain("still running after timeout");
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private ConfigurableApplicationContext start(String name, String... arguments) {
		return this.instances.start(name, arguments);
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class);
	}

	private static Worker worker(ConfigurableApplicationContext instance) {
		return instance.getBean(Worker.class);
	}

	private static double gauge(ConfigurableApplicationContext instance) {
		return instance.getBean(MeterRegistry.class).get("distributed.task.stuck").gauge().value();
	}

	private static List<Assignment> assignments(ConfigurableApplicationContext instance) {
		return tasks(instance).assignments().tasks().stream().flatMap((task) -> task.assignments().stream()).toList();
	}

	private static Assignment assignment(ConfigurableApplicationContext instance, TaskId id) {
		return assignments(instance).get(id.shard());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	/**
	 * Stops when the test says so, whatever it is told by others.
	 */
	static class Worker {

		private final CountDownLatch release = new CountDownLatch(1);

		private final Set<Integer> running = ConcurrentHashMap.newKeySet();

		private final AtomicInteger interrupts = new AtomicInteger();

		private volatile boolean heedsInterrupts;

		@DistributedTask(name = "crawler", shards = 2)
		void crawl(TaskContext task) {
			this.running.add(task.shard());
			try {
				while (true) {
					try {
						this.release.await();
						return;
					}
					catch (InterruptedException ex) {
						this.interrupts.incrementAndGet();
						if (this.heedsInterrupts) {
							return;
						}
					}
				}
			}
			finally {
				this.running.remove(task.shard());
			}
		}

	}

}
