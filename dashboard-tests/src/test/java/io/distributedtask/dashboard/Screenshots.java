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
import java.nio.file.Files;
import java.nio.file.Path;

import org.openqa.selenium.OutputType;

/**
 * Pictures of the page, for people to look at, below {@code target/screenshots}.
 */
final class Screenshots {

	private Screenshots() {
	}

	static void take(Browser browser, String name) throws IOException {
		Path folder = Files.createDirectories(Path.of("target", "screenshots"));
		for (String scheme : new String[] { "light", "dark" }) {
			browser.prefer("prefers-color-scheme", scheme);
			Files.write(folder.resolve(name + "-" + scheme + ".png"),
					browser.driver().getScreenshotAs(OutputType.BYTES));
		}
		browser.prefer("prefers-color-scheme", "light");
	}

}
