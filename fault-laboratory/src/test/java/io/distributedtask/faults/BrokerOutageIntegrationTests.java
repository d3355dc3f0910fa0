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

package io.distributedtask.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.MissedRun;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.faults.processes.BrokerCluster;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.SoftAssertions.assertSoftly;
import static org.awaitility.Awaitility.await;

/**
 * What has run, when the only broker is away for longer than a session and comes back: a
 * group of one instance and one of two, with tasks of which most have one instant. The
 * broker waits for nobody when a group begins: who is back first after it has dropped all
 * members is alone.
 */
class BrokerOutageIntegrationTests {

	private static final int SESSION_SECONDS = 6;

	private static final int SHARDS = 2;

	private static final String PULSE = "pulse";

	private static final String RATE = "rate";

	private static final String DELAY = "delay";

	private static final List<String> LONG_PERIODS = List.of("rate#0", "rate#1", "delay#0", "delay#1");

	private static final DateTimeFormatter CRON = DateTimeFormatter.ofPattern("s m H d M '*'").withZone(ZoneOffset.UTC);

	@TempDir
	private static Path folder;

	private static BrokerCluster brokers;

	private static Group one;

	private static Group two;

	@BeforeAll
	static void start() {
		brokers = BrokerCluster.start(folder, 1, List.of("i1", "i2"));
		one = Group.start("one", 1);
		two = Group.start("two", 2);
	}

	@AfterAll
	static void stop() {
		one.close();
		two.close();
		brokers.close();
	}

	@ParameterizedTest
	@EnumSource
	void eachInstantRunsOnce(Outage outage) {
		Instants instants = registerInTime();
		awaiting().until(() -> one.hasRun("settled") && two.hasRun("settled"));
		awaiting().until(() -> one.hasRun("last") && two.hasRun("last"));
		long token = Math.max(one.highestToken(), two.highestToken());
		outage.begin();
		awaiting().until(() -> one.owned() + two.owned() == 0);
		awaiting().until(() -> Instant.now().isAfter(instants.missed().plusSeconds(1)));
		outage.end();
		awaiting().until(() -> one.isWhole() && two.isWhole());
		awaiting().until(() -> one.hasRun("missed") && two.hasRun("missed"));
		Instant owned = Instant.now();
		awaiting().until(() -> one.hasGoneOn(owned, token) && two.hasGoneOn(owned, token));
		assertSoftly((softly) -> {
			softly.assertThat(one.allRuns()).doesNotHaveDuplicates();
			softly.assertThat(one.runsOfOneInstant()).containsExactlyInAnyOrderElementsOf(Run.each(instants.all()));
			softly.assertThat(two.runsOfOneInstant()).containsExactlyInAnyOrderElementsOf(Run.each(instants.all()));
			softly.assertThat(one.runsOfLongPeriods()).containsExactlyInAnyOrderElementsOf(LONG_PERIODS);
			softly.assertThat(two.runsOfLongPeriods()).containsExactlyInAnyOrderElementsOf(LONG_PERIODS);
		});
	}

	/**
	 * On a busy machine the first instant may have passed before its shards are owned.
	 */
	private static Instants registerInTime() {
		Instants instants = register();
		while (Instant.now().isAfter(instants.settled())) {
			unregister();
			instants = register();
		}
		return instants;
	}

	private static Instants register() {
		Instants instants = Instants.after(Instant.now());
		one.register(instants.all());
		two.register(instants.all());
		awaiting().until(() -> one.isWhole() && two.isWhole());
		return instants;
	}

	@AfterEach
	void unregisterAll() {
		unregister();
	}

	private static void unregister() {
		one.unregister();
		two.unregister();
	}

