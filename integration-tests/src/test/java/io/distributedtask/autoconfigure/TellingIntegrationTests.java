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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.Instances;
import io.distributedtask.fixture.SharedBroker;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What three applications on a real broker tell of themselves: over HTTP, in their meters
 * and in the log.
 */
@org.junit.jupiter.api.Tag("jdk")
@ExtendWith(OutputCaptureExtension.class)
class TellingIntegrationTests {

	private static final int SHARDS = 6;

	private static final String AGE_OF_BROKEN = "distributed_task_success_age_seconds{task=\"broken\"}";

	private static EmbeddedBrokers brokers;

	private final HttpClient client = HttpClient.newHttpClient();

	private final Instances instances = new Instances(Application.class).withWebServer()
		.with("distributed-task.session-timeout=5s", "distributed-task.rebalance-timeout=10s",
				"management.endpoints.web.exposure.include=assignments,health,prometheus,info,scheduledtasks",
				"management.endpoint.health.show-details=always", "logging.level.io.distributedtask=INFO",
				"logging.level.org.apache.kafka=INFO");

	@BeforeAll
	static void startBroker() {
		brokers = SharedBroker.withShortSessions().start();
	}

	@AfterAll
	static void stopBroker() {
		brokers.close();
	}

	@AfterEach
	void stopInstances() {
		brokers.start(1);
		this.instances.close();
	}

	@Test
	void aScrapeSaysWhoOwnsRunsAndLeads() {
		start("a");
		start("b");
		awaitOwned(3, "a", "b");
		await().untilAsserted(() -> {
			Map<String, Double> a = scrape("a");
			Map<String, Double> b = scrape("b");
			assertThat(a).containsEntry("distributed_task_owned_shards{task=\"crawler\"}", 3.0)
				.containsEntry("distributed_task_instances", 2.0)
				.containsEntry("distributed_task_unassigned_shards{task=\"nowhere\"}", 1.0)
				.containsEntry("distributed_task_leader", 1.0)
				.containsEntry("distributed_task_stuck_shards", 0.0)
				.containsEntry("distributed_task_rebalance_seconds_count{cause=\"started\"}", 1.0)
				.containsEntry("distributed_task_rebalance_seconds_count{cause=\"left\"}", 0.0)
				.containsEntry("distributed_task_handover_seconds_count", (double) tasksHandedOver())
				.containsEntry("distributed_task_lost_shards_total{cause=\"lease-expired\"}", 0.0);
			assertThat(a.get("distributed_task_rebalance_seconds_count{cause=\"joined\"}")).isEqualTo(1);
			assertThat(a.get("distributed_task_rebalance_seconds_count{cause=\"hand-over\"}")).isPositive();
			assertThat(a.get("distributed_task_handover_seconds_sum")).isPositive();
			assertThat(a.get("distributed_task_lease_remaining_seconds")).isBetween(0.1, 5.0);
			assertThat(a.get("distributed_task_generation")).isEqualTo(b.get("distributed_task_generation"))
				.isPositive();
			assertThat(a.get("distributed_task_record_size_bytes")).isPositive()
				.isLessThan(a.get("distributed_task_record_limit_bytes"));
			assertThat(b).containsEntry("distributed_task_owned_shards{task=\"crawler\"}", 3.0)
				.containsEntry("distributed_task_leader", 0.0)
				.doesNotContainKey("distributed_task_unassigned_shards{task=\"nowhere\"}")
				.containsEntry("distributed_task_record_size_bytes", 0.0);
			Map<String, Double> both = new TreeMap<>(a);
			both.putAll(b);
			assertThat(
					both.get("distributed_task_run_seconds_count{error=\"none\",outcome=\"SUCCESS\",task=\"report\"}"))
				.isPositive();
			assertThat(both.get("distributed_task_run_seconds_count{error=\"IllegalStateException\","
					+ "outcome=\"ERROR\",task=\"broken\"}"))
				.isPositive();
			assertThat(both.get("distributed_task_run_active_seconds_count{outcome=\"UNKNOWN\",task=\"crawler\"}"))
				.isEqualTo(3);
			assertThat(both.get("distributed_task_success_age_seconds{task=\"broken\"}"))
				.isGreaterThan(both.get("distributed_task_success_age_seconds{task=\"report\"}"));
		});
		assertThat(scrape("a").values()).as("none is not a number").noneMatch((value) -> value.isNaN());
		assertThat(scrape("a").keySet()).as("no tag for shards").noneMatch((name) -> name.contains("shard="));
	}

