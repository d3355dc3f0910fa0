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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.distributedtask.broker.EmbeddedBrokers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard in a browser, on a group of three instances.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class DashboardIntegrationTests {

	private static final String WRITABLE = "--management.endpoint.assignments.access=unrestricted";

	@TempDir
	static Path folder;

	private static EmbeddedBrokers brokers;

	private static Browser browser;

	private final List<ShopProcess> shops = new ArrayList<>();

	@BeforeAll
	static void start() {
		brokers = EmbeddedBrokers.startOne();
		browser = new Browser();
	}

	@AfterAll
	static void stop() throws Exception {
		browser.close();
		brokers.close();
	}

	@AfterEach
	void closeShops() {
		this.shops.forEach(ShopProcess::close);
	}

	@Test
	void tellsTheStoryOfAKill() throws Exception {
		List<ShopProcess> three = startThree("story");
		browser.open(three.get(0).uri("/taskdashboard"));
		awaitColumns("shop-1", "shop-2", "shop-3");
		Browser.await().until(() -> browser.texts("#group-state").equals(List.of("Stable")));
		openTask("crawler");
		Browser.await()
			.untilAsserted(() -> assertThat(owners("crawler")).hasSize(ShopApplication.CRAWLER_SHARDS)
				.contains("shop-1", "shop-2", "shop-3"));
		three.get(1).kill();
		Browser.await().untilAsserted(() -> {
			assertThat(owners("crawler")).hasSize(ShopApplication.CRAWLER_SHARDS).containsOnly("shop-1", "shop-3");
			assertThat(browser.texts(".instance.gone .text")).containsExactly("shop-2");
			assertThat(browser.texts("#story li")).anyMatch((line) -> line.contains("shop-2 left"))
				.anyMatch((line) -> line.matches(".*crawler.*shop-[13].*"));
			assertThat(browser.texts("#timeline .event.left")).anyMatch((words) -> words.contains("shop-2"));
			assertThat(browser.texts("#timeline .held title")).anyMatch((words) -> words.startsWith("shop-2: crawler"))
				.anyMatch((words) -> words.startsWith("shop-1: crawler"));
		});
		assertThat(browser.texts("#timeline .mark")).as("rebalances").isNotEmpty();
		assertThat(browser.complaints()).isEmpty();
	}

	@Test
	void readsByKeyboardAndShowsWhatFailed() throws Exception {
		ShopProcess shop = startOne("alone");
		browser.open(shop.uri("/taskdashboard"));
		awaitColumns("alone");
		Browser.await().until(() -> browser.texts(".chip.backoff b").equals(List.of("1")));
		browser.click("#filter");
		browser.driver().switchTo().activeElement().sendKeys("broken");
		Browser.await().until(() -> rows().equals(List.of("broken")));
		browser.driver().findElement(By.id("matrix")).sendKeys(Keys.END, Keys.ENTER);
		Browser.await()
			.untilAsserted(() -> assertThat(browser.texts("#details pre")).singleElement()
				.asString()
				.contains("IllegalStateException", "<b>no</b> connection"));
		assertThat(browser.all("#details pre b")).as("markup in a message").isEmpty();
		assertThat(browser.texts("#details dt")).contains("Next run", "Requires", "Weight", "Fencing token");
		assertThat(browser.all("#details .buttons")).as("without access").isEmpty();
		assertThat(browser.complaints()).isEmpty();
	}

	private ShopProcess startOne(String name, String... arguments) throws Exception {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--distributed-task.group-id=" + name);
		ShopProcess shop = ShopProcess.start(name, brokers.bootstrapServers(), folder, all.toArray(String[]::new));
		this.shops.add(shop);
		return shop.awaitUp();
	}

	private List<ShopProcess> startThree(String group, String... arguments) throws Exception {
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--distributed-task.group-id=" + group);
		for (int i = 1; i <= 3; i++) {
			this.shops
				.add(ShopProcess.start("shop-" + i, brokers.bootstrapServers(), folder, all.toArray(String[]::new)));
		}
		this.shops.forEach(ShopProcess::awaitUp);
		return this.shops;
	}

	private static void awaitColumns(String... names) {
		Browser.await()
			.untilAsserted(() -> assertThat(browser.texts(".instance:not(.gone) .label .text")).containsExactly(names));
	}

	private static List<String> rows() {
		return browser.texts(".row .name .text");
	}

	private static void openTask(String task) {
		Browser.await()
			.ignoreException(StaleElementReferenceException.class)
			.until(() -> (Boolean) browser.driver()
				.executeScript("const row = [...document.querySelectorAll('.row')]"
						+ ".find((it) => it.querySelector('.text').textContent === arguments[0]);"
						+ "if (row && row.ariaExpanded !== 'true') row.querySelector('.twist').click();"
						+ "return !!row && row.ariaExpanded === 'true';", task));
	}

	/**
	 * The owners of a task's shards, as the lit cells below its open row say.
	 */
	private static List<String> owners(String task) {
		Pattern owner = Pattern.compile(".* on (\\S+)");
		return browser
			.strings(
					"return [...document.querySelectorAll('.level2 .name')]"
							+ ".filter((it) => it.title.startsWith(arguments[0] + ','))"
							+ ".map((it) => it.parentElement.querySelector('.cell')?.ariaLabel ?? 'nobody on nobody')",
					task)
			.stream()
			.map(owner::matcher)
			.filter(Matcher::matches)
			.map((matcher) -> matcher.group(1))
			.toList();
	}

}
