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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The board of the dashboard, as a person reads and uses it.
 */
final class Board {

	private static final Pattern CELL = Pattern.compile("(.*) on (\\S+)");

	private final Browser browser;

	Board(Browser browser) {
		this.browser = browser;
	}

	void awaitInstances(String... names) {
		Browser.await()
			.untilAsserted(() -> assertThat(this.browser.texts(".instance:not(.gone) .label .text"))
				.containsExactlyInAnyOrder(names));
	}

	List<String> rows() {
		return this.browser.texts(".row .name .text");
	}

	void open(String task) {
		Browser.await()
			.until(() -> (Boolean) this.browser.driver()
				.executeScript("const row = [...document.querySelectorAll('.row')]"
						+ ".find((it) => it.querySelector('.text').textContent === arguments[0]);"
						+ "if (row && row.ariaExpanded !== 'true') row.querySelector('.twist').click();"
						+ "return !!row && row.ariaExpanded === 'true';", task));
	}

	/**
	 * The owners of the shards of an opened task, as its lit cells say.
	 */
	Map<Integer, String> owners(String task) {
		return cells(task, 2);
	}

	/**
	 * The states of the shards of an opened task, as its lit cells say.
	 */
	Map<Integer, String> states(String task) {
		return cells(task, 1);
	}

	private Map<Integer, String> cells(String task, int group) {
		Map<Integer, String> cells = new LinkedHashMap<>();
		this.browser.strings("return [...document.querySelectorAll('.level2 .name')]"
				+ ".filter((it) => it.title.startsWith(arguments[0] + ', '))"
				+ ".map((it) => it.title.split(' shard ')[1] + '\\n' + it.parentElement.querySelector('.cell')?.ariaLabel)",
				task)
			.forEach((text) -> {
				String[] parts = text.split("\n");
				Matcher matcher = CELL.matcher(parts[1]);
				if (matcher.matches()) {
					cells.put(Integer.valueOf(parts[0]), matcher.group(group));
				}
			});
		return cells;
	}

	/**
	 * Select a row of the board, so that its details are shown.
	 */
	void select(String title) {
		Browser.await()
			.until(() -> (Boolean) this.browser.driver()
				.executeScript("const name = [...document.querySelectorAll('.row .name')]"
						+ ".find((it) => it.title === arguments[0]); name?.click();"
						+ "return name?.parentElement.ariaSelected === 'true' || !!document.querySelector('.row[aria-selected=true] .name[title=\"'"
						+ " + arguments[0] + '\"]');", title));
	}

	/**
	 * Drag the lit cell of a shard to the column of an instance.
	 */
	void drag(String task, int shard, String instance) {
		Browser.await().ignoreException(StaleElementReferenceException.class).until(() -> {
			WebElement cell = (WebElement) this.browser.driver()
				.executeScript(
						"return [...document.querySelectorAll('.level2 .name')]"
								+ ".find((it) => it.title === arguments[0]).parentElement.querySelector('.cell')",
						"%s, shard %d".formatted(task, shard));
			WebElement column = (WebElement) this.browser.driver()
				.executeScript("return [...document.querySelectorAll('.instance')]"
						+ ".find((it) => it.querySelector('.text').textContent === arguments[0])", instance);
			int x = column.getRect().x + column.getRect().width / 2 - cell.getRect().x - cell.getRect().width / 2;
			new Actions(this.browser.driver()).clickAndHold(cell)
				.moveByOffset(x / 2, 3)
				.moveByOffset(x - x / 2, 0)
				.release()
				.perform();
			return !this.browser.all("dialog[open]").isEmpty();
		});
	}

}