	private int tasksHandedOver() {
		return SHARDS / 2 + 1;
	}

	@Test
	void theDocumentationHasEveryMeterAndNoOther() throws IOException {
		start("a");
		awaitOwned(SHARDS, "a");
		tasks("a").pause("report");
		await().untilAsserted(() -> assertThat(changes("a", "DECIDED")).singleElement().satisfies((change) -> {
			assertThat(text(change, "reason")).isEqualTo("pause");
			assertThat(text(change, "task")).isEqualTo("report");
			assertThat(text(change, "askedOn")).isEqualTo("a");
		}));
		Set<String> documented = documented();
		await().untilAsserted(() -> assertThat(registered("a")).isEqualTo(documented));
	}

	@Test
	void aCrashIsToldByHistoryLogAndMeters(CapturedOutput output) {
		start("a");
		awaitOwned(SHARDS, "a");
		// who is there when a looks for the first time has not joined since
		await().untilAsserted(() -> assertThat(changes("a", "ASSIGNED")).isNotEmpty());
		start("b");
		awaitOwned(3, "a", "b");
		start("c");
		awaitOwned(2, "a", "b", "c");
		await().untilAsserted(() -> assertThat(changes("a", "JOINED")).extracting((change) -> text(change, "to"))
			.containsExactly("b", "c"));
		await().untilAsserted(() -> assertThat(shards("a", "MOVED", "to", "c")).hasSize(2));
		Instant crash = Instant.now();
		this.instances.crash("b");
		awaitOwned(3, "a", "c");
		for (String name : List.of("a", "c")) {
			await().untilAsserted(() -> {
				assertThat(changes(name, "LEFT")).extracting((change) -> text(change, "from")).containsExactly("b");
				assertThat(shards(name, "MOVED", "from", "b")).as(name).hasSizeGreaterThanOrEqualTo(2);
				assertThat(changes(name, "MOVED")).filteredOn((change) -> "b is gone".equals(text(change, "reason")))
					.isNotEmpty()
					.allSatisfy((change) -> {
						assertThat(text(change, "from")).isEqualTo("b");
						assertThat(Instant.parse(String.valueOf(text(change, "at")))).isAfter(crash);
						assertThat(change.get("generation").asInt()).isEqualTo(tasks(name).membership().generation());
					});
				assertThat(changes(name, "REBALANCED")).last()
					.satisfies((change) -> assertThat(text(change, "reason")).isEqualTo("b left"));
			});
		}
		assertThat(history("a", "/report")).as("of one task")
			.isNotEmpty()
			.allSatisfy((change) -> assertThat(text(change, "task")).isEqualTo("report"));
		await().untilAsserted(() -> {
			double failedOver = meter("a", "distributed_task_failover_seconds_count")
					+ meter("c", "distributed_task_failover_seconds_count");
			assertThat(failedOver).as("two of crawler, and report or broken if they were there").isBetween(2.0, 3.0);
		});
		assertThat(output.toString())
			.containsPattern("Group '%s' rebalanced to generation \\d+ in \\d+ ms: b left\\. ".formatted(
					this.instances.groupId()) + "2 instances, leader 'a' \\(this one\\): \\d shards assigned, 0 to be "
					+ "stopped first, 1 unassigned")
			.containsPattern(": c joined\\. 3 instances, leader 'a' \\(this one\\)")
			.containsPattern("Assigned \\d shards: .*crawler\\[.*\\(\\d from an owner that has vanished\\)")
			.containsPattern("Revoked \\d shards?: .*crawler\\[")
			.containsPattern("Given back \\d shards?: .*crawler\\[.*, within \\d+ ms of being revoked");
		await().untilAsserted(() -> assertThat(output.toString())
			.containsPattern("WARN .*Lost \\d shards: .*crawler\\[.*: the lease has expired"));
	}

