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

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Task;
import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.fixture.Instances;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of what an operator may ask of any instance: three of them, in this
 * process, and a real broker.
 */
class ControlIntegrationTests {

	private static final String GROUP = "group-" + System.nanoTime();

	private static Instances instances;

	private final HttpClient client = HttpClient.newHttpClient();

	@BeforeAll
	static void startAll() {
		instances = new Instances(Application.class).withWebServer()
			.with("management.endpoints.web.exposure.include=assignments",
					"management.endpoint.assignments.access=unrestricted");
		List.of("a", "b", "c").forEach(ControlIntegrationTests::start);
	}

	@AfterAll
	static void stopAll() {
		instances.close();
	}

	@BeforeEach
	void awaitSpread() {
		await().untilAsserted(() -> {
			Assignments group = tasks("a").assignments();
			assertThat(group.group().state()).isEqualTo(GroupStatus.STABLE);
			assertThat(group.instances()).extracting(Instance::name).containsExactly("a", "b", "c");
			assertThat(group.instances()).allMatch((instance) -> instance.owned() >= 2);
		});
	}

	@AfterEach
	void takeEverythingBack() {
		tasks("a").resumeAll();
		List.of("crawler", "tick", "report").forEach(tasks("a")::resume);
	}

	@Test
	@Tag("kafka")
	void aTaskIsPausedByAnInstanceThatDoesNotOwnIt() throws Exception {
		String owner = Objects.requireNonNull(owner("a", "tick", 0));
		String other = otherThan(owner);
		await().until(() -> worker(owner).ticks.get() > 10);
		assertThat(post(other, "/tick", "{\"action\":\"pause\"}").statusCode()).isEqualTo(200);
		await().until(() -> execution(owner, "tick", 0) == ExecutionStatus.PAUSED);
		int ticks = worker(owner).ticks.get();
		await().untilAsserted(() -> instances.names()
			.forEach((instance) -> assertThat(task(instance, "tick").paused()).as(instance).isTrue()));
		Assignment assignment = task(other, "tick").assignments().get(0);
		assertThat(assignment.owner()).as("it keeps its owner").isEqualTo(owner);
		assertThat(assignment.reason()).startsWith("paused at ").endsWith(" on " + other);
		assertThat(worker(owner).ticks).as("nothing has run since").hasValue(ticks);
		assertThat(post(otherThan(owner, other), "/tick", "{\"action\":\"resume\"}").statusCode()).isEqualTo(200);
		await().until(() -> worker(owner).ticks.get() > ticks + 10);
	}

	@Test
	void whatRunsForAsLongAsItIsOwnedEndsWithAPauseOfTheWholeGroup() throws Exception {
		await().until(() -> totalRunning() == 6);
		assertThat(post("c", "", "{\"action\":\"pause\"}").statusCode()).isEqualTo(200);
		await().until(() -> totalRunning() == 0);
		await().untilAsserted(() -> instances.names()
			.forEach((instance) -> assertThat(tasks(instance).assignments().group().paused()).isTrue()));
		assertThat(task("b", "crawler").assignments()).allMatch((assignment) -> assignment.owner() != null);
		assertThat(post("b", "", "{\"action\":\"resume\"}").statusCode()).isEqualTo(200);
		await().until(() -> totalRunning() == 6);
	}

	@Test
	@Tag("kafka")
	void aRunIsMadeOnceOnTheOwnerWhereverItIsAskedFor() throws Exception {
		String owner = owner("a", "report", 0);
		int reports = totalReports();
		int asked = 0;
		for (String instance : List.of("a", "b", "c", "a", "b", "c")) {
			// while the group rebalances the owner may not be known, and nothing is run
			HttpResponse<String> response = await().until(() -> post(instance, "/report", "{\"action\":\"run\"}"),
					(it) -> it.statusCode() != 409);
			JsonNode answer = JsonMapper.shared().readTree(response.body());
			assertThat(answer.at("/owner").asString()).isEqualTo(owner);
			asked++;
			if (asked > 3) {
				instances.names().forEach((name) -> tasks(name).rebalance("to disturb"));
			}
			int expected = reports + asked;
			await().until(() -> totalReports() >= expected);
		}
		instances.names().forEach((name) -> tasks(name).rebalance("to disturb"));
		awaitSpread();
		assertThat(totalReports()).isEqualTo(reports + asked);
		assertThat(worker(Objects.requireNonNull(owner)).reports.get()).isGreaterThanOrEqualTo(asked);
	}

