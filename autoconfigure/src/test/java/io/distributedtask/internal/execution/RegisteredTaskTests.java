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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.ScheduledTask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RegisteredTask}.
 */
class RegisteredTaskTests {

	private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

	private final ManualScheduler scheduler = new ManualScheduler(NOON);

	private final DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofHours(1), false, this.scheduler,
			RunObserver.NONE);

	private final List<Instant> fired = new ArrayList<>();

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void cronFiresAtItsInstants() {
		start(TaskWork.cron("*/2 * * * * *", ZoneOffset.UTC, MissedRun.SKIP, this::record));
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.fired).containsExactly(NOON.plusSeconds(2), NOON.plusSeconds(4));
		assertThat(this.runner.getScheduledTasks()).singleElement()
			.extracting(ScheduledTask::getTask)
			.isInstanceOf(CronTask.class)
			.hasToString("tenant");
	}

	@Test
	void fixedRateFiresAtOnceAndThenOnceInEachPeriod() {
		start(TaskWork.fixedRate(Duration.ofSeconds(2), this::record));
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.fired).containsExactly(NOON, NOON.plusSeconds(2), NOON.plusSeconds(4));
	}

	@Test
	void fixedDelayCountsFromTheEnd() {
		start(TaskWork.fixedDelay(Duration.ofSeconds(2), (context) -> {
			record(context);
			this.scheduler.elapse(Duration.ofSeconds(1));
		}));
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.fired).containsExactly(NOON, NOON.plusSeconds(3));
	}

	@Test
	void listenerIsTold() {
		List<String> told = new ArrayList<>();
		this.runner.register(List.of(task(TaskWork.listener(new OwnershipListener() {

			@Override
			public void onAssigned(TaskContext task) {
				told.add("assigned " + task.name());
			}

			@Override
			public void onRevoked(TaskContext task) {
				throw new UnsupportedOperationException();
			}

		}))));
		this.runner.start(new FakeOwnership("tenant"));
		await().until(() -> told.equals(List.of("assigned tenant")));
	}

	@Test
	void aWrongCronExpressionNamesTheTask() {
		assertThatIllegalArgumentException().isThrownBy(() -> task(TaskWork.cron("every day", this::record)))
			.withMessageContaining("Task 'tenant' has the cron expression 'every day'");
	}

	@Test
	void timesAreGreaterThanZero() {
		assertThatIllegalArgumentException().isThrownBy(() -> TaskWork.fixedRate(Duration.ZERO, this::record))
			.withMessage("'period' is PT0S: it must be greater than zero");
		assertThatIllegalArgumentException().isThrownBy(() -> TaskWork.fixedDelay(Duration.ofSeconds(-1), this::record))
			.withMessageContaining("'delay' is PT-1S");
	}

	private void start(TaskWork work) {
		this.runner.register(List.of(task(work)));
		this.runner.start(new FakeOwnership("tenant"));
		await().until(() -> this.scheduler.timers().size() == 1);
	}

	private RegisteredTask task(TaskWork work) {
		return RegisteredTask.of(TaskDefinition.of("tenant"), work, "here", (task) -> this.scheduler);
	}

	private void record(TaskContext context) {
		this.fired.add(context.scheduledTime());
	}

}
