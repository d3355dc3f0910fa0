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

import java.time.Duration;
import java.time.Instant;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TaskOwnership}, with tasks of each kind.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE)
@AutoConfigureDistributedTasks
class TaskOwnershipTests {

	@Autowired
	private TaskOwnership ownership;

	@Autowired
	private DistributedTasks tasks;

	@Autowired
	private Shop.Jobs jobs;

	@Autowired
	private Shop.Crawler crawler;

	@Autowired
	private Shop.Leader leader;

	@Autowired
	private Shop.Connection connection;

	@BeforeEach
	void forget() {
		this.jobs.invoices.clear();
		this.jobs.invoiceTimes.clear();
		this.jobs.statistics.set(0);
		this.jobs.mayEnd = new CountDownLatch(0);
		this.jobs.interrupted = false;
		this.leader.calls.clear();
	}

	@Test
	void ownsNothingAtFirstAndSaysWhy() {
		await().until(() -> this.tasks.membership().state() == GroupStatus.STABLE);
		assertThat(this.tasks.membership().owned()).isZero();
		assertThat(this.tasks.membership().problem()).isNull();
		assertThat(this.tasks.assignments().source()).isEqualTo(Source.COORDINATOR);
		assertThat(this.tasks.assignments().tasks()).hasSize(6)
			.allSatisfy((task) -> assertThat(task.assignments())
				.allSatisfy((shard) -> assertThat(shard.reason()).isEqualTo("the test has not assigned it")));
	}

	@Test
	void assignedShardsRunUntilTheyAreRevoked() {
		this.ownership.assign("crawler", 0, 2);
		assertThat(this.tasks.isOwner("crawler", 0)).isTrue();
		assertThat(this.tasks.isOwner("crawler", 1)).isFalse();
		assertThat(this.tasks.isOwner("crawler", 2)).isTrue();
		await().untilAsserted(
				() -> assertThat(this.crawler.running).extracting(TaskContext::shard).containsExactlyInAnyOrder(0, 2));
		this.ownership.revoke("crawler", 0);
		assertThat(this.crawler.running).extracting(TaskContext::shard).containsExactly(2);
		assertThat(this.tasks.isOwner("crawler", 0)).isFalse();
		this.ownership.revokeAll();
		assertThat(this.crawler.running).isEmpty();
	}

	@Test
	void eachOwnershipHasAHigherToken() {
		this.ownership.assign("crawler", 1);
		await().until(() -> this.crawler.running.size() == 1);
		TaskContext former = this.crawler.running.get(0);
		this.ownership.assign("crawler", 1);
		assertThat(former.isOwned()).isTrue();
		this.ownership.revoke("crawler", 1);
		this.ownership.assign("crawler", 1);
		await().until(() -> this.crawler.running.size() == 1);
		assertThat(this.crawler.running.get(0).fencingToken()).isGreaterThan(former.fencingToken());
		assertThat(former.isOwned()).isFalse();
	}

	@Test
	void aListenerIsToldWhetherItIsRevokedOrLost() {
		this.ownership.assign("leader");
		await().untilAsserted(() -> assertThat(this.leader.calls).containsExactly("assigned"));
		this.ownership.revoke("leader");
		assertThat(this.leader.calls).containsExactly("assigned", "revoked");
		this.ownership.assign("leader");
		await().untilAsserted(() -> assertThat(this.leader.calls).hasSize(3));
		this.ownership.lose("leader");
		await().untilAsserted(
				() -> assertThat(this.leader.calls).containsExactly("assigned", "revoked", "assigned", "lost"));
	}

	@Test
	void aLifecycleIsStartedAndStopped() {
		this.ownership.assign("gateway-connection");
		await().until(this.connection::isRunning);
		this.ownership.revoke("gateway-connection");
		assertThat(this.connection.isRunning()).isFalse();
	}