	@Test
	void theLastSuccessOutlivesOwnersAndLeaders(CapturedOutput output) {
		start("a");
		awaitOwned(SHARDS, "a");
		await().until(() -> meter("a", AGE_OF_BROKEN) >= 0);
		Instant begun = Instant.now();
		start("b");
		start("c");
		awaitOwned(2, "a", "b", "c");
		assertThatBrokenCountsFrom(begun, "a", "b", "c");
		this.instances.crash("a");
		awaitOwned(3, "b", "c");
		assertThatBrokenCountsFrom(begun, "b", "c");
		await().untilAsserted(() -> {
			for (String name : List.of("b", "c")) {
				assertThat(ownLines(output.toString())).as("by a follower, too")
					.filteredOn((line) -> line.contains("rebalanced to generation") && line.contains(": a left. "))
					.hasSize(2);
				assertThat(changes(name, "REBALANCED")).filteredOn((change) -> "a left".equals(text(change, "reason")))
					.hasSize(1);
			}
		});
	}

	private void assertThatBrokenCountsFrom(Instant begun, String... names) {
		await().untilAsserted(() -> {
			long elapsed = Duration.between(begun, Instant.now()).toSeconds();
			List<Map<String, Double>> scrapes = Stream.of(names).map(this::scrape).toList();
			assertThat(scrapes).filteredOn((one) -> one.containsKey(AGE_OF_BROKEN))
				.singleElement()
				.satisfies((one) -> assertThat(one.get(AGE_OF_BROKEN)).isGreaterThanOrEqualTo(elapsed - 1.0));
		});
	}

	@Test
	void anOutageIsToldByHealthLogAndMeters(CapturedOutput output) {
		start("a");
		start("b");
		awaitOwned(3, "a", "b");
		int generation = tasks("a").membership().generation();
		await().untilAsserted(() -> assertThat(get("a", "/assignments/crawler")).contains("\"owner\":\"b\""));
		int before = output.toString().length();
		brokers.stop(1);
		for (String name : List.of("a", "b")) {
			await().untilAsserted(() -> {
				JsonNode health = json(get(name, "/health")).at("/components/distributedTasks");
				assertThat(text(health, "status")).isEqualTo("DOWN");
				assertThat(text(health.get("details"), "problem"))
					.startsWith("no broker of [%s] has answered for ".formatted(brokers.bootstrapServers()))
					.contains("connections are refused")
					.endsWith("; nothing runs here");
				assertThat(text(json(get(name, "/assignments")).get("group"), "problem"))
					.startsWith("no broker of [" + brokers.bootstrapServers());
			});
		}
		await().untilAsserted(() -> assertThat(Stream.of("a", "b").map(this::scrape))
			.allSatisfy((scrape) -> assertThat(scrape).containsEntry("distributed_task_leader", 0.0)
				.containsEntry("distributed_task_instances", 0.0)
				.hasEntrySatisfying("distributed_task_contact_age_seconds",
						(age) -> assertThat(age).isGreaterThan(5))));
		Instant lost = Instant.now();
		assertThat(json(get("a", "/assignments/crawler")).get("assignments"))
			.filteredOn((assignment) -> "b".equals(text(assignment, "owner")))
			.isNotEmpty()
			.allSatisfy((assignment) -> assertThat(text(assignment, "reason")).contains("unknown since then"));
		List<String> lines = ownLines(output.toString().substring(before));
		assertThat(lines).as("%s", lines).hasSizeLessThanOrEqualTo(2 * 6);
		assertThat(lines.stream().filter((line) -> line.contains("does not answer"))).hasSize(2);
		brokers.start(1);
		await().until(() -> tasks("a").membership().generation() > generation);
		awaitOwned(3, "a", "b");
		await().untilAsserted(() -> assertThat(
				ownLines(output.toString()).stream().filter((line) -> line.contains("answers again, after")))
			.hasSize(2));
		assertThat(tasks("a").membership().problem()).isNull();
		for (String name : List.of("a", "b")) {
			await().untilAsserted(() -> assertThat(afterOutage(name)).as("seen again").isNotEmpty());
			assertThat(changes(name, "UNKNOWN")).as(name).singleElement().satisfies((change) -> {
				assertThat(Instant.parse(String.valueOf(text(change, "at")))).isBefore(lost);
				assertThat(text(change, "reason")).contains("the lease has expired");
			});
			assertThat(text(afterOutage(name).get(0), "kind")).as("nobody has handed over anything")
				.isEqualTo("ASSIGNED");
		}
	}

