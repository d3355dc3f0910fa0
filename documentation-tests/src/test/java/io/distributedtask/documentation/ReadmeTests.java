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

package io.distributedtask.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.commonmark.node.Heading;
import org.commonmark.node.StrongEmphasis;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The README is short, says first what is not promised, and leads to everything else.
 */
class ReadmeTests {

	private final String readme = Documents.text("README.md");

	@Test
	void isShort() {
		assertThat(this.readme.lines().count()).isLessThan(200);
	}

	@Test
	void theLimitOfThePromiseIsTheFirstThingInBold() {
		assertThat(Documents.plain(Documents.find(Documents.parse("README.md"), StrongEmphasis.class).get(0)))
			.startsWith("At most one instance holds a valid lease on a shard at any time. No lease can stop a process")
			.endsWith("has to carry the fencing token, and the store has to compare it.");
		assertThat(this.readme.lines().limit(15)).anyMatch((line) -> line.startsWith("**At most one instance"));
	}

	@Test
	void thereAreTwoCommands() {
		assertThat(this.readme).contains("""
				```
				mvn -q -DskipTests package && java -jar sample-app/target/sample-app.jar
				mvn -B verify
				```
				""");
		assertThat(Documents.text(".ci/run")).contains(" mvn -B verify\n");
	}

	@Test
	void eachPromiseHasItsSection() {
		List<String> promises = this.readme
			.substring(this.readme.indexOf("## Behavior"), this.readme.indexOf("## Guides"))
			.lines()
			.filter((line) -> line.matches("\\d+\\. .*"))
			.map((line) -> line.substring(0, line.indexOf('.')))
			.toList();
		List<String> sections = Documents.find(Documents.parse("docs/behavior.md"), Heading.class)
			.stream()
			.map(Documents::plain)
			.filter((heading) -> heading.matches("\\d+\\. .*"))
			.map((heading) -> heading.substring(0, heading.indexOf('.')))
			.toList();
		assertThat(promises).hasSize(15).isEqualTo(sections);
	}

	@Test
	void leadsToEachPage() throws IOException {
		try (Stream<Path> pages = Files.list(Documents.ROOT.resolve("docs"))) {
			assertThat(pages.filter((page) -> page.toString().endsWith(".md"))).isNotEmpty()
				.allSatisfy((page) -> assertThat(this.readme).contains("](docs/" + page.getFileName() + ")"));
		}
	}

}
