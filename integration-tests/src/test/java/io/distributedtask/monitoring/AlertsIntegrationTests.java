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

package io.distributedtask.monitoring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.DistributedTask;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.Instances;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.monitoring.MonitoringFiles.Rule;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The alert rules and the dashboard on what instances on a real broker expose, in
 * incidents and in a rolling restart.
 */
class AlertsIntegrationTests {

	private static final int SHARDS = 6;

	/**
	 * What Prometheus, or its configuration, adds to what is scraped.
	 */
	private static final Set<String> LABELS_OF_TARGETS = Set.of("instance", "namespace");

	private static final Pattern IN_BRACES = Pattern.compile("\\{\\{ ?(?:\\$labels\\.)?([a-z]+) ?}}");

	private final HttpClient client = HttpClient.newHttpClient();

	private final Instances instances = new Instances(Application.class).withWebServer()
		.with("management.endpoints.web.exposure.include=prometheus", "distributed-task.revoke-timeout=300ms",
				// what fails here does so on purpose
				"logging.level.io.distributedtask.internal.execution=OFF");

	private final Scrapes scrapes = new Scrapes(this::scrape);

	@TempDir
	private Path folder;

	@AfterEach
	void stopInstances() {
		for (String name : this.instances.names()) {
			worker(name).release.countDown();
		}
		this.instances.close();
	}

	@Test
	void everyNameAndLabelIsExposedAndEveryPanelHasData() throws Exception {
		start("a", "b");
		registerNowhere();
		tasks("a").pause("report");
		await().untilAsserted(() -> {
			scrapeAll();
			assertThat(this.scrapes.labels()).containsKeys("distributed_task_unassigned_shards",
					"distributed_task_paused_shards", "distributed_task_success_age_seconds",
					"distributed_task_run_seconds_count", "distributed_task_run_active_seconds_count");
		});
		this.scrapes.hold(5);
		Map<String, Set<String>> exposed = this.scrapes.labels();
		exposed.put("distributed_task:success_age:limit_seconds", Set.of("task"));
		for (Rule rule : MonitoringFiles.rules(MonitoringFiles.ALERTS)) {
			assertThatExposed(rule.expression(), rule.get("annotations.summary") + rule.get("annotations.description"),
					exposed);
		}
		List<String> expressions = new ArrayList<>();
		for (JsonNode panel : MonitoringFiles.panels()) {
			for (JsonNode target : panel.get("targets")) {
				expressions.add(target.get("expr").asString());
				assertThatExposed(target.get("expr").asString(), target.get("legendFormat").asString(), exposed);
			}
		}
		List<String> queries = MonitoringFiles.dashboard()
			.at("/templating/list")
			.valueStream()
			.map((variable) -> variable.at("/query/query").asString(""))
			.filter((query) -> !query.isEmpty())
			.toList();
		assertThat(queries).hasSize(3).allSatisfy((query) -> {
			assertThatExposed(query, "", exposed);
			assertThat(query).containsPattern(", (namespace|group|task)\\)$");
		});
		assertThatAllHaveData(expressions);
	}

	private static void assertThatExposed(String text, String template, Map<String, Set<String>> exposed) {
		Expression expression = new Expression(text);
		assertThat(expression.metrics()).as(text).isNotEmpty();
		Set<String> labels = new TreeSet<>(LABELS_OF_TARGETS);
		expression.metrics().forEach((metric, selected) -> {
			assertThat(exposed).as(text).containsKey(metric);
			labels.addAll(exposed.get(metric));
			selected.removeAll(LABELS_OF_TARGETS);
			assertThat(exposed.get(metric)).as(text).containsAll(selected);
		});
		assertThat(labels).as(text).containsAll(expression.grouping());
		boolean grouped = text.contains(" by (");
		Matcher inBraces = IN_BRACES.matcher(template);
		while (inBraces.find()) {
			assertThat(grouped ? expression.grouping() : labels).as("%s: %s", text, template)
				.contains(inBraces.group(1));
		}
	}

	/**
	 * That exactly these alerts fire at some time until the end of the scrapes.
	 */
	private void assertThatFires(String... alerts) throws Exception {
		assertThatFires(MonitoringFiles.LIMITS, alerts);
	}