	@Test
	@org.junit.jupiter.api.Tag("kafka")
	void nothingAtInfoIsAboutAShardOrAHeartbeat(CapturedOutput output) {
		start("a");
		start("b");
		awaitOwned(3, "a", "b");
		await().until(() -> meter("a", "distributed_task_handover_seconds_count") > 0);
		AtomicInteger seen = new AtomicInteger();
		Awaitility.await("at rest, while dozens of heartbeats are answered")
			.during(Duration.ofSeconds(3))
			.atMost(Duration.ofSeconds(60))
			.until(() -> {
				int size = ownLines(output.toString()).size();
				return seen.getAndSet(size) == size;
			});
		List<String> lines = ownLines(output.toString());
		int generation = tasks("a").membership().generation();
		assertThat(lines.stream().filter((line) -> line.contains("rebalanced to generation")))
			.as("one per rebalance " + "and instance")
			.hasSizeLessThanOrEqualTo(2 * generation);
		assertThat(lines).as("at most assigned, revoked and given back per rebalance, and a few at the start")
			.hasSizeLessThan(2 * (4 * generation + 4));
		assertThat(lines).noneMatch((line) -> line.contains("REBALANCING -> STABLE"))
			.noneMatch((line) -> line.contains("(Re-)joining group"));
	}

	@Test
	void infoScheduledTasksAndAnswerWithoutHistoryAreAsTheyShouldBe() {
		start("a");
		start("b");
		awaitOwned(3, "a", "b");
		await().untilAsserted(() -> {
			Set<String> scheduled = new HashSet<>();
			for (String name : List.of("a", "b")) {
				JsonNode info = json(get(name, "/info")).at("/distributedTasks");
				assertThat(text(info, "group")).isEqualTo(this.instances.groupId());
				assertThat(text(info, "instance")).isEqualTo(name);
				assertThat(info.get("owned").asInt()).isEqualTo(tasks(name).membership().owned());
				for (JsonNode task : json(get(name, "/scheduledtasks")).get("fixedDelay")) {
					String method = task.at("/runnable/target").asString();
					assertThat(scheduled.add(method)).as("%s is on one instance only", method).isTrue();
					assertThat(tasks(name).isOwner(method.substring(method.lastIndexOf('.') + 1))).as(method).isTrue();
				}
			}
			assertThat(scheduled).hasSize(2);
		});
		assertThat(json(get("a", "/assignments")).has("history")).isFalse();
		assertThat(json(get("a", "/assignments/crawler")).has("history")).isFalse();
	}

	private static List<String> ownLines(String output) {
		return output.lines()
			.filter((line) -> line.contains(" INFO ") || line.contains(" WARN "))
			.filter((line) -> line.contains(" i.d.i") || line.contains(" o.a.k.clients"))
			.toList();
	}

	private static Stream<String> lines() throws IOException {
		Path docs = Path.of("docs/observability.md");
		return Files.readAllLines(Files.exists(docs) ? docs : Path.of("..").resolve(docs)).stream();
	}

	/**
	 * Name, type, tags and unit of what the table says.
	 */
	private static Set<String> documented() throws IOException {
		Pattern row = Pattern
			.compile("\\| `(distributed\\.task\\.[a-z.]+)` \\| ([a-z ]+) \\| ([^|]*)\\| ([^|]*)\\| .*");
		Set<String> documented = new TreeSet<>();
		for (String line : lines().toList()) {
			Matcher matcher = row.matcher(line);
			if (matcher.matches()) {
				Set<String> tags = new TreeSet<>(
						List.of(matcher.group(3).replace("`", "").replace(",", "").trim().split(" ")));
				documented
					.add("%s %s %s %s".formatted(matcher.group(1), matcher.group(2), tags, matcher.group(4).trim()));
			}
		}
		assertThat(documented).isNotEmpty();
		return documented;
	}

