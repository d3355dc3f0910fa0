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
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the dashboard shows in a browser, of instances on a real broker.
 */
@EnabledIf(value = "io.distributedtask.dashboard.Browser#isInstalled", disabledReason = Browser.MISSING)
class DashboardIntegrationTests {

	@TempDir
	private Path folder;

	private ShopGroup group;

	private Browser browser;

	private Board board;

	@BeforeEach
	void start() {
		this.group = new ShopGroup(this.folder);
		this.browser = new Browser();
		this.board = new Board(this.browser);
	}

	@AfterEach
	void stop() throws Exception {
		this.browser.close();
		this.group.close();
	}

	@Test
	void tellsTheStoryOfAKill() throws Exception {
		List<ShopProcess> shops = this.group.start(List.of("shop-1", "shop-2", "shop-3"));
		this.browser.open(shops.get(0).uri("/taskdashboard"));
		this.board.awaitInstances("shop-1", "shop-2", "shop-3");
		Browser.await().until(() -> this.browser.texts("#group-state").equals(List.of("Stable")));
		this.board.open("crawler");
		Browser.await()
			.untilAsserted(() -> assertThat(this.board.owners("crawler")).hasSize(ShopApplication.CRAWLER_SHARDS)
				.containsValues("shop-1", "shop-2", "shop-3"));
		shops.get(1).kill();
		Browser.await().untilAsserted(() -> {
			assertThat(this.board.owners("crawler")).hasSize(ShopApplication.CRAWLER_SHARDS)
				.doesNotContainValue("shop-2");
			assertThat(this.browser.texts(".instance.gone .text")).containsExactly("shop-2");
			assertThat(this.browser.texts("#story li")).anyMatch((line) -> line.contains("shop-2 left"))
				.anyMatch((line) -> line.matches(".*crawler.* shop-[13].*"));
			assertThat(this.browser.texts("#timeline .event.left")).anyMatch((words) -> words.contains("shop-2"));
			assertThat(this.browser.texts("#timeline .held title"))
				.anyMatch((words) -> words.startsWith("shop-2: crawler"))
				.anyMatch((words) -> words.startsWith("shop-1: crawler"));
		});
		assertThat(this.browser.texts("#timeline .mark")).as("rebalances").isNotEmpty();
		assertThat(this.browser.complaints()).isEmpty();
		Screenshots.take(this.browser, "kill");
	}

	@Test
	void readsByKeyboardAndShowsWhatFailed() throws Exception {
		ShopProcess shop = this.group.start(List.of("alone")).get(0);
		this.browser.open(shop.uri("/taskdashboard"));
		this.board.awaitInstances("alone");
		Browser.await().until(() -> this.browser.texts(".chip.backoff b").equals(List.of("1")));
		this.browser.driver().findElement(By.tagName("body")).sendKeys("/");
		this.browser.driver().switchTo().activeElement().sendKeys("broken");
		Browser.await().until(() -> this.board.rows().equals(List.of("broken")));
		this.browser.driver().findElement(By.id("matrix")).sendKeys(Keys.END, Keys.ENTER);
		Browser.await()
			.untilAsserted(() -> assertThat(this.browser.texts("#details pre")).singleElement()
				.asString()
				.contains("IllegalStateException: <b>no</b> connection", "ShopApplication.broken("));
		assertThat(this.browser.all("#details pre b")).as("markup in a message").isEmpty();
		assertThat(this.browser.texts("#details dt")).contains("Next run", "Requires", "Weight", "Fencing token");
		assertThat(this.browser.all("#details .buttons, #group button")).as("without access").isEmpty();
		assertThat(this.browser.complaints()).isEmpty();
	}

}
