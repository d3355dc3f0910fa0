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
import java.util.concurrent.CancellationException;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.SchedulingAwareRunnable;
import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.Task;

/**
 * One active schedule of one owned shard: a single timer of the application's scheduler
 * for the next run, set again after each. It is also the future that Spring shows as
 * scheduled task.
 * <p>
 * <b>Triggers, schedulers and the futures of schedulers are application code. They are
 * never called with the monitor held, because the group's thread waits for it.</b>
 */
final class ShardSchedule implements ScheduledFuture<Object> {

	/** How late a run may be because the clock was set while its timer ran. */
	private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

	private final Ownership ownership;

	private final Runs runs;

	private final RunRecorder recorder;

	private final ForeignCalls calls;

	private final PlanningCalls planning;

	private final TaskHandler.Scheduled handler;

	private final @Nullable String qualifier;

	private final ScheduleProgress progress;

	private final ScheduledTask scheduledTask;

	private final Runnable tracked;

	private @Nullable ScheduledFuture<?> timer;

	private boolean canceled;

	private boolean running;

	private boolean paused;

	private @Nullable Timer armed;

	/** The instant of the run in progress. */
	private @Nullable Instant current;

	/** Called when the requested run begins. */
	private @Nullable Runnable request;

	ShardSchedule(Ownership ownership, Task task, TaskHandler.Scheduled handler, ScheduleProgress progress, Runs runs,
			RunRecorder recorder, TaskThreads threads, ForeignCalls calls) {
		this.ownership = ownership;
		this.handler = handler;
		this.progress = progress;
		this.runs = runs;
		this.recorder = recorder;
		this.calls = calls;
		this.planning = new PlanningCalls(ownership.id(), handler, recorder, threads, this::armSoon);
		this.qualifier = NamedRunnable.qualifier(task.getRunnable());
		this.scheduledTask = LiveTask.of(task, new NamedRunnable(task.toString(), null, this::fire), this);
		this.tracked = this.scheduledTask.getTask().getRunnable();
	}

	ScheduledTask scheduledTask() {
		return this.scheduledTask;
	}

	/**
	 * The instant up to which the schedule is done.
	 */
	synchronized Instant anchor() {
		return this.running ? this.progress.anchor() : this.progress.anchor(this.paused, this.recorder.now());
	}

	/**
	 * The same if its progress depends on its runs, else {@link Instant#EPOCH}.
	 */
	synchronized Instant told() {
		return this.progress.isByTheClock() ? Instant.EPOCH : this.progress.anchor();
	}

	/**
	 * When the next run is due, unless one is in progress.
	 */
	synchronized @Nullable Instant nextRun() {
		return (this.canceled || this.running || this.paused) ? null : this.progress.next();
	}

	synchronized boolean isRunning() {
		return this.running;
	}

	/**
	 * Pause: nothing is due. Resume: continue without what was due meanwhile. A run in
	 * progress continues.
	 */
	synchronized void setPaused(boolean paused) {
		this.paused = paused;
		if (!paused) {
			if (!this.running) {
				this.progress.skip(this.recorder.now());
			}
			armSoon();
			return;
		}
		this.request = null;
		takeBackTimer();
	}

	/**
	 * Run once more, now, or after the run in progress.
	 * @param begun called when that run begins
	 * @return whether it will run
	 */
	synchronized boolean request(Runnable begun) {
		if (this.canceled || this.paused) {
			return false;
		}
		this.request = begun;
		armSoon();
		return true;
	}

	/**
	 * Schedule the next run soon. Returns at once.
	 */
	void armSoon() {
		this.calls.execute(this::arm);
	}

	/**
	 * Find out when the next run is due, and set the timer for it.
	 */
	private void arm() {
		boolean isKnown = findNext();
		Timer armed = new Timer();
		Instant next;
		Duration wait;
		ScheduledFuture<?> former;
		synchronized (this) {
			next = (this.request != null) ? this.recorder.now() : this.progress.next();
			if (this.canceled || this.paused || this.running || (next == null && isKnown)) {
				return;
			}
			wait = (next != null) ? waitFor(next) : Duration.ZERO;
			this.armed = armed;
			former = this.timer;
			this.timer = null;
		}
		this.planning.takeBack(former);
		ScheduledFuture<?> timer = (next != null) ? this.planning.schedule(armed, wait, next)
				: this.planning.retryLater();
		synchronized (this) {
			if (armed == this.armed && !this.canceled) {
				this.timer = timer;
				return;
			}
		}
		this.planning.takeBack(timer);
	}

