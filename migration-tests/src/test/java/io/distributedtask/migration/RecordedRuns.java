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

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the processes have run, as their table has it.
 */
final class RecordedRuns {

	private final NavigableMap<Instant, List<Run>> runs = new TreeMap<>();

	private RecordedRuns(List<Run> runs) {
		runs.forEach((run) -> this.runs.computeIfAbsent(run.due(), (due) -> new ArrayList<>()).add(run));
	}

	static RecordedRuns of(JdbcTemplate jdbc, String job) {
		return new RecordedRuns(jdbc.query("select due, pod, ended from run where job = ? order by ended",
				(row, index) -> new Run(instant(row.getTimestamp(1)), row.getString(2), instant(row.getTimestamp(3))),
				job));
	}

	private static Instant instant(Timestamp timestamp) {
		return timestamp.toInstant();
	}

	/**
	 * The instants of a schedule that have not exactly one run, with their runs.
	 */
	List<String> faults(Instant first, Instant last, Duration period) {
		List<String> faults = new ArrayList<>();
		for (Instant due = first; !due.isAfter(last); due = due.plus(period)) {
			List<Run> runs = this.runs.getOrDefault(due, List.of());
			if (runs.size() != 1) {
				faults.add("%s ran %d times: %s, after %s and before %s".formatted(due, runs.size(), runs,
						this.runs.lowerEntry(due), this.runs.higherEntry(due)));
			}
		}
		return faults;
	}

	/**
	 * How many instants each release has run.
	 */
	Map<String, Long> byRelease() {
		return this.runs.values()
			.stream()
			.flatMap(List::stream)
			.collect(Collectors.groupingBy((run) -> run.pod().replaceAll("-\\d+$", ""), TreeMap::new,
					Collectors.counting()));
	}

	/**
	 * How long after its instant the latest run has ended.
	 */
	Duration latest() {
		return this.runs.values()
			.stream()
			.flatMap(List::stream)
			.map((run) -> Duration.between(run.due(), run.ended()))
			.max(Duration::compareTo)
			.orElse(Duration.ZERO);
	}

	/**
	 * A run.
	 *
	 * @param due its instant
	 * @param pod the process that ran it
	 * @param ended when it ended
	 */
	record Run(Instant due, String pod, Instant ended) {
	}

}