	private Set<String> registered(String name) {
		Set<String> registered = new TreeSet<>();
		for (Meter meter : this.instances.get(name).getBean(PrometheusMeterRegistry.class).getMeters()) {
			Meter.Id id = meter.getId();
			if (id.getName().startsWith("distributed.task.")) {
				Set<String> tags = id.getTags()
					.stream()
					.map(Tag::getKey)
					.collect(Collectors.toCollection(TreeSet::new));
				if (tags.isEmpty()) {
					tags.add("");
				}
				String unit = (id.getBaseUnit() != null) ? id.getBaseUnit() : "";
				registered.add("%s %s %s %s".formatted(id.getName(),
						id.getType().name().toLowerCase().replace('_', ' '), tags, unit));
			}
		}
		return registered;
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50)).ignoreExceptions();
	}

	private void awaitOwned(int shards, String... names) {
		await().untilAsserted(() -> {
			for (String name : names) {
				assertThat(IntStream.range(0, SHARDS).filter((shard) -> tasks(name).isOwner("crawler", shard)).count())
					.as(name)
					.isEqualTo(shards);
			}
		});
	}

	private Map<String, Double> scrape(String name) {
		Map<String, Double> values = new TreeMap<>();
		get(name, "/prometheus").lines()
			.filter((line) -> line.startsWith("distributed_task_"))
			.forEach((line) -> values.put(withoutGroup(line.substring(0, line.lastIndexOf(' '))),
					Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
		return values;
	}

	/**
	 * What has become of shards since nothing was known.
	 */
	private List<JsonNode> afterOutage(String name) {
		List<JsonNode> history = history(name, "");
		int outage = IntStream.range(0, history.size())
			.filter((i) -> "UNKNOWN".equals(text(history.get(i), "kind")))
			.findFirst()
			.orElse(history.size() - 1);
		return history.subList(outage + 1, history.size()).stream().filter((change) -> change.has("task")).toList();
	}

	/**
	 * Every meter has the group as a tag.
	 */
	private String withoutGroup(String series) {
		String group = "group=\"%s\"".formatted(this.instances.groupId());
		assertThat(series).contains(group);
		return series.replace(group + ",", "").replace("," + group, "").replace("{" + group + "}", "");
	}

	private double meter(String name, String meter) {
		return scrape(name).getOrDefault(meter, Double.NaN);
	}

	private List<JsonNode> history(String name, String path) {
		List<JsonNode> changes = new ArrayList<>();
		json(get(name, "/assignments" + path + "?history=true")).get("history").forEach(changes::add);
		return changes;
	}

	private List<JsonNode> changes(String name, String kind) {
		return history(name, "").stream().filter((change) -> kind.equals(text(change, "kind"))).toList();
	}

	private Set<Integer> shards(String name, String kind, String field, String instance) {
		Set<Integer> shards = new TreeSet<>();
		for (JsonNode change : changes(name, kind)) {
			if ("crawler".equals(text(change, "task")) && instance.equals(text(change, field))) {
				for (String range : String.valueOf(text(change, "shards")).split(",")) {
					String[] ends = range.split("-");
					for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
						shards.add(i);
					}
				}
			}
		}
		return shards;
	}

	private static @Nullable String text(JsonNode node, String field) {
		return node.has(field) ? node.get(field).asString() : null;
	}

	private static JsonNode json(String body) {
		return JsonMapper.shared().readTree(body);
	}

	private String get(String name, String path) {
		String port = this.instances.get(name).getEnvironment().getProperty("local.server.port");
		try {
			return this.client
				.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s/actuator%s".formatted(port, path)))
					.build(), BodyHandlers.ofString())
				.body();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void start(String name) {
		this.instances.startAt(brokers.bootstrapServers(), name);
	}

	private DistributedTasks tasks(String name) {
		return this.instances.tasks(name);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

		@Bean
		static CrashableMemberships memberships() {
			return new CrashableMemberships();
		}

	}

	static class Worker {

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) throws InterruptedException {
			while (task.isOwned()) {
				Thread.sleep(5);
			}
		}

		@DistributedTask("report")
		@Scheduled(fixedDelay = 50)
		void report() {
		}

		@DistributedTask("broken")
		@Scheduled(fixedDelay = 200)
		void broken() {
			throw new IllegalStateException("on purpose");
		}

		@DistributedTask(name = "nowhere", requires = "zone=moon")
		void nowhere(TaskContext task) {
		}

	}

}
