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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.broker.EmbeddedBrokers;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of what becomes of an instance's shards while it restarts: several
 * instances of an application in this process, and real brokers.
 */
class RestartIntegrationTests {

	private static final int SHARDS = 20;

	private static final Duration PERIOD = Duration.ofSeconds(3);

	private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");

	private static final String STATIC = "--distributed-task.static-member-id=id-${distributed-task.instance-name}";

	private static final String LONG_SESSION = "--distributed-task.session-timeout=10s";

	private static final Journal journal = new Journal();

	private static EmbeddedBrokers brokers;

	private final String groupId = "group-" + System.nanoTime();

	private final Map<String, ConfigurableApplicationContext> instances = new LinkedHashMap<>();

	private final List<ConfigurableApplicationContext> crashed = new ArrayList<>();

	@BeforeAll
	static void startBroker() {
		brokers = start(EmbeddedBrokers.builder());
	}

	private static EmbeddedBrokers start(EmbeddedBrokers.Builder builder) {
		return builder.property("group.min.session.timeout.ms", "1000").start();
	}

	@AfterAll
	static void stopBroker() {
		brokers.close();
	}

	@AfterEach
	void stopInstances() {
		// one after the other, each would wait for the static members before it
		Stream.concat(this.instances.values().stream(), this.crashed.stream())
			.map((context) -> CompletableFuture.runAsync(() -> SpringApplication.exit(context),
					(exit) -> new Thread(exit).start()))
			.toList()
			.forEach(CompletableFuture::join);
		assertThat(journal.overlaps).as("shards that ran twice at a time").isEmpty();
		journal.starts.clear();
		journal.fires.clear();
	}

	@Test
	void aRollingRestartWithinTheDelayMovesNothing() {
		rollingRestartMovesNothing("--distributed-task.rebalance-delay=2m");
	}

	@Test
	void aRollingRestartOfStaticMembersMovesNothing() {
		rollingRestartMovesNothing("--distributed-task.session-timeout=40s", STATIC);
	}

