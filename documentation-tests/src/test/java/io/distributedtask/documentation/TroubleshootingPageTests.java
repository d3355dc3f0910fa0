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
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.commonmark.ext.gfm.tables.TableBlock;
import org.commonmark.ext.gfm.tables.TableCell;
import org.commonmark.ext.gfm.tables.TableRow;
import org.commonmark.node.Code;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The texts that {@code docs/troubleshooting.md} quotes are those of the sources.
 */
class TroubleshootingPageTests {

	private static final Path SOURCES = Documents.ROOT.resolve("autoconfigure/src/main/java");

	private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

	/** Literals that the compiler joins. */
	private static final Pattern TEXT = Pattern.compile(LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*");

	@Test
	void everyTextThatIsQuotedIsWritten() throws IOException {
		List<String> written = written();
		List<String> quoted = quoted();
		assertThat(quoted).hasSizeGreaterThan(50);
		assertThat(quoted).allSatisfy((text) -> {
			Pattern pattern = pattern(text);
			assertThat(written).as("texts in the sources that match '%s'", text)
				.anyMatch((it) -> pattern.matcher(it).find());
		});
	}

	/**
	 * What varies is written as a placeholder in a source.
	 */
	private static Pattern pattern(String quoted) {
		return Pattern.compile(
				Stream.of(quoted.split("…", -1)).map(Pattern::quote).collect(Collectors.joining("(?:%s|%d|\\{}).*?")));
	}

	private static List<String> quoted() {
		List<String> quoted = new ArrayList<>();
		for (TableBlock table : Documents.find(Documents.parse("docs/troubleshooting.md"), TableBlock.class)) {
			List<TableRow> rows = Documents.find(table, TableRow.class);
			if (Documents.plain(rows.get(0).getFirstChild()).equals("Text")) {
				rows.stream().skip(1).forEach((row) -> {
					TableCell cell = (TableCell) row.getFirstChild();
					List<Code> codes = Documents.find(cell, Code.class);
					assertThat(codes).as(Documents.plain(row)).hasSize(1);
					assertThat(Documents.plain(cell)).isEqualTo(codes.get(0).getLiteral());
					quoted.add(codes.get(0).getLiteral());
				});
			}
		}
		return quoted;
	}

	private static List<String> written() throws IOException {
		try (Stream<Path> files = Files.walk(SOURCES)) {
			return files.filter((file) -> file.toString().endsWith(".java"))
				.flatMap((file) -> TEXT.matcher(Documents.text(file))
					.results()
					.map((match) -> LITERAL.matcher(match.group())
						.results()
						.map((literal) -> literal.group(1).translateEscapes())
						.collect(Collectors.joining())))
				.toList();
		}
	}

}