	@Test
	void aRunThatIsAskedForWhileTheShardIsMovedIsMadeOnceToo() {
		int reports = totalReports();
		for (int i = 1; i <= 6; i++) {
			String owner = Objects.requireNonNull(owner("a", "report", 0));
			String target = otherThan(owner);
			tasks(target).move("report", 0, target);
			int asked = i;
			await().until(() -> {
				tasks(owner).run("report", 0);
				return true;
			});
			await().until(() -> totalReports() >= reports + asked);
			await().until(() -> target.equals(owner("b", "report", 0)));
		}
		tasks("a").clear("report", 0);
		assertThat(totalReports()).isEqualTo(reports + 6);
	}

	@Test
	void aMoveHoldsOverRebalancesAndEndsWhenItsInstanceLeaves() throws Exception {
		start("d");
		await().until(() -> task("a", "crawler").assignments().stream().anyMatch((one) -> "d".equals(one.owner())));
		int shard = task("a", "crawler").assignments()
			.stream()
			.filter((one) -> !"d".equals(one.owner()))
			.findFirst()
			.orElseThrow()
			.shard();
		assertThat(post("a", "/crawler", "{\"action\":\"move\",\"shard\":%d,\"instance\":\"d\"}".formatted(shard))
			.statusCode()).isEqualTo(200);
		await().until(() -> "d".equals(owner("b", "crawler", shard)));
		start("e");
		await().until(() -> tasks("e").membership().owned() > 0);
		tasks("b").rebalance("to disturb");
		stop("e");
		await().until(() -> tasks("b").assignments().instances().size() == 4);
		awaitStable("b");
		assertThat(task("b", "crawler").assignments().get(shard).owner()).isEqualTo("d");
		assertThat(task("b", "crawler").assignments().get(shard).reason()).isEqualTo("pinned to d");
		stop("d");
		await().until(() -> owner("b", "crawler", shard) != null && !"d".equals(owner("b", "crawler", shard)));
		await().until(() -> task("b", "crawler").assignments().get(shard).reason() == null);
	}

	@Test
	void aDrainedInstanceOwnsNothingAndStays() throws Exception {
		assertThat(post("a", "", "{\"action\":\"drain\",\"instance\":\"c\"}").statusCode()).isEqualTo(200);
		await().until(() -> tasks("c").membership().owned() == 0);
		await().untilAsserted(() -> assertThat(task("b", "crawler").assignments())
			.allMatch((one) -> one.owner() != null && !one.owner().equals("c")));
		tasks("b").rebalance("to disturb");
		await().untilAsserted(() -> assertThat(tasks("b").assignments().instances()).filteredOn(Instance::draining)
			.extracting(Instance::name)
			.containsExactly("c"));
		assertThat(tasks("c").membership().owned()).isZero();
		assertThat(post("b", "", "{\"action\":\"undrain\",\"instance\":\"c\"}").statusCode()).isEqualTo(200);
		await().until(() -> tasks("c").membership().owned() >= 2);
	}