	private void assertThatFires(Path limits, String... alerts) throws Exception {
		StringBuilder expected = new StringBuilder();
		for (String alert : alerts) {
			expected.append("          - labels: '{%s}'\n            value: 1\n".formatted(alert));
		}
		promtool(limits,
				test("group by (alertname, instance, task) (present_over_time(ALERTS{alertstate=\"firing\"}[1d]))",
						expected.toString()));
	}

	private void assertThatAllHaveData(Collection<String> expressions) throws Exception {
		promtool(MonitoringFiles.LIMITS, expressions.stream().map((expression) -> {
			String query = expression.replaceAll("\"\\$[a-z]+\"", "\".*\"").replace("$__rate_interval", "2m");
			assertThat(query).doesNotContain("$");
			return test("count(" + query + ") > bool 0", "          - value: 1\n");
		}).collect(Collectors.joining()));
	}

	private String test(String expression, String samples) {
		return """
				      - expr: '%s'
				        eval_time: %ds
				        exp_samples:
				%s""".formatted(expression, this.scrapes.end(), samples);
	}

	private void promtool(Path limits, String tests) throws IOException, InterruptedException {
		Path file = this.folder.resolve("recorded.test.yml");
		Files.writeString(file, """
				rule_files: ['%s', '%s']
				evaluation_interval: %ds
				tests:
				  - interval: %ds
				    input_series:
				%s    promql_expr_test:
				%s""".formatted(MonitoringFiles.ALERTS, limits, Scrapes.INTERVAL, Scrapes.INTERVAL,
				this.scrapes.inputSeries(), tests));
		Promtool.run("test", "rules", file.toString());
	}

	private void registerNowhere() {
		tasks("a").register(TaskDefinition.of("nowhere").withRequires("zone=moon"), TaskWork.continuous((task) -> {
		}));
	}

	private void start(String... names) {
		for (String name : names) {
			this.instances.start(name);
		}
		awaitOwned();
	}

	private void awaitOwned() {
		await().until(this::allOwned);
	}

	private boolean allOwned() {
		Collection<String> names = this.instances.names();
		return names.stream().allMatch((name) -> owned(name) == SHARDS / names.size());
	}

	private long owned(String name) {
		return IntStream.range(0, SHARDS).filter((shard) -> tasks(name).isOwner("crawler", shard)).count();
	}

	private double contactAge(String name) {
		MeterRegistry registry = this.instances.get(name).getBean(MeterRegistry.class);
		return registry.get("distributed.task.contact.age").timeGauge().value(TimeUnit.SECONDS);
	}

	private void scrapeAll() {
		this.scrapes.take(this.instances.names());
	}

	/**
	 * Let it be as it is now for some time.
	 */
	private void holds(int minutes) {
		scrapeAll();
		this.scrapes.hold(minutes);
	}

