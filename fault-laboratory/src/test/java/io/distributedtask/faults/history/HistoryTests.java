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

package io.distributedtask.faults.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.report.Report;
import io.distributedtask.faults.rules.Story;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link History}, {@link GroupFile} and {@link Report}.
 */
class HistoryTests {

	@TempDir
	private Path folder;

	@Test
	void theLinesOfAllFilesAreReadInTheOrderOfTime() throws IOException {
		write("i1-1.history", line(3, "i1-1", "late") + "\n" + line(1, "i1-1", "early") + "\n");
		write("laboratory.history", line(2, "laboratory", "middle") + "\n");
		write("i1-1.log", "no history\n");
		assertThat(History.read(this.folder).events()).extracting(HistoryEvent::detail)
			.containsExactly("early", "middle", "late");
	}

	@Test
	void aTornLastLineIsLeftOut() throws IOException {
		write("i1-1.history", line(1, "i1-1", "whole") + "\n" + line(2, "i1-1", "1234567").replaceAll("567$", ""));
		write("i2-1.history", line(3, "i2-1", "whole") + "\n" + "17\ti2");
		assertThat(History.read(this.folder).events()).extracting(HistoryEvent::detail)
			.containsExactly("whole", "whole");
	}

	@Test
	void aLineInTheMidstThatCannotBeReadIsAFailure() throws IOException {
		write("i1-1.history", line(1, "i1-1", "whole") + "\n17\ti2\n" + line(2, "i1-1", "whole") + "\n");
		assertThatIllegalStateException().isThrownBy(() -> History.read(this.folder))
			.withMessageContaining("i1-1.history");
	}

	@Test
	void aWindowShowsOneShardAndTheFaults() {
		Story story = new Story().up("i1-1")
			.fault(0.5, 2, FaultKind.CUT, "i1")
			.runStart(1, "i1-1", "crawl#0", 7)
			.lease(1.1, "i1-1", "crawl#0", 7, 3.5)
			.runStart(1, "i1-1", "crawl#1", 7)
			.runStart(9, "i1-1", "crawl#0", 8);
		assertThat(story.history().window(Story.nanos(1), Duration.ofSeconds(2), "crawl", 0).lines()).satisfiesExactly(
				(line) -> assertThat(line).contains("-0.500", "FAULT_BEGIN", "f1 CUT i1"),
				(line) -> assertThat(line).contains("+0.000", "RUN_START", "crawl#0 token 7"),
				(line) -> assertThat(line).contains("+0.100", "LEASE", "until +2.500"),
				(line) -> assertThat(line).contains("+1.000", "FAULT_END"));
	}

	@Test
	void aReportShowsSeedViolationsAndTheirSurroundings() {
		Story story = new Story().up("i1-1", "i2-1")
			.fault(4, 5, FaultKind.CUT, "i3")
			.owns(0, 6, "i1-1", "crawl#0", 1)
			.owns(5, 9, "i2-1", "crawl#0", 2);
		String report = Report.violations(story.history(), story.verdict(), 4711);
		assertThat(report).contains("seed 4711", "ONE_OWNER at 65.000 s: crawl#0 on i1-1", "f1 CUT i3", "RUN_START");
		String figures = Report.figures(story.verdict(), Story.GROUP);
		assertThat(figures).contains("| CUT | 1 |", "| ONE_OWNER | 1 |", "| TOKENS_GROW | 0 |", "| tokens seen | 2 |",
				"12.30");
		assertThat(Report.violations(story.history(), new Story().up("i1-1").verdict(), 1)).isEmpty();
	}

	@Test
	void whatWasUnderTestIsKeptBesideTheHistory() {
		GroupFile.write(this.folder, Story.GROUP, 4711);
		assertThat(GroupFile.read(this.folder)).isEqualTo(new GroupFile(Story.GROUP, 4711));
	}

	private void write(String file, String text) throws IOException {
		Files.writeString(this.folder.resolve(file), text);
	}

	private static String line(long nanos, String source, String detail) {
		return new HistoryEvent(nanos, source, Kind.STARTED, "", -1, -1, detail).line();
	}

}
