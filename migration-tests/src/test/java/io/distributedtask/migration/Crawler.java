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
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Work that one instance at a time may do: it notices in the database if two do.
 */
public class Crawler {

	private static final Logger logger = LoggerFactory.getLogger(Crawler.class);

	private final JdbcTemplate jdbc;

	private final String pod;

	private Thread thread;

	private volatile boolean stopped;

	Crawler(JdbcTemplate jdbc, @Value("${pod}") String pod) {
		this.jdbc = jdbc;
		this.pod = pod;
	}

	/**
	 * Begin to work.
	 * @param mayContinue whether the work may go on
	 */
	public synchronized void start(BooleanSupplier mayContinue) {
		this.stopped = false;
		this.thread = new Thread(() -> crawl(() -> !this.stopped && mayContinue.getAsBoolean()), "crawler");
		this.thread.start();
	}

	/**
	 * End the work, and return when it has ended.
	 */
	public synchronized void stop() {
		this.stopped = true;
		if (this.thread != null) {
			try {
				this.thread.join();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			this.thread = null;
		}
	}

	// the lock is released before the candidate is told, so the work has to end before
	// that
	@EventListener(ContextClosedEvent.class)
	void closed() {
		stop();
	}

	@EventListener(ApplicationReadyEvent.class)
	void ready() {
		logger.info(Pod.READY);
	}

	private void crawl(BooleanSupplier mayContinue) {
		if (!mayContinue.getAsBoolean()) {
			return;
		}
		if (this.jdbc.update("update section set holder = ? where holder is null", this.pod) == 0) {
			this.jdbc.update("insert into overlap (pod, holder) select ?, holder from section", this.pod);
			return;
		}
		try {
			while (mayContinue.getAsBoolean()) {
				this.jdbc.update("insert into visit (pod, at) values (?, ?)", this.pod, Timestamp.from(Instant.now()));
				TimeUnit.MILLISECONDS.sleep(20);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			this.jdbc.update("update section set holder = null where holder = ?", this.pod);
		}
	}

}
