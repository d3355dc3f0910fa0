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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is told in the end.
 *
 * @param progress how far the work has come
 * @param writes the number of accepted writes, by instance
 * @param writtenTwice the number of rows that two instances wrote for one version of the
 * file
 * @param check the sums that were computed again
 * @param departures the instances that went, each with what became of its shards
 */
record Summary(Progress progress, Map<String, Long> writes, long writtenTwice, SumCheck check,
		Map<Departure, Departure.Outcome> departures) {

	/**
	 * Whether rows are wrong.
	 * @return whether a sum is wrong or two instances worked on one file
	 */
	boolean isWrong() {
		return this.writtenTwice > 0 || !this.check.wrong().isEmpty();
	}

	List<String> lines() {
		List<String> lines = new ArrayList<>();
		lines.add("Summary");
		lines.add("  files                %d, of which %d could not be read".formatted(this.progress.files(),
				this.progress.unreadable()));
		lines.add("  rows hashed          %d (%d MiB), %d missing".formatted(this.progress.hashed(),
				this.progress.bytes() >> 20, this.progress.missing()));
		lines.add("  rows written twice   %d".formatted(this.writtenTwice));
		lines.add("  sums computed again  %d, of which %d were wrong".formatted(this.check.checked(),
				this.check.wrong().size()));
		this.check.wrong().stream().limit(10).forEach((file) -> lines.add("    wrong: " + file));
		lines.add("  writes by instance   " + new TreeMap<>(this.writes));
		this.departures.forEach((departure, outcome) -> lines.add(line(departure, outcome)));
		return lines;
	}

	private static String line(Departure departure, Departure.Outcome outcome) {
		String what = departure.killed() ? "fail-over of %s (SIGKILL)" : "hand-over of %s (SIGTERM)";
		StringBuilder line = new StringBuilder("  " + what.formatted(departure.instance()) + ": ");
		line.append("%d of %d shards ran elsewhere".formatted(outcome.times().size(), outcome.shards()));
		if (!outcome.times().isEmpty()) {
			line.append(", median %s, last %s after the signal".formatted(seconds(outcome.median()),
					seconds(outcome.max())));
		}
		return line.toString();
	}

	private static String seconds(Duration duration) {
		return "%d.%03d s".formatted(duration.toSeconds(), duration.toMillisPart());
	}

}