	@Test
	void requestsThatContradictEachOtherConverge() {
		long seed = Long.getLong("tests.seed", 1);
		List<CompletableFuture<?>> operators = new ArrayList<>();
		for (String instance : instances.names()) {
			Random random = new Random(seed + instance.charAt(0));
			operators.add(CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 20; i++) {
					String task = List.of("crawler", "tick", "report").get(random.nextInt(3));
					DistributedTasks tasks = tasks(instance);
					switch (random.nextInt(4)) {
						case 0 -> tasks.pauseAll();
						case 1 -> tasks.resumeAll();
						case 2 -> tasks.pause(task);
						default -> tasks.resume(task);
					}
				}
			}));
		}
		operators.forEach(CompletableFuture::join);
		await().untilAsserted(() -> {
			Map<String, Boolean> expected = paused("a");
			instances.names()
				.forEach((instance) -> assertThat(paused(instance)).as("seed %d on %s", seed, instance)
					.isEqualTo(expected));
			Assignments.Task tick = task("a", "tick");
			String owner = Objects.requireNonNull(tick.assignments().get(0).owner());
			assertThat(execution(owner, "tick", 0) == ExecutionStatus.PAUSED).isEqualTo(tick.paused());
		});
	}

	@Test
	void whatWasDecidedOutlivesTheLeader() {
		tasks("b").pause("tick");
		await().untilAsserted(
				() -> instances.names().forEach((instance) -> assertThat(task(instance, "tick").paused()).isTrue()));
		String leader = Objects.requireNonNull(tasks("a").assignments().group().leader());
		instances.get(leader).getBean(CrashableMemberships.class).crash();
		String survivor = otherThan(leader);
		await().until(() -> tasks(survivor).assignments().instances().size() == 2);
		awaitStable(survivor);
		assertThat(task(survivor, "tick").paused()).isTrue();
		stop(leader);
		start(leader);
		await().until(() -> tasks(leader).assignments().instances().size() == 3);
		await().until(() -> task(leader, "tick").paused());
		tasks(leader).resume("tick");
		int ticks = totalTicks();
		await().until(() -> totalTicks() > ticks + 10);
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(90)).ignoreExceptions();
	}

	private static void start(String name) {
		instances.start(name);
	}

	private static void stop(String name) {
		instances.stop(name);
	}

	private static DistributedTasks tasks(String instance) {
		return instances.tasks(instance);
	}

	private static Worker worker(String instance) {
		return instances.get(instance).getBean(Worker.class);
	}

	private static String otherThan(String... names) {
		return instances.otherThan(names);
	}

	private static Task task(String instance, String task) {
		return tasks(instance).assignments()
			.tasks()
			.stream()
			.filter((candidate) -> candidate.name().equals(task))
			.findFirst()
			.orElseThrow();
	}

	private static @Nullable String owner(String instance, String task, int shard) {
		return task(instance, task).assignments().get(shard).owner();
	}

	private static @Nullable ExecutionStatus execution(String instance, String task, int shard) {
		Assignments.Execution execution = task(instance, task).assignments().get(shard).execution();
		return (execution != null) ? execution.status() : null;
	}

	private static Map<String, Boolean> paused(String instance) {
		Assignments group = tasks(instance).assignments();
		Map<String, Boolean> paused = new TreeMap<>();
		group.tasks().forEach((task) -> paused.put(task.name(), task.paused()));
		paused.put("", group.group().paused());
		return paused;
	}

	private static void awaitStable(String instance) {
		await().untilAsserted(() -> {
			Assignments group = tasks(instance).assignments();
			assertThat(group.group().state()).isEqualTo(GroupStatus.STABLE);
			assertThat(group.tasks()).allSatisfy(
					(task) -> assertThat(task.assignments()).allMatch((assignment) -> assignment.owner() != null));
		});
	}

	private static int totalTicks() {
		return instances.names().stream().mapToInt((instance) -> worker(instance).ticks.get()).sum();
	}

	private static int totalReports() {
		return instances.names().stream().mapToInt((instance) -> worker(instance).reports.get()).sum();
	}

	private static int totalRunning() {
		return instances.names().stream().mapToInt((instance) -> worker(instance).running.get()).sum();
	}

	private HttpResponse<String> post(String instance, String path, String body)
			throws IOException, InterruptedException {
		String port = instances.get(instance).getEnvironment().getRequiredProperty("local.server.port");
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/assignments" + path))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString());
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		static CrashableMemberships memberships() {
			return new CrashableMemberships();
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

		private final AtomicInteger reports = new AtomicInteger();

		private final AtomicInteger ticks = new AtomicInteger();

		@DistributedTask(name = "crawler", shards = 6)
		void crawl(TaskContext task) throws InterruptedException {
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

		@DistributedTask("tick")
		@Scheduled(fixedRate = 50)
		void tick() {
			this.ticks.incrementAndGet();
		}

		@DistributedTask("report")
		@Scheduled(cron = "0 0 0 29 2 *")
		void report() {
			this.reports.incrementAndGet();
		}

	}

}
