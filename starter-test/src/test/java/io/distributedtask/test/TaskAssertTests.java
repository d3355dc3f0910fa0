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

package io.distributedtask.test;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

import io.distributedtask.DistributedTasks;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static io.distributedtask.test.TaskAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DistributedTasksAssert} and {@link TaskAssert}: each assertion passes
 * and fails.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureDistributedTasks
class TaskAssertTests {

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Autowired
	private Shop.Crawler crawler;

	@Test
	void tasks() {
		await().untilAsserted(() -> assertThat(this.tasks).hasOnlyTasks("crawler", "failing", "gateway-connection",
				"invoices", "leader", "statistics"));
		assertThat(this.tasks).task("crawler").hasShards(3);
		fails(() -> assertThat(this.tasks).hasOnlyTasks("crawler"), "gateway-connection");
		fails(() -> assertThat(this.tasks).task("invoice"), "\"invoice\"");
		fails(() -> assertThat(this.tasks).task("crawler").hasShards(1), "task 'crawler'");
	}

	@Test
	void owners() {
		this.ownership.assign("crawler", 0, 1);
		TaskAssert crawler = assertThat(this.tasks).task("crawler");
		crawler.shard(0).isOwnedHere().isOwnedBy("shop-1");
		crawler.shard(2).isNotOwnedHere();
		fails(crawler::isOwnedHere, "owner 'shop-1'");
		fails(crawler::isNotOwnedHere, "another owner");
		fails(() -> crawler.shard(0).isOwnedBy("shop-2"), "task 'crawler', shard 0");
		fails(() -> crawler.shard(3), "number of shards is 3");
	}

	@Test
	void runs() {
		this.ownership.assign("statistics");
		assertThat(this.tasks).task("statistics").hasNotRun().hasRun(0).hasNotFailed();
		this.tasks.run("statistics", 0);
		await().untilAsserted(() -> assertThat(this.tasks).task("statistics").hasRunOnce().hasNotFailed());
		TaskAssert statistics = assertThat(this.tasks).task("statistics");
		fails(statistics::hasNotRun, "no run");
		fails(() -> statistics.hasRun(2), "2 runs that have ended");
		fails(statistics::hasFailed, "a run that has failed");
		fails(statistics::isRunning, "a run in progress");
		fails(() -> assertThat(this.tasks).task("invoices").hasNotRun(), "a shard that is owned here");
	}

	@Test
	void runsInProgress() {
		this.ownership.assign("crawler");
		await().until(() -> this.crawler.running.size() == 3);
		assertThat(this.tasks).task("crawler").isRunning().hasRun(0);
		fails(() -> assertThat(this.tasks).task("crawler").hasNotRun(), "no run");
	}

	@Test
	void failures() {
		this.ownership.assign("failing");
		this.tasks.run("failing", 0);
		await().untilAsserted(() -> assertThat(this.tasks).task("failing").hasRunOnce());
		TaskAssert failing = assertThat(this.tasks).task("failing").hasFailed().hasFailedWith("no paper");
		fails(failing::hasNotFailed, "no failure");
		fails(() -> failing.hasFailedWith("no ink"), "'no ink'");
	}

	@Test
	void schedules() {
		this.ownership.assign("invoices");
		Instant newYear = ZonedDateTime.now(ZoneId.systemDefault())
			.plusYears(1)
			.withDayOfYear(1)
			.toLocalDate()
			.atStartOfDay(ZoneId.systemDefault())
			.toInstant();
		await().untilAsserted(() -> assertThat(this.tasks).task("invoices").isDueBy(Shop.YEARLY));
		TaskAssert invoices = assertThat(this.tasks).task("invoices").isDueAt(newYear);
		fails(() -> invoices.isDueBy("0 0 0 2 1 *"), "0 0 0 2 1 *");
		fails(() -> invoices.isDueBy("* * * * * *"), "next run by");
		fails(() -> invoices.isDueBy(Shop.YEARLY, ZoneOffset.ofHours(-7)), "-07:00");
		fails(() -> invoices.isDueAt(newYear.plusMillis(1)), "next run at");
	}

	@Test
	void pauses() {
		this.ownership.assignAll();
		this.tasks.pause("invoices");
		TaskAssert paused = assertThat(this.tasks).task("invoices").isPaused();
		fails(paused::isNotPaused, "not paused");
		TaskAssert other = assertThat(this.tasks).task("leader").isNotPaused();
		fails(other::isPaused, "a paused task");
		this.tasks.pauseAll();
		assertThat(this.tasks).task("leader").isPaused();
	}

	private static void fails(ThrowingCallable assertion, String text) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion).withMessageContaining(text);
	}

}
