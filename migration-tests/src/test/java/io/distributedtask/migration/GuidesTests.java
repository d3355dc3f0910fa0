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

package io.distributedtask.migration;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The code and the settings of the guides are those of this module, which are compiled
 * and run.
 */
class GuidesTests {

	private static final Pattern BLOCK = Pattern.compile("^ *```(java|properties)\\n(.*?)^ *```$",
			Pattern.DOTALL | Pattern.MULTILINE);

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)`");

	@ParameterizedTest
	@ValueSource(strings = { "coming-from-shedlock", "coming-from-quartz", "coming-from-leader-election" })
	void codeIsCompiled(String guide) throws IOException {
		String page = Files.readString(Path.of("../docs/" + guide + ".md"));
		List<String> sources = sources();
		List<String> blocks = BLOCK.matcher(page).results().map((block) -> lines(block.group(2))).toList();
		assertThat(blocks).isNotEmpty()
			.allSatisfy((block) -> assertThat(sources).anyMatch((source) -> source.contains(block)));
		List<String> tests = TEST.matcher(page).results().map((MatchResult test) -> test.group(1)).toList();
		assertThat(tests).isNotEmpty()
			.allSatisfy((test) -> assertThat(sources).anyMatch((source) -> source.contains("class " + test + " {")));
	}

	private static List<String> sources() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src/test"))) {
			return files.filter(Files::isRegularFile).map((file) -> lines(read(file))).toList();
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

	// without indentation and blank lines
	private static String lines(String text) {
		return text.lines()
			.map((line) -> line.strip().replaceAll("\\s+", " "))
			.filter((line) -> !line.isEmpty())
			.collect(Collectors.joining("\n", "\n", "\n"));
	}

}
