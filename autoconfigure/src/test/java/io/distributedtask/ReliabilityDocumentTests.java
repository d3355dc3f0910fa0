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

package io.distributedtask;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of {@code docs/reliability.md} names tests, which must exist.
 */
class ReliabilityDocumentTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern NAMED = Pattern.compile("`(\\w+Tests)\\.(\\w+)`");

	@Test
	void everyTestThatIsNamedExists() throws IOException {
		Set<String> missing = new TreeSet<>();
		List<MatchResult> named = NAMED.matcher(document()).results().toList();
		assertThat(named).hasSizeGreaterThan(60);
		named.stream()
			.filter((test) -> !exists(test.group(1), test.group(2)))
			.forEach((test) -> missing.add(test.group(1) + "." + test.group(2)));
		assertThat(missing).as("tests that docs/reliability.md names and that do not exist").isEmpty();
	}

	@Test
	void everyRowNamesATest() throws IOException {
		List<String> rows = document().lines()
			.filter((line) -> line.startsWith("| ") && line.contains("issues/"))
			.toList();
		assertThat(rows).hasSizeGreaterThan(30)
			.allSatisfy((row) -> assertThat(row).containsPattern(NAMED).matches("\\|[^|]+\\|[^|]+\\|[^|]+\\|"));
	}

	private static String document() throws IOException {
		return Files.readString(ROOT.resolve("docs/reliability.md"));
	}

	private static boolean exists(String className, String method) {
		Pattern test = Pattern.compile("@(Parameterized|Repeated)?Test\\b[^;{]*\\bvoid " + method + "\\(",
				Pattern.DOTALL);
		// annotations have braces of their own, such as those of a list of values
		Pattern parameterized = Pattern.compile("@ParameterizedTest\\b.{0,400}?\\bvoid " + method + "\\(",
				Pattern.DOTALL);
		return sources(className).stream()
			.anyMatch((source) -> test.matcher(source).find() || parameterized.matcher(source).find());
	}

	private static List<String> sources(String className) {
		try (Stream<Path> modules = Files.list(ROOT)) {
			return modules.map((module) -> module.resolve("src/test/java"))
				.filter(Files::isDirectory)
				.flatMap((tests) -> find(tests, className + ".java").stream())
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> find(Path tests, String fileName) {
		try (Stream<Path> files = Files.walk(tests)) {
			return files.filter((file) -> file.getFileName().toString().equals(fileName))
				.map(ReliabilityDocumentTests::read)
				.toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