	/**
	 * Not so often that a moment without a leader counts as minutes.
	 */
	private void scrapeUntilOwned() {
		await().pollInterval(Duration.ofMillis(250)).until(() -> {
			scrapeAll();
			return allOwned();
		});
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20));
	}

	private String scrape(String name) {
		String port = this.instances.get(name).getEnvironment().getProperty("local.server.port");
		URI uri = URI.create("http://127.0.0.1:%s/actuator/prometheus".formatted(port));
		try {
			return this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private DistributedTasks tasks(String name) {
		return this.instances.tasks(name);
	}

	private Worker worker(String name) {
		return this.instances.get(name).getBean(Worker.class);
	}

	/**
	 * What Prometheus makes of them.
	 */
	@Nested
	@EnabledIf(value = "io.distributedtask.monitoring.Promtool#isInstalled", disabledReason = Promtool.MISSING)
	class Incidents {

		@Test
		void aRollingRestartIsQuiet() throws Exception {
			start("a", "b", "c");
			holds(10);
			for (String name : List.of("a", "b", "c")) {
				AlertsIntegrationTests.this.instances.stop(name);
				scrapeUntilOwned();
				start(name);
				scrapeUntilOwned();
			}
			AlertsIntegrationTests.this.scrapes.hold(60);
			assertThatFires();
		}

		@Test
		void brokersThatDoNotAnswer() throws Exception {
			try (EmbeddedBrokers brokers = SharedBroker.withShortSessions().start()) {
				for (String name : List.of("a", "b")) {
					AlertsIntegrationTests.this.instances.startAt(brokers.bootstrapServers(), name,
							"--distributed-task.session-timeout=5s");
				}
				awaitOwned();
				holds(5);
				brokers.stop(1);
				await().until(() -> List.of("a", "b").stream().allMatch((name) -> contactAge(name) > 15));
				holds(5);
				assertThatFires("alertname=\"DistributedTaskCutOff\", instance=\"a\"",
						"alertname=\"DistributedTaskCutOff\", instance=\"b\"", "alertname=\"DistributedTaskNoLeader\"");
				brokers.start(1);
			}
		}

		@Test
		void shardsThatDoNotStop() throws Exception {
			start("a");
			worker("a").stubborn = true;
			holds(5);
			AlertsIntegrationTests.this.instances.start("b");
			await().until(() -> tasks("a").membership().stuck().size() == SHARDS / 2);
			holds(5);
			assertThatFires("alertname=\"DistributedTaskStuck\", instance=\"a\"");
		}

		@Test
		void shardsThatNobodyMayRun() throws Exception {
			start("a", "b");
			registerNowhere();
			await().until(() -> scrape("a").contains("distributed_task_unassigned_shards"));
			holds(7);
			assertThatFires("alertname=\"DistributedTaskNoOwner\", task=\"nowhere\"");
		}

		@Test
		void aTaskThatFails() throws Exception {
			start("a", "b");
			AtomicInteger failures = new AtomicInteger();
			tasks("b").register(TaskDefinition.of("broken"), TaskWork.fixedDelay(Duration.ofMillis(20), (task) -> {
				failures.incrementAndGet();
				throw new IllegalStateException("on purpose");
			}));
			for (int i = 0; i < 75; i++) {
				// when it has begun once more, the run before has been counted
				int before = failures.get();
				await().until(() -> failures.get() > before + 1);
				scrapeAll();
			}
			// its limit is a fraction of a second
			Path limits = AlertsIntegrationTests.this.folder.resolve("limits.yml");
			Files.writeString(limits,
					Files.readString(MonitoringFiles.LIMITS)
						.replace("vector(15 * 60)", "vector(0.01)")
						.replace("task: heartbeat", "task: broken"));
			assertThatFires(limits, "alertname=\"DistributedTaskFailing\", task=\"broken\"",
					"alertname=\"DistributedTaskNoSuccess\", task=\"broken\"");
		}

		@Test
		void rebalancesWithoutAnEnd() throws Exception {
			start("a", "b");
			scrapeAll();
			for (int i = 0; i < 50; i++) {
				int generation = tasks("a").membership().generation();
				tasks("a").rebalance("once more");
				await().until(() -> tasks("a").membership().generation() > generation);
				scrapeAll();
			}
			AlertsIntegrationTests.this.scrapes.hold(10);
			assertThatFires("alertname=\"DistributedTaskRebalanceStorm\"");
		}

		@Test
		void anInstanceThatJoinsAgainAndAgain() throws Exception {
			start("a", "b");
			scrapeAll();
			for (int i = 0; i < 6; i++) {
				AlertsIntegrationTests.this.instances.get("b").stop();
				AlertsIntegrationTests.this.instances.get("b").start();
				awaitOwned();
				scrapeAll();
			}
			AlertsIntegrationTests.this.scrapes.hold(5);
			assertThatFires("alertname=\"DistributedTaskFlapping\", instance=\"b\"");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableScheduling
	static class Application {

		@Bean
		Worker worker() {
			return new Worker();
		}

	}

	static class Worker {

		private final CountDownLatch release = new CountDownLatch(1);

		private volatile boolean stubborn;

		@DistributedTask(name = "crawler", shards = SHARDS)
		void crawl(TaskContext task) {
			while (task.isOwned()) {
				try {
					Thread.sleep(5);
				}
				catch (InterruptedException ex) {
					break;
				}
			}
			while (this.stubborn && this.release.getCount() > 0) {
				try {
					this.release.await();
				}
				catch (InterruptedException ex) {
					// that is what is tested
				}
			}
		}

		@DistributedTask("report")
		@Scheduled(fixedDelay = 50)
		void report() {
		}

	}

}
