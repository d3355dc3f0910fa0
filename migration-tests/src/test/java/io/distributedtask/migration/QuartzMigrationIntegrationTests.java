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
 * {@code docs/coming-from-quartz.md}, followed by processes: each instant of a job runs
 * once, while a clustered Quartz is replaced. {@code -Dmigration.runs=100} makes it
 * longer.
 */
class QuartzMigrationIntegrationTests {

	private static final Logger logger = LoggerFactory.getLogger(QuartzMigrationIntegrationTests.class);

	private static final Release BEFORE = Release.of("quartz",
			io.distributedtask.migration.quartz.before.ShopApplication.class, Library.OURS, Library.SHEDLOCK,
			Library.INTEGRATION);

	private static final Release BOTH = Release.of("quartz-and-tasks",
			io.distributedtask.migration.quartz.both.ShopApplication.class, Library.SHEDLOCK, Library.INTEGRATION);

	private static final Release AFTER = Release.of("tasks",
			io.distributedtask.migration.quartz.after.ShopApplication.class, Library.SHEDLOCK, Library.INTEGRATION);

	private final Duration period = Duration.ofSeconds(Long.getLong("migration.period", 3));

	private final Duration part = this.period.multipliedBy(Integer.getInteger("migration.runs", 8) / 4);

	// with the logs of the processes
	@TempDir(cleanup = CleanupMode.ON_SUCCESS)
	private Path folder;

	@Test
	void eachInstantRunsOnceWhileQuartzIsReplaced() throws Exception {
		try (Fleet fleet = new Fleet(this.folder, "runs.sql", "org/quartz/impl/jdbcjobstore/tables_h2.sql").with(
				"--jobs.invoices=*/" + this.period.toSeconds() + " * * * * ?",
				"--jobs.period-millis=" + this.period.toMillis(), "--spring.quartz.job-store-type=jdbc",
				"--spring.quartz.jdbc.initialize-schema=never",
				"--spring.quartz.wait-for-jobs-to-complete-on-shutdown=true",
				"--spring.quartz.properties.org.quartz.scheduler.instanceId=AUTO",
				"--spring.quartz.properties.org.quartz.jobStore.isClustered=true",
				"--spring.quartz.properties.org.quartz.threadPool.threadCount=2")) {
			Instant begun = Instant.now();
			List.of(fleet.start(BEFORE), fleet.start(BEFORE)).forEach(Pod::awaitReady);
			Duration toStart = Duration.between(begun, Instant.now());
			Instant first = next(Instant.now().plus(this.period));
			fleet.awaitTime(first.plus(this.part));
			Instant cutOver = next(Instant.now().plus(toStart.multipliedBy(3)).plusSeconds(5));
			logger.info("The cut-over is at {}", cutOver);
			fleet.with("--jobs.cut-over=" + cutOver).deploy(BOTH, List.of("invoices"), Duration.ZERO);
			assertThat(cutOver).as("the cut-over is after the deployment").isAfter(Instant.now());
			fleet.awaitTime(cutOver.plus(this.part));
			fleet.deploy(AFTER, List.of(), Duration.ZERO);
			fleet.awaitTime(Instant.now().plus(this.part));
			Instant last = next(Instant.now()).minus(this.period);
			Awaitility.await()
				.atMost(Duration.ofMinutes(1))
				.untilAsserted(
						() -> assertThat(RecordedRuns.of(fleet.jdbc(), "invoices").faults(first, last, this.period))
							.isEmpty());
			RecordedRuns recorded = RecordedRuns.of(fleet.jdbc(), "invoices");
			logger.info("{} instants ran once each, {}; the latest {} after its instant",
					Duration.between(first, last).dividedBy(this.period) + 1, recorded.byRelease(), recorded.latest());
			assertThat(recorded.byRelease()).containsOnlyKeys("quartz", "quartz-and-tasks", "tasks");
			assertThat(fleet.jdbc().queryForObject("select count(*) from qrtz_job_details", Integer.class)).isZero();
		}
	}

	private Instant next(Instant time) {
		long millis = this.period.toMillis();
		return Instant.ofEpochMilli((time.toEpochMilli() / millis + 1) * millis);
	}

}