	@Test
	void aScheduledRunMayFinishWhenItIsRevoked() {
		this.jobs.mayEnd = new CountDownLatch(1);
		this.ownership.assign("invoices");
		this.tasks.run("invoices", 0);
		await().until(() -> this.jobs.invoices.size() == 1);
		CompletableFuture<Void> revocation = CompletableFuture.runAsync(() -> this.ownership.revoke("invoices"));
		await().until(() -> !this.tasks.isOwner("invoices"));
		assertThat(this.jobs.invoices.get(0).isOwned()).isTrue();
		assertThat(revocation).isNotDone();
		this.jobs.mayEnd.countDown();
		await().until(revocation::isDone);
		assertThat(revocation).isCompleted();
		assertThat(this.jobs.interrupted).isFalse();
	}

	@Test
	void aScheduledRunIsInterruptedWhenItIsLost() {
		this.jobs.mayEnd = new CountDownLatch(1);
		this.ownership.assign("invoices");
		this.tasks.run("invoices", 0);
		await().until(() -> this.jobs.invoices.size() == 1);
		this.ownership.lose("invoices");
		assertThat(this.jobs.invoices.get(0).isOwned()).isFalse();
		assertThat(this.jobs.invoices.get(0).leaseRemaining()).isZero();
		await().until(() -> this.jobs.interrupted);
	}

	@Test
	void whatACrashHasMissedIsOneRunOrNone() {
		Instant begin = Instant.now();
		this.ownership.failOver("invoices", Duration.ofDays(1000));
		this.ownership.failOver("statistics", Duration.ofDays(1000));
		await().untilAsserted(() -> TaskAssertions.assertThat(this.tasks).task("invoices").hasRunOnce());
		assertThat(this.jobs.invoiceTimes).hasSize(1).allMatch((time) -> time.isBefore(begin));
		assertThat(this.tasks.assignments().tasks())
			.filteredOn((task) -> task.name().equals("invoices") || task.name().equals("statistics"))
			.hasSize(2)
			.allSatisfy((task) -> assertThat(task.assignments().get(0).takenOver()).isTrue());
		this.tasks.run("statistics", 0);
		await().untilAsserted(() -> TaskAssertions.assertThat(this.tasks).task("statistics").hasRunOnce());
		assertThat(this.jobs.statistics).hasValue(1);
	}

	@Test
	void aHandOverMissesNothing() {
		this.ownership.assign("invoices");
		this.ownership.revoke("invoices");
		this.ownership.assign("invoices");
		this.tasks.run("invoices", 0);
		await().untilAsserted(() -> TaskAssertions.assertThat(this.tasks).task("invoices").hasRunOnce());
		assertThat(this.jobs.invoiceTimes).isEmpty();
	}

	@Test
	void operationsWorkAsInAGroup() {
		this.ownership.assignAll();
		await().until(() -> this.crawler.running.size() == 3);
		this.tasks.pause("crawler");
		await().until(this.crawler.running::isEmpty);
		this.tasks.resume("crawler");
		await().until(() -> this.crawler.running.size() == 3);
	}

	@Test
	void aTaskIsAssignedAsSoonAsItIsRegistered() {
		CountDownLatch called = new CountDownLatch(1);
		this.tasks.register(TaskDefinition.of("tenant"), TaskWork.continuous((task) -> called.countDown()));
		this.ownership.assign("tenant");
		await().until(() -> called.getCount() == 0);
		assertThat(this.tasks.unregister("tenant")).isTrue();
		await().until(() -> !this.tasks.isOwner("tenant"));
	}

	@Test
	void mistakesAreExplained() {
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> this.ownership.assign("invoice"))
			.withMessageContaining("'invoice'")
			.withMessageContaining("invoices, leader, statistics");
		assertThatIllegalArgumentException().isThrownBy(() -> this.ownership.assign("crawler", 3))
			.withMessageContaining("no shard 3");
		assertThatIllegalStateException().isThrownBy(() -> this.ownership.lose("crawler", 2))
			.withMessageContaining("owns none of it");
		this.ownership.assign("leader");
		assertThatIllegalStateException().isThrownBy(() -> this.ownership.failOver("leader", Duration.ofDays(1)))
			.withMessageContaining("revoke it first");
	}

}
