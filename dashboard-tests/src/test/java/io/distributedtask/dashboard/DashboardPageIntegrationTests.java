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

package io.distributedtask.dashboard;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static io.distributedtask.dashboard.MadeUpAnswer.change;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the dashboard makes of answers in a browser.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class DashboardPageIntegrationTests {

	private static Browser browser;

	private static Board board;

	@BeforeAll
	static void start() {
		browser = new Browser();
		browser.driver().executeCdpCommand("Emulation.setTimezoneOverride", Map.of("timezoneId", "UTC"));
		browser.driver().executeCdpCommand("Emulation.setLocaleOverride", Map.of("locale", "en-US"));
		board = new Board(browser);
	}

	/**
	 * The page of the last test would go on asking, and complain.
	 */
	@BeforeEach
	void leave() {
		browser.open(URI.create("about:blank"));
		browser.complaints();
	}

	@AfterAll
	static void stop() throws Exception {
		browser.close();
	}

	@Test
	void actsOnWhatIsSelectedNow() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(new MadeUpAnswer(1, 6, 3), true)) {
			browser.open(group.page());
			board.open("tenant-0");
			board.select("tenant-0, shard 3");
			board.select("tenant-0, shard 4");
			browser.click("[data-key=run]");
			assertThat(browser.texts("#dialog-title")).containsExactly("Run tenant-0 shard 4 now?");
			browser.click("#confirm");
			Browser.await()
				.untilAsserted(() -> assertThat(group.asked("POST"))
					.containsExactly("POST assignments/tenant-0 {\"action\":\"run\",\"shard\":4}"));
			for (String instance : List.of("shop-1", "shop-2")) {
				browser.click(".instance [data-key=" + instance + "]");
				Browser.await().until(() -> browser.texts("#details h2").equals(List.of(instance)));
			}
			browser.click("[data-key=drain]");
			assertThat(browser.texts("#dialog-title")).containsExactly("Drain shop-2?");
			browser.click("#cancel");
		}
	}

	@Test
	void asksForNewsAtAModestPace() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(1, 6, 3)) {
			AtomicInteger instances = new AtomicInteger();
			group.reply((exchange) -> {
				boolean live = exchange.getRequestURI().getPath().endsWith("/live");
				if (live) {
					MadeUpGroup.send(exchange, "text/event-stream",
							"event: news\nid: %d\ndata: 3\n\n".formatted(instances.incrementAndGet()));
				}
				return live;
			});
			browser.open(group.page());
			Browser.await().until(() -> group.asked("GET taskdashboard/live").size() > 3);
			long seconds = (Long) Objects
				.requireNonNull(browser.driver().executeScript("return Math.ceil(performance.now() / 1000)"));
			assertThat((long) group.asked("GET taskdashboard/live").size()).isLessThanOrEqualTo(seconds + 1);
		}
	}

	@Test
	void doesNotTakeTheLastAnswerOfAFrozenInstanceForThePresent() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(new MadeUpAnswer(1, 6, 3), true)) {
			browser.open(group.page());
			board.select("tenant-0");
			browser.click("[data-key=pause]");
			browser.click("#confirm");
			Browser.await().until(() -> browser.texts(".toast.wait").size() == 1);
			group.freeze();
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".alert.bad"))
					.anyMatch((it) -> it.startsWith("shop-1 does not answer")));
			assertThat(browser.all("body.stale")).hasSize(1);
			passTime(60);
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".toast.bad"))
					.anyMatch((it) -> it.startsWith("Pause of tenant-0: whether it has had its effect is not known")));
		}
	}

	@Test
	void saysThatASessionHasEndedAndAsksRarelyThen() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(1, 6, 3)) {
			browser.open(group.page());
			board.open("tenant-0");
			browser.driver()
				.executeScript("window.delays = []; const later = window.setTimeout;"
						+ "window.setTimeout = (work, millis) => { window.delays.push(millis); return later(work, millis); };");
			Set<String> scripts = ConcurrentHashMap.newKeySet();
			group.reply((exchange) -> {
				if (exchange.getRequestURI().getPath().endsWith("assignments")) {
					scripts.addAll(exchange.getRequestHeaders().getOrDefault("X-Requested-With", List.of("")));
				}
				exchange.getResponseHeaders().set("Location", "http://127.0.0.1:1/sign-in");
				exchange.sendResponseHeaders(302, -1);
				exchange.close();
				return true;
			});
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".alert.bad")).singleElement()
					.asString()
					.contains("You are not signed in"));
			assertThat(browser.strings("return [window.delays.at(-1) + '']")).containsExactly("30000");
			assertThat(scripts).containsExactly("XMLHttpRequest");
		}
	}

	@Test
	void takesAFaultOfItsOwnForThatOfNobodyElse() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(new MadeUpAnswer(1, 6, 3).set(Map.of("tasks", 3)), false)) {
			browser.open(group.page());
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".alert.bad")).singleElement()
					.asString()
					.startsWith("This page cannot show the answer"));
			group.tell(new MadeUpAnswer(1, 6, 3));
			board.open("tenant-0");
			assertThat(browser.texts(".alert")).isEmpty();
		}
	}

	@Test
	void takesWhatIsNotToldForUnknown() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(3, 1, 2)
			.shard(0, 0, Map.of("owner", "shop-2", "since", "2026-11-24T10:10:30Z"))
			.shard(1, 0, Map.of("owner", "shop-2", "since", "2026-11-24T10:10:30Z"))
			.shard(2, 0, Map.of("since", "2026-11-20T08:00:00Z"))
			.history(List.of(
					change("2026-11-20T08:00:00Z", "ASSIGNED", "task", "tenant-2", "shards", "0", "to", "shop-1"),
					change("2026-11-24T10:05:30Z", "REBALANCED"), change("2026-11-24T10:10:30Z", "MOVED", "task",
							"tenant-0", "shards", "0", "from", "shop-1", "to", "shop-2"),
					change("2026-11-24T10:10:30Z", "MORE", "reason", "1 more shards of 1 tasks")));
		try (MadeUpGroup group = new MadeUpGroup(answer, false)) {
			browser.open(group.page());
			Browser.await().until(() -> lanes().size() > 3);
			assertThat(lanes()).containsExactly("shop-1: tenant-0, 10:05:30 to 10:10:30",
					"shop-2: tenant-0, 10:10:30 to 10:15:30", "shop-2: tenant-1, 10:10:30 to 10:15:30",
					"shop-1: tenant-2, 10:00:30 to 10:15:30");
			assertThat(browser.texts("#known")).singleElement().asString().endsWith("10:05:30");
		}
	}

	@Test
	void knowsNoMoreThanTheInstanceThatAnswers() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(2, 1, 2).nobody(1, 0, "no instance has the label");
		try (MadeUpGroup group = new MadeUpGroup(answer.history(
				List.of(change("2026-11-20T08:00:00Z", "ASSIGNED", "task", "tenant-0", "shards", "0", "to", "shop-1"),
						change("2026-11-24T10:11:30Z", "REBALANCED"))),
				false)) {
			browser.open(group.page());
			Browser.await().until(() -> lanes().contains("Nobody: tenant-1, 10:11:30 to 10:15:30"));
			group.tell(answer.history(List.of(change("2026-11-24T10:14:30Z", "REBALANCED"))));
			Browser.await().until(() -> lanes().contains("Nobody: tenant-1, 10:14:30 to 10:15:30"));
			assertThat(browser.texts("#known")).singleElement().asString().endsWith("10:14:30");
			assertThat(browser.texts("#story time")).as("another day").allMatch((it) -> it.contains("24"));
		}
	}

	@Test
	void paintsNobodyOnlyBetweenOneOwnerAndTheNext() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(2, 1, 2)
			.shard(0, 0, Map.of("state", "REVOKING", "since", "2026-11-24T10:11:30Z"))
			.shard(1, 0, Map.of("since", "2026-11-24T10:13:30Z"))
			.history(List.of(change("2026-11-24T10:11:00Z", "REBALANCED"),
					change("2026-11-24T10:11:30Z", "ASSIGNED", "task", "tenant-0", "shards", "0", "to", "shop-1"),
					change("2026-11-24T10:12:30Z", "LOST", "task", "tenant-1", "shards", "0", "from", "shop-1"),
					change("2026-11-24T10:13:30Z", "ASSIGNED", "task", "tenant-1", "shards", "0", "to", "shop-2"),
					change("2026-11-24T10:14:30Z", "REVOKED", "task", "tenant-0", "shards", "0", "from", "shop-1",
							"reason", "told to stop")));
		try (MadeUpGroup group = new MadeUpGroup(answer, false)) {
			browser.open(group.page());
			Browser.await().until(() -> lanes().size() > 3);
			assertThat(lanes()).containsExactly("shop-1: tenant-0, 10:11:30 to 10:15:30",
					"shop-1: tenant-1, 10:11:00 to 10:12:30", "Nobody: tenant-1, 10:12:30 to 10:13:30",
					"shop-2: tenant-1, 10:13:30 to 10:15:30");
		}
	}

	@Test
	void paintsNobodysAndNothingOfATimeOfWhichNothingIsKnown() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(2, 1, 2).shard(0, 0, Map.of("since", "2026-11-24T10:13:30Z"))
			.shard(1, 0, Map.of("since", "2026-11-24T10:13:30Z"))
			.history(List.of(change("2026-11-24T10:11:00Z", "REBALANCED"),
					change("2026-11-24T10:11:30Z", "ASSIGNED", "task", "tenant-1", "shards", "0", "to", "shop-2"),
					change("2026-11-24T10:12:40Z", "LOST", "task", "tenant-0", "shards", "0", "from", "shop-1"),
					change("2026-11-24T10:12:30Z", "UNKNOWN", "reason", "the lease has expired"),
					change("2026-11-24T10:13:30Z", "REBALANCED"),
					change("2026-11-24T10:13:30Z", "ASSIGNED", "task", "tenant-0", "shards", "0", "to", "shop-1"),
					change("2026-11-24T10:13:30Z", "ASSIGNED", "task", "tenant-1", "shards", "0", "to", "shop-2"),
					change("2026-11-24T10:14:00Z", "DECIDED", "task", "tenant-1", "shards", "0", "to", "shop-2",
							"reason", "move", "askedOn", "shop-1")));
		try (MadeUpGroup group = new MadeUpGroup(answer, false)) {
			browser.open(group.page());
			Browser.await().until(() -> lanes().size() > 3);
			assertThat(lanes()).containsExactly("shop-1: tenant-0, 10:11:00 to 10:12:40",
					"shop-1: tenant-0, 10:13:30 to 10:15:30", "shop-2: tenant-1, 10:11:30 to 10:12:30",
					"shop-2: tenant-1, 10:13:30 to 10:15:30");
			assertThat(String.join("; ", browser.texts("#story span")))
				.contains("Nothing is known of the group from here on: the lease has expired")
				.contains("Move tenant-1 0 to shop-2, asked for on shop-1");
		}
	}

	@Test
	void keepsWhatIsOpenAndFocusWhenItIsDrawnAnew() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(1, 3, 2).shard(0, 0, failed(5)).shard(0, 1, failed(5));
		try (MadeUpGroup group = new MadeUpGroup(answer, true)) {
			browser.open(group.page());
			board.select("tenant-0");
			browser.click("#details details:last-of-type summary");
			assertThat(browser.texts("#details details[open] summary")).containsExactly("Shard 1: last error");
			group.tell(answer.shard(0, 0, failed(6)).shard(0, 1, failed(6)));
			Browser.await().until(() -> browser.texts("#details dd").contains("12, of which 12 failed"));
			assertThat(browser.texts("#details details[open] summary")).containsExactly("Shard 1: last error");
			browser.click("#details [data-key=pause]");
			browser.click("#confirm");
			group.tell(answer.task(0, Map.of("paused", true)));
			Browser.await().until(() -> !browser.all("#details [data-key=resume]").isEmpty());
			assertThat(browser.texts(":focus")).containsExactly("Resume");
		}
	}

	private static Map<String, Object> failed(int times) {
		Map<String, Object> execution = new LinkedHashMap<>(Map.of("status", "BACKOFF", "runs", times, "failures",
				times, "lastError", "IllegalStateException: no " + times));
		execution.put("nextRun", null);
		return Map.of("execution", execution);
	}

	@Test
	void takesTheDecisionOfOneInstanceForThatOfAllOnlyAfterARebalance() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(1, 3, 2);
		try (MadeUpGroup group = new MadeUpGroup(answer, true)) {
			browser.open(group.page());
			board.select("tenant-0");
			browser.click("#details [data-key=pause]");
			browser.click("#confirm");
			for (Map<String, Object> notYet : List.<Map<String, Object>>of(Map.of("state", "REBALANCING"),
					Map.of("state", "REBALANCING", "generation", 8), Map.of("state", "STABLE", "generation", 7))) {
				group.tell(answer.task(0, Map.of("paused", true)).group(notYet));
				awaitNextAnswer(group);
				assertThat(browser.texts("#details .status")).containsExactly("3 paused");
				assertThat(browser.texts(".toast")).containsExactly("Pause of tenant-0: asked …");
			}
			group.tell(answer.group(Map.of("generation", 8)).set(Map.of("source", "LOCAL")));
			awaitNextAnswer(group);
			assertThat(browser.texts(".toast.good")).isEmpty();
			group.tell(answer.set(Map.of("source", "COORDINATOR")));
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".toast.good")).singleElement()
					.asString()
					.startsWith("tenant-0 is paused"));
		}
	}

	@Test
	void raisesAlarmOnlyForShardsThatDoNotStopInTime() throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(1, 6, 2).group(Map.of("paused", true));
		try (MadeUpGroup group = new MadeUpGroup(revoking(answer, ""), false)) {
			browser.open(group.page());
			Browser.await().until(() -> browser.texts(".chip.revoking b").equals(List.of("3")));
			assertThat(browser.texts(".alert")).singleElement().asString().startsWith("All tasks are paused");
			assertThat(browser.all("[role=alert] .alert")).isEmpty();
			group.tell(revoking(answer, ", and has not stopped within revoke-timeout (30000 ms)"));
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts("[role=alert] .alert")).containsExactly(
						"3 shards revoking. Told to stop, and has not stopped within revoke-timeout (30000 ms):"
								+ " tenant-0 0-2"));
		}
	}

	private static MadeUpAnswer revoking(MadeUpAnswer answer, String more) {
		for (int i = 0; i < 3; i++) {
			answer.shard(0, i, Map.of("state", "REVOKING", "reason",
					"told to stop at 2026-11-24T10:15:0%d.%d23Z%s".formatted(i, i, more)));
		}
		return answer;
	}

	@Test
	void saysThatWhatRunsAlreadyRunsOn() throws Exception {
		Map<String, Object> running = new LinkedHashMap<>(failed(1));
		running.put("execution", Map.of("status", "RUNNING", "runs", 1, "failures", 0));
		try (MadeUpGroup group = new MadeUpGroup(new MadeUpAnswer(1, 1, 1).shard(0, 0, running), true)) {
			browser.open(group.page());
			board.select("tenant-0");
			browser.click("#details [data-key=run]");
			assertThat(browser.texts("dialog p")).singleElement().asString().contains("a continuous one just runs on");
			browser.click("#confirm");
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".toast.good")).singleElement()
					.asString()
					.startsWith("tenant-0: It runs at present"));
		}
	}

	/**
	 * Wait until the page has seen an answer that was given after now: it asks for the
	 * second one when it has seen the first.
	 */
	private static void awaitNextAnswer(MadeUpGroup group) {
		int asked = group.asked("GET assignments").size();
		Browser.await().until(() -> group.asked("GET assignments").size() >= asked + 2);
	}

	/**
	 * What the lanes of the timeline say, without dates.
	 */
	private static List<String> lanes() {
		return browser.texts("#timeline :is(.held, .nobody) title")
			.stream()
			.map((it) -> it.replaceAll("[A-Z][a-z]+ \\d+ (?=\\d+:)", ""))
			.toList();
	}

	/**
	 * Put the page's clock for durations ahead.
	 */
	private static void passTime(int seconds) {
		browser.driver()
			.executeScript("const now = performance.now.bind(performance);"
					+ "performance.now = () => now() + 1000 * arguments[0];", seconds);
	}

}