	private static ConditionFactory awaiting() {
		return await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(100));
	}

	private static void awaitNobodyIn(String... groups) {
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers.adminServers()))) {
			awaiting().ignoreExceptions()
				.until(() -> admin.describeClassicGroups(List.of(groups))
					.all()
					.get()
					.values()
					.stream()
					.allMatch((group) -> group.members().isEmpty()));
		}
	}

	private enum Outage {

		KILLED,

		/** The broker drops all members, and the first instance is back first. */
		FROZEN,

		/**
		 * The broker may find a heartbeat of the first instance in a buffer, and keep it.
		 */
		FROZEN_BUT_FOR_ITS_BUFFERS;

		void begin() {
			if (this == KILLED) {
				brokers.kill(1);
			}
			else {
				brokers.freeze(1);
			}
		}

		void end() {
			if (this == KILLED) {
				brokers.start(1);
			}
			else {
				brokers.links("i1").cut();
				brokers.links("i2").cut();
				brokers.thaw(1);
				// a heartbeat that the frozen broker has in a buffer would keep the first
				// as a member
				awaitNobodyIn("one", "two");
				brokers.links("i1").heal();
				awaiting().until(two::isFirstBack);
				brokers.links("i2").heal();
			}
		}

	}

	/**
	 * What falls due when.
	 *
	 * @param settled so long before the outage that the whole group knows who has run it
	 * @param last right before the outage
	 * @param leased while the broker is away and the shard is owned
	 * @param missed while nobody owns the shard
	 */
	private record Instants(Instant settled, Instant last, Instant leased, Instant missed) {

		static Instants after(Instant now) {
			Instant settled = now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(5);
			Instant last = settled.plusSeconds(SESSION_SECONDS + 4);
			return new Instants(settled, last, last.plusSeconds(3), last.plusSeconds(SESSION_SECONDS + 4));
		}

		Map<String, Instant> all() {
			return Map.of("settled", this.settled, "last", this.last, "leased", this.leased, "missed", this.missed);
		}

	}

	private record Run(String task, int shard, Instant instant, long token) {

		/**
		 * What must not run twice, whoever owns the shard.
		 */
		String due() {
			return due(this.task, this.shard, this.instant);
		}

		static List<String> each(Map<String, Instant> instants) {
			List<String> each = new ArrayList<>();
			instants.forEach((task, instant) -> IntStream.range(0, SHARDS)
				.forEach((shard) -> each.add(due(task, shard, instant))));
			return each;
		}

		private static String due(String task, int shard, Instant instant) {
			return "%s#%d of %s".formatted(task, shard, instant);
		}

	}

	/**
	 * The instances of a group and what they have run.
	 */
	private static final class Group {

		private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

		private final List<DistributedTasks> instances = new ArrayList<>();

		private final Queue<Run> runs = new ConcurrentLinkedQueue<>();

		private Set<String> tasks = Set.of();

		static Group start(String id, int instances) {
			Group group = new Group();
			for (int number = 1; number <= instances; number++) {
				ConfigurableApplicationContext context = new SpringApplicationBuilder(Instance.class)
					.web(WebApplicationType.NONE)
					.run("--spring.kafka.bootstrap-servers=" + brokers.bootstrapServers("i" + number),
							"--distributed-task.group-id=" + id, "--distributed-task.instance-name=" + id + number,
							"--distributed-task.session-timeout=" + SESSION_SECONDS + "s",
							"--spring.main.banner-mode=off");
				group.contexts.add(context);
				group.instances.add(context.getBean(DistributedTasks.class));
			}
			return group;
		}

		void close() {
			this.contexts.forEach(ConfigurableApplicationContext::close);
		}

		void register(Map<String, Instant> instants) {
			this.runs.clear();
			Map<TaskDefinition, TaskWork> work = new HashMap<>();
			work.put(definition(PULSE), work("* * * * * *"));
			work.put(definition(RATE), TaskWork.fixedRate(Duration.ofHours(1), this::note));
			work.put(definition(DELAY), TaskWork.fixedDelay(Duration.ofHours(1), this::note));
			instants.forEach((task, instant) -> work.put(definition(task), work(CRON.format(instant))));
			this.tasks = work.keySet().stream().map(TaskDefinition::name).collect(Collectors.toSet());
			this.instances.forEach((instance) -> instance.registerAll(work));
		}

		void unregister() {
			this.instances.forEach((instance) -> instance.unregisterAll(this.tasks));
			// or the next test's tasks of the same names go on where these were
			awaiting()
				.until(() -> this.instances.stream().allMatch((instance) -> hasForgotten(instance.assignments())));
		}

		private boolean hasForgotten(Assignments group) {
			return group.group().state() == GroupStatus.STABLE && group.source() == Source.COORDINATOR
					&& group.tasks().stream().noneMatch((task) -> this.tasks.contains(task.name()));
		}

		private static TaskDefinition definition(String task) {
			return TaskDefinition.of(task).withShards(SHARDS);
		}

		private TaskWork work(String expression) {
			return TaskWork.cron(expression, ZoneOffset.UTC, MissedRun.FIRE_ONCE, this::note);
		}

		private void note(TaskContext task) {
			this.runs.add(new Run(task.name(), task.shard(), task.scheduledTime(), task.fencingToken()));
		}

		/**
		 * Whether the first instance is in a group again.
		 */
		boolean isFirstBack() {
			return this.instances.get(0).membership().state() == GroupStatus.STABLE;
		}

		/**
		 * Whether every shard has its one owner, and nothing is about to change.
		 */
		boolean isWhole() {
			return owned() == this.tasks.size() * SHARDS && this.instances.stream()
				.allMatch((instance) -> instance.assignments().group().state() == GroupStatus.STABLE);
		}

		long owned() {
			return this.instances.stream()
				.mapToLong((instance) -> this.tasks.stream()
					.mapToLong((task) -> IntStream.range(0, SHARDS)
						.filter((shard) -> instance.isOwner(task, shard))
						.count())
					.sum())
				.sum();
		}

		boolean hasRun(String task) {
			return shardsOf((run) -> run.task().equals(task)) == SHARDS;
		}

		/**
		 * Whether new owners have come to an instant.
		 */
		boolean hasGoneOn(Instant instant, long formerToken) {
			return shardsOf((run) -> run.task().equals(PULSE) && run.instant().isAfter(instant)
					&& run.token() > formerToken) == SHARDS;
		}

		private long shardsOf(Predicate<Run> condition) {
			return this.runs.stream().filter(condition).map(Run::shard).distinct().count();
		}

		long highestToken() {
			return this.runs.stream().mapToLong(Run::token).max().orElseThrow();
		}

		/**
		 * What has run of tasks that have one instant.
		 */
		List<String> runsOfOneInstant() {
			return this.runs.stream()
				.filter((run) -> !Set.of(PULSE, RATE, DELAY).contains(run.task()))
				.map(Run::due)
				.toList();
		}

		/**
		 * What has run of tasks that are due when they are assigned first, and not again
		 * while the test runs.
		 */
		List<String> runsOfLongPeriods() {
			return this.runs.stream()
				.filter((run) -> Set.of(RATE, DELAY).contains(run.task()))
				.map((run) -> run.task() + "#" + run.shard())
				.toList();
		}

		List<String> allRuns() {
			return this.runs.stream().map(Run::due).toList();
		}

	}

	@EnableAutoConfiguration
	static class Instance {

	}

}
