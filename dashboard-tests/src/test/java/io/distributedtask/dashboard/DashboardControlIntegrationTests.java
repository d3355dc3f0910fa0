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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.support.ui.Select;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a person does on the dashboard, with instances on a real broker.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class DashboardControlIntegrationTests {

	private static final String WRITABLE = "--management.endpoint.assignments.access=unrestricted";

	@TempDir
	private static Path folder;

	private static ShopGroup group;

	private static List<ShopProcess> shops;

	private static Browser browser;

	private static Board board;

	@BeforeAll
	static void start() throws Exception {
		group = new ShopGroup(folder);
		browser = new Browser();
		board = new Board(browser);
		shops = group.start(List.of("shop-1", "shop-2", "shop-3"), WRITABLE);
	}

	@AfterAll
	static void stop() throws Exception {
		browser.close();
		group.close();
	}

	@Test
	void pausesAndResumesATask() {
		openCrawler();
		board.select("invoices");
		press("pause");
		Browser.await()
			.untilAsserted(() -> assertThat(browser.texts(".toast.good"))
				.anyMatch((it) -> it.startsWith("invoices is paused")));
		assertThat(browser.texts("#details .status")).containsExactly("Paused");
		press("resume");
		Browser.await().untilAsserted(() -> assertThat(browser.texts("#details .status")).doesNotContain("Paused"));
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void dragsAShardToAnotherInstanceAndClearsTheMove() {
		openCrawler();
		Map<Integer, String> before = board.owners("crawler");
		String target = Stream.of("shop-1", "shop-2", "shop-3")
			.filter((name) -> !name.equals(before.get(0)))
			.findFirst()
			.orElseThrow();
		board.drag("crawler", 0, target);
		assertThat(browser.texts("#dialog-title")).containsExactly("Move crawler shard 0 to " + target + "?");
		browser.click("#confirm");
		Browser.await()
			.untilAsserted(() -> assertThat(browser.texts(".toast.good"))
				.anyMatch((it) -> it.startsWith("crawler shard 0 has moved")));
		assertThat(board.owners("crawler")).containsEntry(0, target);
		board.select("crawler, shard 0");
		Browser.await()
			.untilAsserted(
					() -> assertThat(browser.texts("#details .reason")).anyMatch((it) -> it.contains("pinned to")));
		press("clear");
		Browser.await().untilAsserted(() -> assertThat(browser.all("#details [data-key=clear]")).isEmpty());
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void movesAShardByKeyboard() {
		openCrawler();
		String owner = board.owners("crawler").get(0);
		browser.driver().findElement(By.id("filter")).sendKeys("crawler");
		browser.driver().findElement(By.id("matrix")).sendKeys(Keys.HOME, Keys.ARROW_DOWN, "m");
		Browser.await().until(() -> !browser.all("dialog[open] select").isEmpty());
		Select choice = new Select(browser.driver().findElement(By.id("target")));
		String target = choice.getOptions().get(1).getText();
		assertThat(target).isNotEqualTo(owner);
		choice.selectByVisibleText(target);
		browser.driver().findElement(By.id("confirm")).sendKeys(Keys.ENTER);
		Browser.await().untilAsserted(() -> assertThat(board.owners("crawler")).containsEntry(0, target));
	}

	@Test
	void drainsAnInstanceAndEndsThat() {
		openCrawler();
		browser.click(".instance [data-key=shop-3]");
		press("drain");
		Browser.await()
			.untilAsserted(() -> assertThat(browser.texts(".toast.good"))
				.anyMatch((it) -> it.startsWith("shop-3 owns nothing")));
		assertThat(board.owners("crawler")).doesNotContainValue("shop-3");
		press("undrain");
		Browser.await().untilAsserted(() -> assertThat(board.owners("crawler")).containsValue("shop-3"));
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void asksBeforeItActs() {
		openCrawler();
		browser.click("[data-key=pause-all]");
		browser.click("#cancel");
		assertThat(browser.all("dialog[open]")).isEmpty();
		assertThat(browser.all(".toast")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "1400,prefers-color-scheme,light", "1400,prefers-color-scheme,dark", "1400,forced-colors,active",
			"420,prefers-color-scheme,light" })
	void putsUpNoBarriers(int width, String feature, String value) throws Exception {
		openCrawler();
		try {
			browser.resize(width, 1100).prefer(feature, value);
			board.select("crawler, shard 0");
			Browser.await().until(() -> !browser.all("#details [data-key=move]").isEmpty());
			assertThat(browser.barriers()).isEmpty();
			browser.click("[data-key=move]");
			assertThat(browser.barriers()).as("with a dialog").isEmpty();
			assertThat(browser.driver().executeScript("return document.documentElement.scrollWidth"))
				.as("the page as a whole does not scroll sideways")
				.isEqualTo(browser.driver().executeScript("return document.documentElement.clientWidth"));
		}
		finally {
			browser.resize(1400, 1100).prefer("prefers-color-scheme", "light");
		}
	}

	@Test
	void refusesWhenReadOnly() throws Exception {
		ShopProcess reader = group.start(List.of("reader")).get(0);
		try {
			browser.open(reader.uri("/taskdashboard"));
			board.awaitInstances("reader", "shop-1", "shop-2", "shop-3");
			board.select("invoices");
			Browser.await().until(() -> !browser.all("#details h2").isEmpty());
			assertThat(browser.all("#details .buttons, #group button")).isEmpty();
			assertThat(browser.driver()
				.executeAsyncScript(
						"import('./taskdashboard/api.js').then((api) => api.act(['invoices'], { action: 'pause' }))"
								+ ".then(() => arguments[0]('done'), (error) => arguments[0](error.message))"))
				.asString()
				.contains("read-only");
			HttpRequest pause = HttpRequest.newBuilder(reader.uri("/assignments/invoices"))
				.header("Content-Type", "application/json")
				.POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"pause\"}"))
				.build();
			assertThat(HttpClient.newHttpClient().send(pause, BodyHandlers.discarding()).statusCode()).isIn(404, 405);
		}
		finally {
			// its page would go on asking
			openCrawler();
			reader.close();
			browser.complaints();
		}
	}

	private static void openCrawler() {
		URI page = shops.get(0).uri("/taskdashboard");
		browser.open(page);
		Browser.await().until(() -> browser.texts("#group-state").equals(List.of("Stable")));
		board.open("crawler");
		Browser.await().until(() -> board.owners("crawler").size() == ShopApplication.CRAWLER_SHARDS);
	}

	private static void press(String key) {
		browser.click("[data-key=" + key + "]");
		browser.click("dialog[open] #confirm");
	}

}
