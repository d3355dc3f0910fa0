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
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The work of the jobs: each run is a row of the table that all processes share.
 */
public class Billing {

	private static final Logger logger = LoggerFactory.getLogger(Billing.class);

	private final JdbcTemplate jdbc;

	private final String pod;

	private final long periodMillis;

	protected Billing(JdbcTemplate jdbc, @Value("${pod}") String pod,
			@Value("${jobs.period-millis}") long periodMillis) {
		this.jdbc = jdbc;
		this.pod = pod;
		this.periodMillis = periodMillis;
	}

	/**
	 * A run of a job that does not know its instant.
	 */
	public void sendInvoices() {
		record("invoices", due());
	}

	/**
	 * A run of a job that knows its instant.
	 */
	public void sendInvoices(Instant due) {
		record("invoices", due);
	}

	public void refreshRates() {
		record("rates", due());
	}

	public void refreshRates(Instant due) {
		record("rates", due);
	}

	/**
	 * The instant of a run that is not told it: the latest one that was due.
	 */
	protected Instant due() {
		long now = Instant.now().toEpochMilli();
		return Instant.ofEpochMilli(now - now % this.periodMillis);
	}

	private void record(String job, Instant due) {
		this.jdbc.update("insert into run (job, due, pod, ended) values (?, ?, ?, ?)", job,
				Timestamp.from(due.truncatedTo(ChronoUnit.SECONDS)), this.pod, Timestamp.from(Instant.now()));
	}

	@EventListener(ApplicationReadyEvent.class)
	void ready() {
		logger.info(Pod.READY);
	}

}
