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

package io.distributedtask.test;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.DistributedTask;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.Lifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with a task of each kind.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableScheduling
@Import({ Shop.Jobs.class, Shop.Crawler.class, Shop.Leader.class, Shop.Greeting.class })
class Shop {

	/** Not in the time that a test takes. */
	static final String YEARLY = "0 0 0 1 1 *";

	@Bean
	@DistributedTask("gateway-connection")
	static Connection connection() {
		return new Connection();
	}

	/**
	 * Tasks with schedules.
	 */
	@Component
	static class Jobs {

		final List<TaskContext> invoices = new CopyOnWriteArrayList<>();

		final List<Instant> invoiceTimes = new CopyOnWriteArrayList<>();

		final AtomicInteger statistics = new AtomicInteger();

		volatile CountDownLatch mayEnd = new CountDownLatch(0);

		volatile boolean interrupted;

		@DistributedTask("invoices")
		@Scheduled(cron = YEARLY)
		void invoices(TaskContext task) {
			this.invoices.add(task);
			Instant scheduled = task.scheduledTime();
			if (scheduled != null) {
				this.invoiceTimes.add(scheduled);
			}
			try {
				this.mayEnd.await();
			}
			catch (InterruptedException ex) {
				this.interrupted = true;
			}
		}

		@DistributedTask(name = "statistics", onMissedRun = MissedRun.SKIP)
		@Scheduled(cron = YEARLY)
		void statistics() {
			this.statistics.incrementAndGet();
		}

		@DistributedTask("failing")
		@Scheduled(cron = YEARLY)
		void failing() {
			throw new IllegalStateException("no paper");
		}

	}

	/**
	 * A continuous task with shards.
	 */
	@Component
	static class Crawler {

		final List<TaskContext> running = new CopyOnWriteArrayList<>();

		@DistributedTask(name = "crawler", shards = 3)
		void crawl(TaskContext task) throws InterruptedException {
			this.running.add(task);
			try {
				while (task.isOwned()) {
					Thread.sleep(1);
				}
			}
			finally {
				this.running.remove(task);
			}
		}

	}

	/**
	 * A leader election.
	 */
	@Component
	@DistributedTask("leader")
	static class Leader implements OwnershipListener {

		final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public void onAssigned(TaskContext task) {
			this.calls.add("assigned");
		}

		@Override
		public void onRevoked(TaskContext task) {
			this.calls.add("revoked");
		}

		@Override
		public void onLost(TaskContext task) {
			this.calls.add("lost");
		}

	}

	/**
	 * A bean that is started and stopped.
	 */
	static class Connection implements Lifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	/**
	 * For a slice.
	 */
	@RestController
	static class Greeting {

		@GetMapping("/greeting")
		String greeting() {
			return "hello";
		}

	}

}