	private void rollingRestartMovesNothing(String... arguments) {
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

	@Test
	void whoCrashesAndIsBackWithinTheDelayGetsItsOwn() {
		List<String> three = List.of("a", "b", "c");
		three.forEach((name) -> start(name, "--distributed-task.rebalance-delay=2m"));
		Map<Integer, String> before = awaitOwners();
		for (String name : three) {
			int starts = journal.starts.size();
			crash(name);
			awaitUnassigned(other(name), "kept for " + name + " until ");
			start(name, "--distributed-task.rebalance-delay=2m");
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(journal.starts.subList(starts, journal.starts.size()))
				.allSatisfy((start) -> assertThat(start.instance()).isEqualTo(name));
		}
	}

	@Test
	void aStaticMemberThatCrashesAndIsBackWaitsUntilItsFormerProcessCannotRunAnything() {
		List<String> three = List.of("a", "b", "c");
		three.forEach((name) -> start(name, STATIC, LONG_SESSION));
		Map<Integer, String> before = awaitOwners();
		for (String name : three) {
			int starts = journal.starts.size();
			crash(name);
			start(name, STATIC, LONG_SESSION);
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(journal.starts.subList(starts, journal.starts.size()))
				.allSatisfy((start) -> assertThat(start.instance()).isEqualTo(name));
		}
	}

	@Test
	void aStaticMemberThatDoesNotComeBackIsReplacedAfterItsSession() {
		List.of("a", "b").forEach((name) -> start(name, STATIC));
		awaitOwners();
		stop("a");
		assertThat(owners()).as("kept for a session").doesNotContainValue("a").hasSizeLessThan(SHARDS);
		await().until(() -> owners().size() == SHARDS);
	}

	@Test
	void aStaticMemberThatIsAloneGoesOnWithItsSchedules() {
		start("a", STATIC, LONG_SESSION);
		await().until(() -> journal.fires.size() > 1);
		stop("a");
		start("a", STATIC, LONG_SESSION);
		int fires = journal.fires.size();
		await().until(() -> journal.fires.size() > fires + 1);
		assertFiredOnceEach();
	}

	@Test
	void ofTwoProcessesWithOneStaticIdTheFormerStandsBackUntilTheOtherIsGone() {
		start("a", "--distributed-task.static-member-id=same");
		await().until(() -> owners().size() == SHARDS);
		start("b", "--distributed-task.static-member-id=same");
		await().until(() -> tasks("a").membership().needsRemedy());
		assertThat(tasks("a").membership().problem()).contains("distributed-task.static-member-id=same")
			.contains("an id of its own");
		await().until(() -> IntStream.range(0, SHARDS)
			.allMatch((shard) -> "b".equals(journal.running(id(this.groupId, shard)))));
		int starts = journal.starts.size();
		await().during(Duration.ofSeconds(8)).until(() -> owners().size() == SHARDS && owners().containsValue("b"));
		assertThat(tasks("b").membership().problem()).isNull();
		assertThat(journal.starts).as("they do not drive each other out").hasSize(starts);
		stop("b");
		await().until(() -> owners().size() == SHARDS && owners().containsValue("a"));
		await().until(() -> tasks("a").membership().problem() == null);
	}

	@Test
	void aBrokerThatIsRestartedFencesNoStaticMember() {
		try (EmbeddedBrokers own = start(EmbeddedBrokers.builder())) {
			List<String> three = List.of("a", "b", "c");
			three.forEach((name) -> startOn(own, name, STATIC, LONG_SESSION));
			Map<Integer, String> before = awaitOwners();
			stop("b");
			startOn(own, "b", STATIC, LONG_SESSION);
			awaitOwners();
			int starts = journal.starts.size();
			own.stop(1);
			own.start(1);
			await().until(() -> three.stream()
				.allMatch((name) -> tasks(name).membership().lastContact() != null
						&& tasks(name).membership().lastContact().isAfter(Instant.now().minusSeconds(1))));
			assertThat(awaitOwners()).isEqualTo(before);
			assertThat(three).allSatisfy((name) -> assertThat(tasks(name).membership().problem()).isNull());
			assertThat(journal.starts).hasSize(starts);
			three.forEach(this::stop);
		}
	}

	@Test
	void othersGetTheShardsOfWhoDoesNotComeBackWithinTheDelay() {
		List.of("a", "b", "c").forEach((name) -> start(name, "--distributed-task.rebalance-delay=3s"));
		awaitOwners();
		crash("b");
		Instant end = awaitUnassigned("a", "kept for b until ");
		await().until(() -> owners().size() == SHARDS && !owners().containsValue("b"));
		assertThat(Instant.now()).isAfterOrEqualTo(end);
		stop("c");
		await().until(() -> owners().size() == SHARDS && !owners().containsValue("c"));
	}

	private static String id(String groupId, int shard) {
		return groupId + "[" + shard + "]";
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	private ConfigurableApplicationContext start(String name, String... arguments) {
		return startOn(brokers, name, arguments);
	}

	private ConfigurableApplicationContext startOn(EmbeddedBrokers brokers, String name, String... arguments) {
		List<String> all = new ArrayList<>(List.of("--spring.kafka.bootstrap-servers=" + brokers.bootstrapServers(),
				"--distributed-task.group-id=" + this.groupId, "--distributed-task.instance-name=" + name,
				"--spring.main.banner-mode=off"));
		all.addAll(List.of(arguments));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("distributed-task.heartbeat-interval=200ms", "distributed-task.session-timeout=5s",
					"distributed-task.rebalance-timeout=40s")
			.run(all.toArray(String[]::new));
		this.instances.put(name, context);
		return context;
	}

	private void stop(String name) {
		SpringApplication.exit(this.instances.remove(name));
	}

	/**
	 * Cut an instance off for good; what it runs goes on until its lease has ended.
	 */
	private void crash(String name) {
		ConfigurableApplicationContext context = this.instances.remove(name);
		context.getBean(CrashableMemberships.class).crash();
		this.crashed.add(context);
	}

	private String other(String name) {
		return this.instances.keySet()
			.stream()
			.filter((candidate) -> !candidate.equals(name))
			.findFirst()
			.orElseThrow();
	}

	private DistributedTasks tasks(String name) {
		return this.instances.get(name).getBean(DistributedTasks.class);
	}

	/**
	 * The owners of the crawler's shards by what the instances themselves say.
	 */
	private Map<Integer, String> owners() {
		Map<Integer, String> owners = new TreeMap<>();
		this.instances.keySet().forEach((name) -> {
			for (int shard = 0; shard < SHARDS; shard++) {
				if (tasks(name).isOwner("crawler", shard)) {
					owners.put(shard, name);
				}
			}
		});
		return owners;
	}

	private Map<Integer, String> awaitOwners() {
		await().untilAsserted(() -> {
			assertThat(owners()).hasSize(SHARDS);
			assertThat(owners().values().stream().distinct()).hasSameSizeAs(this.instances.keySet());
			owners().forEach((shard, owner) -> assertThat(journal.running(id(this.groupId, shard))).isEqualTo(owner));
			assertThat(this.instances.keySet())
				.allSatisfy((name) -> assertThat(tasks(name).membership().state()).isEqualTo(GroupStatus.STABLE));
		});
		return owners();
	}

	/**
	 * Wait until the endpoint of an instance says that shards are kept.
	 * @return the time that it says
	 */
	private Instant awaitUnassigned(String name, String reason) {
		return await().until(() -> crawler(name).stream()
			.map(Assignment::reason)
			.filter((candidate) -> candidate != null && candidate.startsWith(reason))
			.map((candidate) -> Instant.parse(candidate.substring(reason.length())))
			.findFirst()
			.orElse(null), (end) -> end != null);
	}

	private List<Assignment> crawler(String name) {
		return tasks(name).assignments()
			.tasks()
			.stream()
			.filter((task) -> task.name().equals("crawler"))
			.map(Assignments.Task::assignments)
			.findFirst()
			.orElse(List.of());
	}

	private Map<Integer, Long> tokens() {
		Map<Integer, Long> tokens = new TreeMap<>();
		journal.starts.forEach((start) -> tokens.merge(start.shard(), start.token(), Math::max));
		return tokens;
	}

	/**
	 * No stop took so long that instants were left out.
	 */
	private void assertFiredOnceEach() {
		await().until(() -> journal.fires.size() > 2);
		List<Instant> fires = List.copyOf(journal.fires);
		for (int i = 1; i < fires.size(); i++) {
			assertThat(fires.get(i)).as("after %s", fires.get(i - 1)).isEqualTo(fires.get(i - 1).plus(PERIOD));
		}
	}

	/**
	 * What has been run.
	 */
	private static final class Journal {

		private final List<Start> starts = new CopyOnWriteArrayList<>();

		private final List<String> overlaps = new CopyOnWriteArrayList<>();

		private final List<Instant> fires = new CopyOnWriteArrayList<>();

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

	private record Start(String instance, int shard, long token) {
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
