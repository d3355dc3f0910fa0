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
import java.sql.SQLException;
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

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code docs/coming-from-shedlock.md}, followed by processes: each instant of two jobs
 * runs once, while ShedLock is replaced by two rolling deployments.
 * {@code -Dmigration.runs=100} makes it longer, {@code -Dmigration.period=1} stricter: a
 * busy machine fires too late for a lock of half a second.
 */
class ShedLockMigrationIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(ShedLockMigrationIntegrationTests.class);

	private static final Release BEFORE = Release.of("shedlock",
			io.distributedtask.migration.shedlock.before.ShopApplication.class, Library.OURS, Library.QUARTZ,
			Library.INTEGRATION);

	private static final Release BOTH = Release.of("shedlock-and-tasks",
			io.distributedtask.migration.shedlock.both.ShopApplication.class, Library.QUARTZ, Library.INTEGRATION);

	private static final Release AFTER = Release.of("tasks",
			io.distributedtask.migration.shedlock.after.ShopApplication.class, Library.SHEDLOCK, Library.QUARTZ,
			Library.INTEGRATION);

	private final int runs = Integer.getInteger("migration.runs", 10);

	private final Duration period = Duration.ofSeconds(Long.getLong("migration.period", 4));

	// with the logs of the processes
	@TempDir(cleanup = CleanupMode.ON_SUCCESS)
	private Path folder;

	@Test
	void eachInstantRunsOnceWhileShedLockIsReplaced() throws Exception {
		try (Fleet fleet = fleet()) {
			List.of(fleet.start(BEFORE), fleet.start(BEFORE)).forEach(Pod::awaitReady);
			Instant first = next(Instant.now().plus(this.period));
			Duration part = this.period.multipliedBy(this.runs / 10);
			fleet.awaitTime(first.plus(part));
			fleet.deploy(BOTH, List.of("invoices", "rates"), part);
			fleet.awaitTime(Instant.now().plus(part));
			fleet.deploy(AFTER, List.of(), part);
			fleet.awaitTime(Instant.now().plus(part));
			fleet.awaitTime(first.plus(this.period.multipliedBy(this.runs)));
			assertThatEachRanOnce(fleet, first);
			assertThat(RecordedRuns.of(fleet.jdbc(), "invoices").byRelease()).containsOnlyKeys("shedlock",
					"shedlock-and-tasks", "tasks");
		}
	}

	@Test
	void eachInstantRunsOnceWhenAnOwnerCrashesBesideOldPods() throws Exception {
		try (Fleet fleet = fleet().with("--distributed-task.session-timeout=6s")) {
			Pod old = fleet.start(BEFORE).awaitReady();
			Instant first = next(Instant.now().plus(this.period));
			Pod owner = fleet.start(BOTH).awaitOutput(Pod.OWNS + "invoices").awaitOutput(Pod.OWNS + "rates");
			Pod other = fleet.start(BOTH).awaitOutput(Pod.OWNS);
			// not in a run: its lock would be held for lockAtMostFor
			fleet.awaitTime(next(Instant.now()).plus(this.period.dividedBy(2)));
			owner.close();
			other.awaitOutput(Pod.OWNS + "invoices").awaitOutput(Pod.OWNS + "rates");
			fleet.awaitTime(Instant.now().plus(this.period.multipliedBy(2)));
			assertThatEachRanOnce(fleet, first);
		}
	}

	private Fleet fleet() throws SQLException {
		String cron = "*/" + this.period.toSeconds() + " * * * * *";
		return new Fleet(this.folder, "runs.sql", "shedlock.sql").with("--jobs.invoices=" + cron,
				"--jobs.rates=" + cron, "--jobs.period-millis=" + this.period.toMillis(),
				"--jobs.lock-at-least-for=" + this.period.dividedBy(2).toMillis() + "ms",
				"--spring.task.scheduling.shutdown.await-termination=true",
				"--spring.task.scheduling.shutdown.await-termination-period=10s");
	}

	private void assertThatEachRanOnce(Fleet fleet, Instant first) {
		Instant last = next(Instant.now()).minus(this.period);
		fleet.awaitTime(last.plus(this.period));
		for (String job : List.of("invoices", "rates")) {
			Awaitility.await()
				.untilAsserted(() -> assertThat(RecordedRuns.of(fleet.jdbc(), job).faults(first, last, this.period))
					.isEmpty());
			RecordedRuns recorded = RecordedRuns.of(fleet.jdbc(), job);
			logger.info("{}: {} instants ran once each, {}; the latest {} after its instant", job,
					Duration.between(first, last).dividedBy(this.period) + 1, recorded.byRelease(), recorded.latest());
		}
	}

	private Instant next(Instant time) {
		long millis = this.period.toMillis();
		return Instant.ofEpochMilli((time.toEpochMilli() / millis + 1) * millis);
	}

}
