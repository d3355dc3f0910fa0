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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.MissedRun;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.config.CronTask;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TaskExecutionOutcome;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.PeriodicTrigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ScheduledExecution}.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class ScheduledExecutionTests {

	private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

	private static final Runnable NAMED = new SchedulingAwareRunnable() {

		@Override
		public void run() {
			throw new UnsupportedOperationException();
		}

		@Override
		public String getQualifier() {
			return "batch";
		}

		@Override
		public String toString() {
			return "Shop.invoices";
		}

	};

	private final ManualScheduler scheduler = new ManualScheduler(NOON);

	private final DefaultTaskRunner runner = new DefaultTaskRunner(Duration.ofHours(1), false, this.scheduler,
			RunObserver.NONE);

	private final FakeOwnership ownership = new FakeOwnership("invoices");

	private final List<Instant> fired = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.runner.close();
	}

	@Test
	void scheduleExistsOnlyWhereOwned() {
		scheduled(this::record, everySecond());
		assertThat(this.scheduler.timers()).isEmpty();
		assertThat(this.runner.getScheduledTasks()).isEmpty();
		start(this.ownership, 1);
		this.scheduler.advance(Duration.ofMillis(3500));
		assertThat(this.fired).containsExactly(seconds(1), seconds(2), seconds(3));
		assertThat(execution()).satisfies((execution) -> {
			assertThat(execution.status()).isEqualTo(ExecutionStatus.IDLE);
			assertThat(execution.runs()).isEqualTo(3);
			assertThat(execution.lastStart()).isEqualTo(seconds(3));
			assertThat(execution.nextRun()).isEqualTo(seconds(4));
		});
		revoke(this.ownership);
		await().untilAsserted(() -> assertThat(this.scheduler.timers()).isEmpty());
		assertThat(this.runner.getScheduledTasks()).isEmpty();
		awaitStop(this.ownership, seconds(3));
	}

	@Test
	void nextOwnerGoesOnWhereTheFormerStopped() {
		scheduled(this::record, everySecond());
		start(this.ownership, 1);
		this.scheduler.advance(Duration.ofMillis(1500));
		revoke(this.ownership);
		awaitStop(this.ownership, seconds(1));
		this.scheduler.elapse(Duration.ofMillis(2200));
		FakeOwnership next = new FakeOwnership("invoices").progress(this.ownership.stops().get(0).get(0));
		start(next, 1);
		this.scheduler.advance(Duration.ofMillis(500));
		assertThat(this.fired).containsExactly(seconds(1), seconds(2), seconds(3), seconds(4));
	}

	@Test
	void failOverFiresOnceForAllThatWasMissed() {
		scheduled(this::record, everySecond());
		start(this.ownership.failedOver(NOON.minusSeconds(100)), 1);
		this.scheduler.advance(Duration.ofMillis(1500));
		assertThat(this.fired).containsExactly(NOON, seconds(1));
	}

	@Test
	void clockThatWasBehindAndIsPutRightIsNoFlood() {
		scheduled(this::record, everySecond());
		this.scheduler.wrongBy(Duration.ofMinutes(-8));
		start(this.ownership, 1);
		this.scheduler.advance(Duration.ofMillis(2500));
		assertThat(this.fired).containsExactly(seconds(1 - 480), seconds(2 - 480));
		this.scheduler.wrongBy(Duration.ZERO);
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.fired).containsExactly(seconds(1 - 480), seconds(2 - 480), seconds(3 - 480), seconds(4));
	}

	@Test
	void clockThatIsPutRightWhileTheTimerRunsIsNoticedWithinAMinute() {
		scheduled(this::record, everySecond());
		this.scheduler.wrongBy(Duration.ofMinutes(-8));
		start(this.ownership.progress(NOON.plusMillis(500)), 1);
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.fired).isEmpty();
		this.scheduler.wrongBy(Duration.ZERO);
		this.scheduler.advance(Duration.ofSeconds(60));
		assertThat(this.fired).containsExactly(seconds(1), seconds(61), seconds(62));
	}

	@Test
	void clockThatIsSetBackRepeatsNoInstant() {
		scheduled(this::record, everySecond());
		start(this.ownership, 1);
		this.scheduler.advance(Duration.ofMillis(2500));
		this.scheduler.wrongBy(Duration.ofSeconds(-4));
		this.scheduler.advance(Duration.ofSeconds(6));
		assertThat(this.fired).containsExactly(seconds(1), seconds(2), seconds(3), seconds(4));
	}

	@Test
	void everyScheduleHasItsOwnProgress() {
		scheduled(this::record, everySecond(), new FixedRateTask(NAMED, Duration.ofSeconds(10), Duration.ZERO),
				new OneTimeTask(NAMED, Duration.ofMillis(2500)));
		start(this.ownership.progress(NOON.minusMillis(10), NOON.minusSeconds(7), Instant.EPOCH), 3);
		this.scheduler.advance(Duration.ofMillis(4500));
		assertThat(this.fired).containsExactly(NOON, seconds(1), seconds(2), NOON.plusMillis(2500), seconds(3),
				seconds(3), seconds(4));
		revoke(this.ownership);
		awaitStop(this.ownership, seconds(4), seconds(3), Progress.FOR_GOOD);
	}

	@Test
	void whileItIsOwnedItTellsOfWhatOnlyRunsTell() {
		scheduled(this::record, everySecond(), new FixedRateTask(NAMED, Duration.ofSeconds(10), Duration.ofSeconds(3)),
				new OneTimeTask(NAMED, Duration.ofMillis(2500)));
		start(this.ownership, 3);
		assertThat(this.ownership.told()).containsExactly(Instant.EPOCH, NOON.minusSeconds(7), NOON);
		this.scheduler.advance(Duration.ofMillis(3500));
		assertThat(this.ownership.told()).containsExactly(Instant.EPOCH, seconds(3), Progress.FOR_GOOD);
	}

	@Test
	void ofWhatIsDueByTheClockItTellsNothing() {
		scheduled(this::record, everySecond());
		start(this.ownership, 1);
		assertThat(this.ownership.told()).isEmpty();
	}

	@Test
	void whatAnOwnerHasRunThatVanishedBeforeItWasHeardOfIsNotRunAgain() {
		scheduled(this::record, new FixedRateTask(NAMED, Duration.ofSeconds(100), Duration.ZERO),
				new OneTimeTask(NAMED, Duration.ofSeconds(5)), new OneTimeTask(NAMED, Duration.ofSeconds(35)));
		FakeOwnership next = this.ownership.failedOver(NOON.minusSeconds(10));
		next.succeeded(NOON.minusSeconds(30));
		start(next, 2);
		this.scheduler.advance(Duration.ofSeconds(4));
		assertThat(this.fired).isEmpty();
		this.scheduler.advance(Duration.ofSeconds(67));
		assertThat(this.fired).containsExactly(seconds(5), seconds(70));
	}

	@Test
	void progressOfAnotherNumberOfSchedulesIsIgnored() {
		scheduled(this::record, everySecond());
		start(this.ownership.progress(NOON.minusSeconds(5), NOON.minusSeconds(5)), 1);
		this.scheduler.advance(Duration.ofMillis(1500));
		assertThat(this.fired).containsExactly(seconds(1));
	}

	@Test
	void runThatFailsDoesNotEndTheSchedule() {
		scheduled((context) -> {
			record(context);
			throw new IllegalStateException("broken");
		}, new FixedDelayTask(NAMED, Duration.ofSeconds(1), Duration.ZERO));
		start(this.ownership, 1);
		this.scheduler.advance(Duration.ofSeconds(2));
		assertThat(this.fired).hasSize(3);
		assertThat(execution().failures()).isEqualTo(3);
		assertThat(execution().lastError()).isEqualTo("java.lang.IllegalStateException: broken");
		TaskExecutionOutcome outcome = this.runner.getScheduledTasks()
			.iterator()
			.next()
			.getTask()
			.getLastExecutionOutcome();
		assertThat(outcome.status()).isEqualTo(TaskExecutionOutcome.Status.ERROR);
	}

	@Test
	void runThatFailsTellsWhenTheNextOneIsDue(CapturedOutput output) {
		scheduled((context) -> {
			if (Instant.EPOCH.equals(context.scheduledTime())) {
				return;
			}
			throw new OwnershipLostException(context.name(), context.shard(), context.fencingToken());
		}, new CronTask(NAMED, new CronTrigger("0 0 * * * *", ZoneOffset.UTC)),
				new FixedDelayTask(NAMED, Duration.ofSeconds(70), Duration.ofSeconds(1)),
				new OneTimeTask(NAMED, Duration.ofSeconds(2)), new TriggerTask(NAMED,
						(context) -> context.lastCompletion().isBefore(seconds(3)) ? seconds(3) : seconds(90_000)));
		start(this.ownership, 4);
		this.scheduler.advance(Duration.ofMillis(3500));
		assertThat(output).contains("invoices[0] failed under fencing token 42; the next run is due at " + seconds(71))
			.contains("invoices[0] failed under fencing token 42; it is not run again")
			.contains("invoices[0] failed under fencing token 42; its trigger is called for the next run");
		assertThat(execution().failures()).isEqualTo(3);
		assertThat(execution().lastError()).startsWith(OwnershipLostException.class.getName());
		this.scheduler.advance(Duration.ofHours(1));
		assertThat(output).contains("the next run is due at " + NOON.plusSeconds(7200));
		this.runner.applyPauses((task) -> true);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.PAUSED);
	}

	@Test
	void runThatIsStillOwnedWhileItsShardIsRevokedMayFail(CapturedOutput output) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		scheduled((context) -> {
			begun.countDown();
			end.await();
			throw new IllegalStateException(
					new OwnershipLostException(context.name(), context.shard(), context.fencingToken()));
		}, everySecond());
		start(this.ownership, 1);
		Thread thread = new Thread(() -> this.scheduler.advance(Duration.ofSeconds(1)));
		thread.start();
		begun.await();
		revoke(this.ownership);
		end.countDown();
		thread.join();
		awaitStop(this.ownership, seconds(1));
		assertThat(output)
			.contains("invoices[0] failed under fencing token 42; it was told to stop and is not run again");
	}

	@Test
	void nothingFiresOnceTheLeaseIsGone() {
		scheduled(this::record, everySecond());
		start(this.ownership, 1);
		this.ownership.phase(Phase.LOST);
		this.scheduler.advance(Duration.ofSeconds(5));
		assertThat(this.fired).isEmpty();
		assertThat(this.scheduler.timers()).isEmpty();
		this.runner.lost(this.ownership);
		awaitStop(this.ownership, NOON);
	}

	@Test
	void runInProgressMayFinishWhenRevoked() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		List<Boolean> owned = new ArrayList<>();
		scheduled((context) -> {
			begun.countDown();
			end.await();
			owned.add(context.isOwned());
			this.scheduler.elapse(Duration.ofMillis(300));
		}, everySecond());
		start(this.ownership, 1);
		Thread thread = new Thread(() -> this.scheduler.advance(Duration.ofSeconds(1)));
		thread.start();
		begun.await();
		revoke(this.ownership);
		assertThat(execution().status()).isEqualTo(ExecutionStatus.STOPPING);
		assertThat(this.ownership.stops()).isEmpty();
		end.countDown();
		thread.join();
		awaitStop(this.ownership, NOON.plusMillis(1300));
		assertThat(owned).containsExactly(true);
		assertThat(this.scheduler.timers()).isEmpty();
	}

	@Test
	void runInProgressIsInterruptedWhenLost() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		List<String> seen = new CopyOnWriteArrayList<>();
		scheduled((context) -> {
			begun.countDown();
			try {
				new CountDownLatch(1).await();
			}
			finally {
				seen.add("owned " + context.isOwned());
			}
		}, everySecond());
		start(this.ownership, 1);
		Thread thread = new Thread(() -> {
			this.scheduler.advance(Duration.ofSeconds(1));
			seen.add("interrupted " + Thread.currentThread().isInterrupted());
		});
		thread.start();
		begun.await();
		this.ownership.phase(Phase.LOST);
		this.runner.lost(this.ownership);
		thread.join();
		awaitStop(this.ownership, NOON);
		assertThat(seen).containsExactly("owned false", "interrupted false");
	}

	@Test
	void schedulerThatRefusesIsAskedAgain() {
		scheduled(this::record, everySecond());
		this.scheduler.reject(true);
		this.runner.start(this.ownership);
		await().until(() -> this.runner.getScheduledTasks().size() == 1);
		this.scheduler.reject(false);
		await().until(() -> this.scheduler.timers().size() == 1);
	}

	@Test
	void scheduledTasksTellTheTruth() {
		scheduled(this::record, everySecond(), new FixedRateTask(NAMED, Duration.ofSeconds(10), Duration.ofSeconds(3)),
				new FixedDelayTask(NAMED, Duration.ofSeconds(20), Duration.ofSeconds(4)),
				new OneTimeTask(NAMED, Duration.ofSeconds(5)),
				new TriggerTask(NAMED, new PeriodicTrigger(Duration.ofSeconds(6))));
		start(this.ownership, 5);
		List<Task> tasks = this.runner.getScheduledTasks().stream().map(ScheduledTask::getTask).toList();
		assertThat(tasks).hasExactlyElementsOfTypes(CronTask.class, FixedRateTask.class, FixedDelayTask.class,
				OneTimeTask.class, TriggerTask.class);
		assertThat(((CronTask) tasks.get(0)).getExpression()).isEqualTo("* * * * * *");
		assertThat(((FixedRateTask) tasks.get(1)).getIntervalDuration()).isEqualTo(Duration.ofSeconds(10));
		assertThat(((FixedDelayTask) tasks.get(2)).getInitialDelayDuration()).isEqualTo(Duration.ofSeconds(4));
		assertThat(tasks).allSatisfy((task) -> assertThat(task).hasToString("Shop.invoices"));
		assertThat(this.scheduler.runnables()).allSatisfy(
				(runnable) -> assertThat(((SchedulingAwareRunnable) runnable).getQualifier()).isEqualTo("batch"));
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(tasks.get(0).getLastExecutionOutcome().status()).isEqualTo(TaskExecutionOutcome.Status.SUCCESS);
		assertThat(this.runner.getScheduledTasks().iterator().next().nextExecution()).isNotNull();
	}

	@Test
	void shardsFireEachForThemselves() {
		List<String> shards = new ArrayList<>();
		scheduled((context) -> shards.add(context.shard() + "@" + context.scheduledTime()), everySecond());
		start(new FakeOwnership("invoices", 4), 1);
		start(new FakeOwnership("invoices", 9), 2);
		this.scheduler.advance(Duration.ofSeconds(1));
		assertThat(shards).containsExactlyInAnyOrder("4@2026-11-24T12:00:01Z", "9@2026-11-24T12:00:01Z");
	}

	private void record(TaskContext context) {
		assertThat(TaskContext.current()).isSameAs(context);
		this.fired.add(context.scheduledTime());
	}

	private void scheduled(TaskWork.Body body, Task... tasks) {
		this.runner.register(TaskDefinition.of("invoices").withShards(16), MissedRun.FIRE_ONCE,
				new TaskHandler.Scheduled("here", List.of(tasks), (task) -> this.scheduler, body));
	}

	private static Task everySecond() {
		return new CronTask(NAMED, new CronTrigger("* * * * * *", ZoneOffset.UTC));
	}

	private static Instant seconds(int seconds) {
		return NOON.plusSeconds(seconds);
	}

	private void start(FakeOwnership ownership, int timers) {
		this.runner.start(ownership);
		await().until(() -> this.scheduler.timers().size() == timers);
	}

	private void revoke(FakeOwnership ownership) {
		ownership.phase(Phase.REVOKING);
		this.runner.revoke(ownership);
	}

	private void awaitStop(FakeOwnership ownership, Instant... progress) {
		await().untilAsserted(() -> assertThat(ownership.stops()).containsExactly(List.of(progress)));
	}

	private Execution execution() {
		return this.runner.execution(this.ownership.id());
	}

}
