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

package io.distributedtask.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.sample.ChecksumReports.Checksum;
import io.distributedtask.sample.Departure.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Summary} and {@link SumCheck}.
 */
class SummaryTests {

	private static final Progress DONE = new Progress(3, 10, 9, 1, 5 << 20);

	@Test
	void tellsTheFigures() {
		Map<Departure, Outcome> departures = new LinkedHashMap<>();
		departures.put(new Departure("one", true, Instant.EPOCH),
				new Outcome(3, List.of(Duration.ofMillis(9100), Duration.ofMillis(10_200), Duration.ofMillis(10_350))));
		departures.put(new Departure("two", false, Instant.EPOCH), new Outcome(1, List.of()));
		Summary summary = new Summary(DONE, Map.of("two", 4L, "one", 5L), 0, new SumCheck(9, List.of()), departures);
		assertThat(summary.isWrong()).isFalse();
		assertThat(summary.lines()).containsExactly("Summary",
				"  files                10, of which 1 could not be read",
				"  rows hashed          9 (5 MiB), 0 missing", "  rows written twice   0",
				"  sums computed again  9, of which 0 were wrong", "  writes by instance   {one=5, two=4}",
				"  fail-over of one (SIGKILL): 3 of 3 shards ran elsewhere, median 10.200 s, last 10.350 s after the signal",
				"  hand-over of two (SIGTERM): 0 of 1 shards ran elsewhere");
	}

	@Test
	void isWrongWhenRowsWereWrittenTwice() {
		assertThat(new Summary(DONE, Map.of(), 1, new SumCheck(9, List.of()), Map.of()).isWrong()).isTrue();
	}

	@Test
	void isWrongWhenSumIsWrong() {
		assertThat(new Summary(DONE, Map.of(), 0, new SumCheck(9, List.of("a")), Map.of()).isWrong()).isTrue();
	}

	@Test
	void exportedNamesAreEscapedAsSha256sumDoes() {
		FileState state = new FileState(1, 1);
		assertThat(SumCheck.line(Path.of("/folder"), new Checksum("a b.txt", state, "ab12")))
			.isEqualTo("ab12  /folder/a b.txt");
		assertThat(SumCheck.line(Path.of("/folder"), new Checksum("a\nb\\c", state, "ab12")))
			.isEqualTo("\\ab12  /folder/a\\nb\\\\c");
	}

}
