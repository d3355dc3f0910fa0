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
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.fixture.Instances;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What tests of restarts have in common: several instances of an application in this
 * process, what they run, and what may be said of it.
 */
abstract class RestartedInstances {

	static final int SHARDS = 20;

	private static final Duration PERIOD = Duration.ofSeconds(3);

	private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");

	static final Journal journal = new Journal();

	final Instances instances = new Instances(Application.class).with("distributed-task.heartbeat-interval=200ms",
			"distributed-task.session-timeout=5s", "distributed-task.rebalance-timeout=40s");

	@AfterEach
	void stopInstances() {
		this.instances.close();
		assertThat(journal.overlaps).as("shards that ran twice at a time").isEmpty();
		journal.starts.clear();
		journal.fires.clear();
	}

	void rollingRestartMovesNothing(String... arguments) {
		FIVE.forEach((name) -> start(name, arguments));
		Map<Integer, String> before = awaitOwners();
		assertThat(before.values()).containsAll(FIVE);
		for (String name : FIVE) {
			int starts = journal.starts.size();
			Map<Integer, Long> tokens = tokens();
			stop(name);
			start(name, arguments);
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(journal.starts.subList(starts, journal.starts.size()))
				.as("what was started because '%s' was restarted", name)
				.allSatisfy((start) -> assertThat(start.instance()).isEqualTo(name));
			tokens().forEach((shard, token) -> {
				if (before.get(shard).equals(name)) {
					assertThat(token).as("token of shard %d", shard).isGreaterThan(tokens.get(shard));
				}
				else {
					assertThat(token).as("token of shard %d", shard).isEqualTo(tokens.get(shard));
				}
			});
		}
		assertFiredOnceEach();
	}

	static String id(String groupId, int shard) {
		return groupId + "[" + shard + "]";
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	ConfigurableApplicationContext start(String name, String... arguments) {
		return this.instances.start(name, arguments);
	}

	void stop(String name) {
		this.instances.stop(name);
	}

	DistributedTasks tasks(String name) {
		return this.instances.tasks(name);
	}

	/**
	 * The owners of the crawler's shards by what the instances themselves say.
	 */
	Map<Integer, String> owners() {
		Map<Integer, String> owners = new TreeMap<>();
		this.instances.names().forEach((name) -> {
			for (int shard = 0; shard < SHARDS; shard++) {
				if (tasks(name).isOwner("crawler", shard)) {
					owners.put(shard, name);
				}
			}
		});
		return owners;
	}

	Map<Integer, String> awaitOwners() {
		await().untilAsserted(() -> {
			assertThat(owners()).hasSize(SHARDS);
			assertThat(owners().values().stream().distinct()).hasSameSizeAs(this.instances.names());
			owners().forEach((shard, owner) -> assertThat(journal.running(id(this.instances.groupId(), shard)))
				.isEqualTo(owner));
			assertThat(this.instances.names())
				.allSatisfy((name) -> assertThat(tasks(name).membership().state()).isEqualTo(GroupStatus.STABLE));
		});
		return owners();
	}

	/**
	 * Wait until the endpoint of an instance says that shards are kept.
	 * @return the time that it says
	 */
	Instant awaitUnassigned(String name, String reason) {
		return await().until(() -> crawler(name).stream()
			.map(Assignment::reason)
			.filter((candidate) -> candidate != null && candidate.startsWith(reason))
			.map((candidate) -> Instant.parse(candidate.substring(reason.length())))
			.findFirst()
			.orElse(null), (end) -> end != null);
	}

	List<Assignment> crawler(String name) {
		return tasks(name).assignments()
			.tasks()
			.stream()
			.filter((task) -> task.name().equals("crawler"))
			.map(Assignments.Task::assignments)
			.findFirst()
			.orElse(List.of());
	}

	Map<Integer, Long> tokens() {
		Map<Integer, Long> tokens = new TreeMap<>();
		journal.starts.forEach((start) -> tokens.merge(start.shard(), start.token(), Math::max));
		return tokens;
	}

	/**
	 * No stop took so long that instants were left out.
	 */
	void assertFiredOnceEach() {
		await().until(() -> journal.fires.size() > 2);
		List<Instant> fires = List.copyOf(journal.fires);
		for (int i = 1; i < fires.size(); i++) {
			assertThat(fires.get(i)).as("after %s", fires.get(i - 1)).isEqualTo(fires.get(i - 1).plus(PERIOD));
		}
	}

	/**
	 * What has been run.
	 */
	static final class Journal {

		final List<Start> starts = new CopyOnWriteArrayList<>();

		final List<String> overlaps = new CopyOnWriteArrayList<>();

		final List<Instant> fires = new CopyOnWriteArrayList<>();

		private final Map<String, String> running = new TreeMap<>();

		synchronized void begin(String shard, String instance) {
			String other = this.running.putIfAbsent(shard, instance);
			if (other != null) {
				this.overlaps.add("%s on %s and %s".formatted(shard, other, instance));
			}
		}

		synchronized void end(String shard, String instance) {
			this.running.remove(shard, instance);
		}

		/**
		 * The instance that runs a shard.
		 */
		synchronized @Nullable String running(String shard) {
			String instance = this.running.get(shard);
			return (instance != null) ? instance.substring(0, instance.indexOf(' ')) : null;
		}

	}

	record Start(String instance, int shard, long token) {
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker(@Value("${distributed-task.instance-name}") String instance,
				@Value("${distributed-task.group-id}") String groupId) {
			return new Worker(instance, groupId);
		}

		@Bean
		static CrashableMemberships memberships() {
			return new CrashableMemberships();
		}

	}

	/**
	 * Runs and takes note of it.
	 */
	static class Worker {

		private final String instance;

		private final String groupId;

		Worker(String instance, String groupId) {
			this.instance = instance;
			this.groupId = groupId;
		}

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) throws InterruptedException {
			String id = id(this.groupId, task.shard());
			journal.starts.add(new Start(this.instance, task.shard(), task.fencingToken()));
			journal.begin(id, this.instance + " token " + task.fencingToken());
			try {
				while (task.isOwned()) {
					Thread.sleep(5);
				}
			}
			finally {
				journal.end(id, this.instance + " token " + task.fencingToken());
			}
		}

		@DistributedTask("tick")
		@Scheduled(cron = "*/3 * * * * *")
		void tick(TaskContext task) {
			Instant scheduled = task.scheduledTime();
			if (scheduled != null) {
				journal.fires.add(scheduled.truncatedTo(ChronoUnit.SECONDS));
			}
		}

	}

}
