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

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.distributedtask.migration.Release.Library;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/coming-from-leader-election.md}, followed by processes: while an election
 * by a lock is replaced, somebody leads in each release, and never do two.
 */
class ElectionMigrationIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(ElectionMigrationIntegrationTests.class);

	private static final Release BEFORE = Release.of("election",
			io.distributedtask.migration.election.before.CrawlerApplication.class, Library.OURS, Library.SHEDLOCK,
			Library.QUARTZ);

	private static final Release BOTH = Release.of("election-and-tasks",
			io.distributedtask.migration.election.both.CrawlerApplication.class, Library.SHEDLOCK, Library.QUARTZ);

	private static final Release AFTER = Release.of("tasks",
			io.distributedtask.migration.election.after.CrawlerApplication.class, Library.SHEDLOCK, Library.QUARTZ,
			Library.INTEGRATION);

	// with the logs of the processes
	@TempDir(cleanup = CleanupMode.ON_SUCCESS)
	private Path folder;

	@Test
	void neverDoTwoLeadWhileTheElectionIsReplaced() throws Exception {
		try (Fleet fleet = new Fleet(this.folder, "crawler.sql",
				"org/springframework/integration/jdbc/schema-h2.sql")) {
			List.of(fleet.start(BEFORE), fleet.start(BEFORE)).forEach(Pod::awaitReady);
			awaitVisits(fleet.jdbc(), BEFORE);
			fleet.deploy(BOTH, List.of("crawler"), Duration.ofSeconds(1));
			awaitVisits(fleet.jdbc(), BOTH);
			fleet.deploy(AFTER, List.of(), Duration.ofSeconds(1));
			awaitVisits(fleet.jdbc(), AFTER);
			assertThat(fleet.jdbc().queryForList("select * from overlap")).isEmpty();
			logger.info("{} visits, {} was the longest time between two",
					fleet.jdbc().queryForObject("select count(*) from visit", Integer.class), longestGap(fleet.jdbc()));
		}
	}

	private static void awaitVisits(JdbcTemplate jdbc, Release release) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.until(() -> jdbc.queryForObject("select count(*) from visit where regexp_like(pod, ?)", Integer.class,
					"^" + release.name() + "-\\d+$") > 20);
	}

	private static Duration longestGap(JdbcTemplate jdbc) {
		List<Instant> visits = jdbc.query("select at from visit order by at",
				(row, index) -> ((Timestamp) row.getTimestamp(1)).toInstant());
		Duration longest = Duration.ZERO;
		for (int index = 1; index < visits.size(); index++) {
			Duration gap = Duration.between(visits.get(index - 1), visits.get(index));
			longest = (gap.compareTo(longest) > 0) ? gap : longest;
		}
		return longest;
	}

}