	/**
	 * Call the trigger, if that is necessary.
	 * @return whether the next run is known
	 */
	private boolean findNext() {
		ScheduleProgress.Question question;
		synchronized (this) {
			question = this.progress.question();
			if (question == null || this.canceled || this.paused) {
				return true;
			}
		}
		ScheduleProgress.Answer answer = this.planning.ask(question);
		if (answer == null) {
			return false;
		}
		synchronized (this) {
			this.progress.answer(question, answer);
		}
		return true;
	}

	/**
	 * No timer of a scheduler adapts when the clock is set.
	 */
	private Duration waitFor(Instant next) {
		Duration wait = Duration.between(this.recorder.now(), next);
		return (this.progress.isByTheClock() && wait.compareTo(LONGEST_WAIT) > 0) ? LONGEST_WAIT : wait;
	}

	/**
	 * Cancel the timer. A run in progress continues.
	 */
	synchronized void cancel() {
		this.canceled = true;
		takeBackTimer();
	}

	private void due(Timer timer) {
		if (this.runs.run(() -> runIfOwned(timer))) {
			armAfter(timer);
		}
	}

	/**
	 * No timer is valid any longer.
	 */
	private void takeBackTimer() {
		ScheduledFuture<?> former = this.timer;
		this.armed = null;
		this.timer = null;
		if (former != null) {
			this.calls.execute(() -> this.planning.takeBack(former));
		}
	}

	/**
	 * A timer that was replaced by another one may fire nevertheless.
	 */
	private void armAfter(Timer timer) {
		synchronized (this) {
			if (timer != this.armed) {
				return;
			}
		}
		if (this.progress.asksApplicationCode()) {
			armSoon();
		}
		else {
			arm();
		}
	}

	private void runIfOwned(Timer timer) {
		Instant scheduled;
		Runnable begun;
		synchronized (this) {
			if (timer != this.armed || this.running || this.paused) {
				return;
			}
			this.timer = null;
			if (this.canceled || this.ownership.phase() != Phase.OWNED) {
				this.canceled = true;
				return;
			}
			begun = this.request;
			scheduled = (begun != null) ? null : this.progress.next();
			if (begun == null && scheduled == null) {
				return;
			}
			if (scheduled != null && this.progress.isByTheClock() && this.recorder.now().isBefore(scheduled)) {
				return;
			}
			this.running = true;
			this.current = scheduled;
			this.request = null;
		}
		if (begun != null) {
			begun.run();
		}
		run(scheduled);
	}

	private void run(@Nullable Instant scheduled) {
		try {
			this.tracked.run();
		}
		catch (Throwable ex) {
			// The recorder has reported it
		}
		synchronized (this) {
			this.running = false;
			if (scheduled != null) {
				this.progress.completed(scheduled, this.recorder.now());
			}
		}
	}

	private void fire() {
		Instant scheduled;
		synchronized (this) {
			scheduled = this.current;
		}
		Throwable failure = this.recorder.run(new OwnedTaskContext(this.ownership, true, scheduled),
				this.handler.body(), () -> nextTry(scheduled));
		if (failure != null) {
			throw new IllegalStateException(failure);
		}
	}

	/**
	 * When it runs next if the run in progress fails now.
	 */
	private String nextTry(@Nullable Instant scheduled) {
		ScheduleProgress preview;
		synchronized (this) {
			if (this.canceled) {
				return "it was told to stop and is not run again";
			}
			if (this.paused) {
				return "it is paused";
			}
			preview = this.progress.copy();
		}
		if (scheduled != null) {
			preview.completed(scheduled, this.recorder.now());
		}
		return this.planning.nextRun(preview);
	}

	@Override
	public long getDelay(TimeUnit unit) {
		Instant next = nextRun();
		return (next != null) ? unit.convert(Duration.between(this.recorder.now(), next)) : 0;
	}

	@Override
	public int compareTo(Delayed other) {
		return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
	}

	@Override
	public boolean cancel(boolean mayInterruptIfRunning) {
		cancel();
		return true;
	}

	@Override
	public synchronized boolean isCancelled() {
		return this.canceled;
	}

	@Override
	public synchronized boolean isDone() {
		return this.canceled || this.progress.isOver();
	}

	@Override
	public @Nullable Object get() {
		throw new CancellationException("A schedule has no result");
	}

	@Override
	public @Nullable Object get(long timeout, TimeUnit unit) {
		return get();
	}

	/**
	 * The runnable for the application's scheduler; it contains the qualifier of that
	 * scheduler.
	 */
	private final class Timer implements SchedulingAwareRunnable {

		@Override
		public void run() {
			due(this);
		}

		@Override
		public @Nullable String getQualifier() {
			return ShardSchedule.this.qualifier;
		}

	}

}
