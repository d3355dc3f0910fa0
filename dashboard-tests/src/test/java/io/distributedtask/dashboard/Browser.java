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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

import org.springframework.util.FileSystemUtils;

/**
 * A headless Chromium on the dashboard. Install it with
 * {@code apt-get install chromium chromium-driver}, or name the programs by the
 * environment variables {@code CHROME_BIN} and {@code CHROMEDRIVER}.
 */
final class Browser implements AutoCloseable {

	static final String MISSING = "No Chromium with its driver was found: apt-get install chromium chromium-driver, "
			+ "or set CHROME_BIN and CHROMEDRIVER";

	private final Path profile;

	private final ChromeDriver driver;

	Browser() {
		try {
			this.profile = Files.createTempDirectory("dashboard-tests");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ChromeOptions options = new ChromeOptions();
		options.setBinary(chromium().toFile());
		options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
				"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
				"--window-size=1400,1100", "--user-data-dir=" + this.profile);
		LoggingPreferences logging = new LoggingPreferences();
		logging.enable(LogType.BROWSER, Level.ALL);
		options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
		this.driver = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(driverProgram().toFile()).build(), options);
	}

	/**
	 * Whether there is a browser to test with.
	 */
	static boolean isInstalled() {
		return chromium() != null && driverProgram() != null;
	}

	private static Path chromium() {
		return program("CHROME_BIN", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
	}

	private static Path driverProgram() {
		return program("CHROMEDRIVER", "/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");
	}

	private static Path program(String variable, String... places) {
		return Stream.concat(Stream.ofNullable(System.getenv(variable)), Stream.of(places))
			.map(Path::of)
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	Browser open(URI page) {
		this.driver.get(page.toString());
		return this;
	}

	Browser resize(int width, int height) {
		this.driver.manage().window().setSize(new Dimension(width, height));
		return this;
	}

	ChromeDriver driver() {
		return this.driver;
	}

	List<WebElement> all(String css) {
		return this.driver.findElements(By.cssSelector(css));
	}

	List<String> texts(String css) {
		return strings("return [...document.querySelectorAll(arguments[0])].map((it) => it.textContent)", css);
	}

	@SuppressWarnings("unchecked")
	List<String> strings(String script, Object... arguments) {
		return (List<String>) Objects.requireNonNull(this.driver.executeScript(script, arguments));
	}

	/**
	 * Click on something when it is there: the page draws itself anew now and then.
	 */
	void click(String css) {
		await().ignoreException(StaleElementReferenceException.class).until(() -> {
			List<WebElement> found = all(css);
			if (found.isEmpty()) {
				return false;
			}
			found.get(0).click();
			return true;
		});
	}

	/**
	 * What the console says that it should not.
	 */
	List<String> complaints() {
		return this.driver.manage()
			.logs()
			.get(LogType.BROWSER)
			.getAll()
			.stream()
			.filter((entry) -> entry.getLevel().intValue() >= Level.WARNING.intValue())
			.map(LogEntry::toString)
			.toList();
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
	}

	/**
	 * Emulate a preference of the person who looks.
	 */
	void prefer(String feature, String value) {
		this.driver.executeCdpCommand("Emulation.setEmulatedMedia",
				Map.of("features", List.of(Map.of("name", feature, "value", value))));
	}

	/**
	 * What the page, as it is now, has that hinders people who cannot see it well or use
	 * no mouse: the findings of axe, with the elements that they are about.
	 */
	List<String> barriers() throws IOException {
		try (InputStream script = Objects.requireNonNull(Browser.class.getResourceAsStream("/axe.min.js"))) {
			this.driver.executeScript(new String(script.readAllBytes(), StandardCharsets.UTF_8));
		}
		Object found = this.driver.executeAsyncScript("const done = arguments[0]; axe.run().then((results) => done("
				+ "results.violations.flatMap((it) => it.nodes.map((node) => "
				+ "`${it.id} (${it.impact}): ${node.html.slice(0, 200)}: ${node.any.map((why) => why.message)}`))), "
				+ "(error) => done(['axe has failed: ' + error]))");
		return ((List<?>) Objects.requireNonNull(found)).stream().map(String::valueOf).toList();
	}

	@Override
	public void close() throws IOException {
		this.driver.quit();
		FileSystemUtils.deleteRecursively(this.profile);
	}

}
