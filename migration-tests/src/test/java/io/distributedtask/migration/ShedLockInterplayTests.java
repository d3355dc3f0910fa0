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

package io.distributedtask.migration;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Execution;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.autoconfigure.DistributedTaskAutoConfiguration;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock.InterceptMode;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/coming-from-shedlock.md} says about both annotations at one method.
 */
class ShedLockInterplayTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(DistributedTaskAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
		.withPropertyValues("distributed-task.mode=local", "spring.application.name=shop", "lock=invoices-lock");

	@Test
	void anOwnedRunIsLockedByTheNameThatItsPlaceholderHas() {
		this.runner.withUserConfiguration(MethodProxy.class).run((context) -> {
			awaitRuns(context);
			assertThat(context.getBean(Jobs.class).seen()).contains("token, locked, extended");
			assertThat(context.getBean(Locks.class).asked).containsOnly("invoices-lock");
		});
	}

	@Test
	void aRunWhoseLockIsRefusedDoesNothingAndCountsAsSuccess() {
		this.runner.withUserConfiguration(MethodProxy.class).withPropertyValues("refuse=true").run((context) -> {
			Execution execution = awaitRuns(context);
			assertThat(execution.failures()).isZero();
			assertThat(context.getBean(Locks.class).asked).contains("invoices-lock");
			assertThat(context.getBean(Jobs.class).seen()).isEmpty();
		});
	}

	@Test
	void aProxyOfTheSchedulerLocksNoRunOfATask() {
		this.runner.withUserConfiguration(SchedulerProxy.class).run((context) -> {
			Execution execution = awaitRuns(context);
			assertThat(context.getBean(Locks.class).asked).isEmpty();
			assertThat(execution.failures()).isPositive();
			assertThat(execution.lastError()).contains("The task is not locked");
		});
	}

	@Test
	void aProxyOfTheSchedulerLocksWhatIsNoTask() {
		this.runner.withUserConfiguration(SchedulerProxy.class, PlainJobs.class)
			.run((context) -> Awaitility.await()
				.untilAsserted(() -> assertThat(context.getBean(Locks.class).asked).contains("plain")));
	}

	@Test
	void shardsWithOneLockKeepEachOtherOut() {
		this.runner.withUserConfiguration(MethodProxy.class)
			.withPropertyValues("distributed-task.tasks.invoices.shards=2", "hold=true")
			.run((context) -> {
				Awaitility.await().until(() -> context.getBean(Locks.class).asked.size() >= 2);
				assertThat(context.getBean(Locks.class).granted).hasValue(1);
			});
	}

	@Test
	void theLockOfAPublisherEndsBeforeItsWork() {
		this.runner.withUserConfiguration(Publishers.class).run((context) -> {
			awaitRuns(context);
			assertThat(context.getBean(PublisherJob.class).seen()).contains("released");
		});
	}

	@Test
	void aPublisherWhoseLockIsRefusedIsAFailure() {
		this.runner.withUserConfiguration(Publishers.class).withPropertyValues("refuse=true").run((context) -> {
			Execution execution = awaitRuns(context);
			assertThat(execution.failures()).isPositive();
			assertThat(execution.lastError()).contains("has returned null");
		});
	}

	private static Execution awaitRuns(ApplicationContext context) {
		return Awaitility.await().until(() -> execution(context), (it) -> it != null && it.lastEnd() != null);
	}

	private static Execution execution(ApplicationContext context) {
		Assignments assignments = context.getBean(DistributedTasks.class).assignments();
		return assignments.tasks()
			.stream()
			.flatMap((task) -> task.assignments().stream())
			.findFirst()
			.get()
			.execution();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@EnableSchedulerLock(defaultLockAtMostFor = "10m")
	@Import({ Jobs.class, Locks.class })
	static class MethodProxy {

	}

	@SuppressWarnings("removal")
	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@EnableSchedulerLock(defaultLockAtMostFor = "10m", interceptMode = InterceptMode.PROXY_SCHEDULER)
	@Import({ Jobs.class, Locks.class })
	static class SchedulerProxy {

	}

	@Configuration(proxyBeanMethods = false)
	static class PlainJobs {

		@Bean
		Plain plain() {
			return new Plain();
		}

	}

	static class Plain {

		@Scheduled(fixedDelay = 50)
		@SchedulerLock(name = "plain")
		void run() {
			LockAssert.assertLocked();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	@EnableSchedulerLock(defaultLockAtMostFor = "10m")
	@Import({ PublisherJob.class, Locks.class })
	static class Publishers {

	}

	static class PublisherJob {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		private final Locks locks;

		PublisherJob(Locks locks) {
			this.locks = locks;
		}

		@DistributedTask("invoices")
		@Scheduled(fixedDelay = 50)
		@SchedulerLock(name = "${lock}")
		Mono<Void> run() {
			return Mono.fromRunnable(() -> this.seen.add((this.locks.held.get() > 0) ? "held" : "released"));
		}

		Queue<String> seen() {
			return this.seen;
		}

	}

	static class Jobs {

		private final Queue<String> seen = new ConcurrentLinkedQueue<>();

		@DistributedTask("invoices")
		@Scheduled(fixedDelay = 50)
		@SchedulerLock(name = "${lock}")
		void run() {
			LockAssert.assertLocked();
			LockExtender.extendActiveLock(Duration.ofMinutes(1), Duration.ZERO);
			assertThat(TaskContext.current().fencingToken()).isPositive();
			this.seen.add("token, locked, extended");
		}

		// the bean is a proxy, which has no fields
		Queue<String> seen() {
			return this.seen;
		}

	}

	/**
	 * Locks that the tests grant, refuse, or never release.
	 */
	static class Locks implements LockProvider {

		private final Queue<String> asked = new ConcurrentLinkedQueue<>();

		private final AtomicInteger granted = new AtomicInteger();

		private final AtomicInteger held = new AtomicInteger();

		private final Environment environment;

		Locks(Environment environment) {
			this.environment = environment;
		}

		@Override
		public Optional<SimpleLock> lock(LockConfiguration configuration) {
			this.asked.add(configuration.getName());
			if (this.environment.containsProperty("refuse")
					|| (this.environment.containsProperty("hold") && this.granted.get() > 0)) {
				return Optional.empty();
			}
			this.granted.incrementAndGet();
			this.held.incrementAndGet();
			return Optional.of(new Lock());
		}

		private final class Lock implements SimpleLock {

			@Override
			public void unlock() {
				Locks.this.held.decrementAndGet();
			}

			@Override
			public Optional<SimpleLock> extend(Duration lockAtMostFor, Duration lockAtLeastFor) {
				return Optional.of(this);
			}

		}

	}

}
