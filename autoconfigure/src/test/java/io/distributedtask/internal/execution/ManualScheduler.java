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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.distributedtask.internal.port.Clocks;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * A scheduler and a clock that go on when a test says so, on the test's thread.
 */
final class ManualScheduler implements TaskScheduler, Clocks {

	private final List<Timer> timers = new CopyOnWriteArrayList<>();

	private volatile Instant now;

	private volatile Duration wrongBy = Duration.ZERO;

	private volatile boolean rejecting;

	ManualScheduler(Instant now) {
		this.now = now;
	}

	List<Instant> timers() {
		return this.timers.stream().map((timer) -> timer.due).sorted().toList();
	}

	List<Runnable> runnables() {
		return this.timers.stream().map((timer) -> timer.runnable).toList();
	}

	void reject(boolean rejecting) {
		this.rejecting = rejecting;
	}

	Instant now() {
		return this.now;
	}

	/**
	 * Let time pass and run what comes due, in order.
	 */
	void advance(Duration time) {
		Instant end = this.now.plus(time);
		while (runNext(end)) {
			continue;
		}
		this.now = end;
	}

	/**
	 * Set the clock by which the code under test goes wrong.
	 */
	void wrongBy(Duration wrongBy) {
		this.wrongBy = wrongBy;
	}

	void elapse(Duration time) {
		this.now = this.now.plus(time);
	}

	private boolean runNext(Instant end) {
		Timer next = this.timers.stream()
			.filter((timer) -> !timer.due.isAfter(end))
			.min(Comparator.comparing((timer) -> timer.due))
			.orElse(null);
		if (next == null) {
			return false;
		}
		this.timers.remove(next);
		this.now = next.due.isAfter(this.now) ? next.due : this.now;
		next.run();
		return true;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		if (this.rejecting) {
			throw new TaskRejectedException("shut down");
		}
		Timer timer = new Timer(task, startTime);
		this.timers.add(timer);
		return timer;
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		throw new UnsupportedOperationException();
	}

	@Override
	public Clock getClock() {
		return Clock.fixed(this.now, ZoneOffset.UTC);
	}

	@Override
	public long nanos() {
		return TimeUnit.MILLISECONDS.toNanos(this.now.toEpochMilli());
	}

	@Override
	public long millis() {
		return this.now.plus(this.wrongBy).toEpochMilli();
	}

	@Override
	public String toString() {
		return Date.from(this.now).toString();
	}

	private final class Timer extends FutureTask<Object> implements ScheduledFuture<Object> {

		private final Runnable runnable;

		private final Instant due;

		private Timer(Runnable runnable, Instant due) {
			super(runnable, null);
			this.runnable = runnable;
			this.due = due;
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			ManualScheduler.this.timers.remove(this);
			return super.cancel(mayInterruptIfRunning);
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(Duration.between(ManualScheduler.this.now, this.due));
		}

		@Override
		public int compareTo(Delayed other) {
			throw new UnsupportedOperationException();
		}

	}

}
