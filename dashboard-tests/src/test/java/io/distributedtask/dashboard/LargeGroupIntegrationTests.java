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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard in a browser, on groups that are too large to start.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class LargeGroupIntegrationTests {

	/**
	 * Until the next frame is drawn, by the page's own clock. Two seconds are promised on
	 * a machine that does nothing else; the bound leaves room for one that does.
	 */
	private static final long BOUND_MILLIS = 20_000;

	/**
	 * As many as an instance remembers.
	 */
	private static final int MOVES = 500;

	private static final String FILTER = """
			const done = arguments[1];
			const filter = document.getElementById('filter');
			const begin = performance.now();
			filter.value = arguments[0];
			filter.dispatchEvent(new Event('input'));
			document.getElementById('matrix').getBoundingClientRect();
			requestAnimationFrame(() => setTimeout(() => done(Math.round(performance.now() - begin))));
			""";

	private static Browser browser;

	@BeforeAll
	static void start() {
		browser = new Browser();
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

	@ParameterizedTest
	@CsvSource({ "1,10000,3", "1000,10,20" })
	void rendersAndFiltersTenThousandShards(int tasks, int shards, int instances) throws Exception {
		MadeUpAnswer answer = new MadeUpAnswer(tasks, shards, instances).history(moves(tasks, shards));
		try (MadeUpGroup group = new MadeUpGroup(answer, false)) {
			browser.open(group.page());
			Browser.await().until(() -> browser.texts("#main:not([hidden]) .row").size() > 0);
			long shown = elapsed("return Math.round(performance.now())");
			long filtered = elapsedAsync(FILTER, "9999 shop-1".substring((tasks > 1) ? 5 : 0));
			List<String> count = browser.texts("#count");
			long opened = elapsedAsync(FILTER, (tasks > 1) ? "tenant-99" : "shop-1");
			System.out.printf("%d tasks of %d shards: shown within %d ms, filtered in %d ms, filtered again in %d ms%n",
					tasks, shards, shown, filtered, opened);
			assertThat(browser.all("#timeline .held").size()).as("spans in the picture").isGreaterThan(100);
			assertThat(count).singleElement().asString().contains("of 10,000");
			assertThat(browser.all(".row").size()).as("rows in the document").isLessThan(100);
			assertThat(filtered).isLessThan(BOUND_MILLIS);
			assertThat(opened).isLessThan(BOUND_MILLIS);
			assertThat(browser.complaints()).isEmpty();
		}
	}

	@Test
	void scrollsToTheEndOfTenThousandRows() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(1, 10_000, 3)) {
			browser.open(group.page());
			browser.click(".row .twist");
			browser.driver().executeScript("document.getElementById('matrix').scrollTop = 1e9");
			Browser.await()
				.untilAsserted(() -> assertThat(browser.texts(".row .name .text")).endsWith("shard 9999")
					.hasSizeLessThan(100));
		}
	}

	@Test
	void hundredInstancesHaveAColumnEach() throws Exception {
		try (MadeUpGroup group = new MadeUpGroup(40, 25, 100)) {
			browser.open(group.page());
			Browser.await().until(() -> browser.all(".instance").size() == 100);
			Screenshots.take(browser, "hundred-instances");
			assertThat(browser.complaints()).isEmpty();
		}
	}

	/**
	 * Every third shard of the first task goes to and fro, so that its history has as
	 * many ranges as shards.
	 */
	private static List<Map<String, Object>> moves(int tasks, int shards) {
		String third = IntStream.iterate(0, (it) -> it < shards, (it) -> it + 3)
			.mapToObj(String::valueOf)
			.collect(Collectors.joining(","));
		Map<String, Object> begin = MadeUpAnswer.change("2026-11-24T10:00:00Z", "REBALANCED");
		return Stream.concat(Stream.of(begin),
				IntStream.range(1, MOVES)
					.mapToObj((i) -> MadeUpAnswer.change("2026-11-24T10:%02d:%02dZ".formatted(i / 60, i % 60), "MOVED",
							"task", (tasks > 1) ? "tenant-99" : "tenant-0", "shards", third, "from",
							"shop-" + (1 + i % 2), "to", "shop-" + (2 - i % 2))))
			.toList();
	}

	private static long elapsed(String script) {
		return (Long) Objects.requireNonNull(browser.driver().executeScript(script));
	}

	private static long elapsedAsync(String script, Object... arguments) {
		return (Long) Objects.requireNonNull(browser.driver().executeAsyncScript(script, arguments));
	}

}
