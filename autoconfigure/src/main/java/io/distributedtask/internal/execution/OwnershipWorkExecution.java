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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.TaskContext;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Calls the beginning and the end of an ownership's work, one after the other, never two
 * at a time: the end follows exactly once if there was a beginning. Work that fails to
 * begin, or ends by itself, is started again after a pause.
 */
final class OwnershipWorkExecution {

	private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);

	private static final int REFUSALS_AFTER_WORK = 2;

	private static final int REFUSALS_BEFORE_WORK = 5;

	private final Ownership ownership;

	private final OwnershipWork work;

	private final ExecutionEnvironment environment;

	private final RunRecorder recorder;

	private final TaskContext context;

	private final Runs beginning;

	private final Runs ending;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private final Backoff backoff;

	/** The pause before it is started again; used by the thread that starts it only. */
	private Duration delay = Duration.ZERO;

	private long beganAt;

	private boolean begun;

	private boolean lost;

	private boolean endingInOrder;

	private volatile ExecutionStatus status = ExecutionStatus.IDLE;

	private volatile @Nullable Instant nextRun;

	/**
	 * Create an execution.
	 * @param ownership the ownership
	 * @param work the work under it
	 * @param environment what it needs
	 * @param whenStopped called when it has stopped
	 */
	OwnershipWorkExecution(Ownership ownership, OwnershipWork work, ExecutionEnvironment environment,
			Runnable whenStopped) {
		this.ownership = ownership;
		this.work = work;
		this.environment = environment;
		this.recorder = new RunRecorder(ownership, environment);
		this.context = OwnedTaskContext.of(ownership);
		this.backoff = new Backoff(environment.random());
		this.beginning = new Runs(ownership, environment, this::afterBeginning);
		this.ending = new Runs(ownership, environment, whenStopped);
	}

	void start() {
		this.environment.threads().start(ExecutionEnvironment.threadName(this.ownership), this::begin);
	}

	void revoke() {
		this.stopping.countDown();
		this.beginning.close(this.work.isEndedByInterrupt() ? Duration.ZERO : this.environment.revokeTimeout());
	}

	void lost() {
		boolean interruptEnding;
		synchronized (this) {
			this.lost = true;
			interruptEnding = this.endingInOrder;
		}
		this.stopping.countDown();
		this.beginning.close(Duration.ZERO);
		if (interruptEnding) {
			this.ending.close(Duration.ZERO);
		}
	}

	void hurry() {
		this.beginning.hurry();
		this.ending.hurry();
	}

	private void begin() {
		do {
			boolean mayGo = this.environment.awaitGo(this.stopping);
			this.beganAt = this.environment.clocks().nanos();
			if (!mayGo || this.ownership.phase() != Phase.OWNED || !this.beginning.run(this::beginOnce)) {
				return;
			}
			watch();
			if (this.status == ExecutionStatus.BACKOFF && !pause(this.delay)) {
				return;
			}
		}
		while (this.status == ExecutionStatus.BACKOFF || this.status == ExecutionStatus.IDLE);
	}

	private void beginOnce() {
		synchronized (this) {
			this.begun = true;
		}
		this.status = ExecutionStatus.IDLE;
		boolean isAll = this.work.isOverWhenBegun();
		Throwable failure = this.recorder.run(this.context, this.work::begin,
				() -> nextTry(isAll ? lasted() : Duration.ZERO));
		this.status = (failure != null) ? ExecutionStatus.BACKOFF
				: isAll ? ExecutionStatus.COMPLETED : ExecutionStatus.RUNNING;
	}

	private String nextTry(Duration lasted) {
		this.delay = this.backoff.after(lasted);
		String verb = this.work.isOverWhenBegun() ? "called" : "started";
		return this.beginning.isClosed() ? "it was told to stop and is not %s again".formatted(verb)
				: "it is %s again in %d ms".formatted(verb, this.delay.toMillis());
	}

	/**
	 * Watch it until it has ended by itself, or is to be ended.
	 */
	private void watch() {
		Watch watch = new Watch();
		while (this.status == ExecutionStatus.RUNNING && this.work.isWatched()) {
			if (!pause(WATCH_INTERVAL) || !this.beginning.run(watch)) {
				return;
			}
		}
	}

	private Duration lasted() {
		return Duration.ofNanos(this.environment.clocks().nanos() - this.beganAt);
	}

	private boolean pause(Duration delay) {
		// An interrupt flag that the failed call has set must not end the pause
		Thread.interrupted();
		if (this.status == ExecutionStatus.BACKOFF) {
			this.nextRun = this.recorder.now().plus(delay);
		}
		try {
			return !this.stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			return !this.beginning.isClosed();
		}
		finally {
			this.nextRun = null;
		}
	}

	private void afterBeginning() {
		boolean toEnd;
		synchronized (this) {
			toEnd = this.begun && !this.work.isOverWhenBegun();
		}
		if (toEnd) {
			this.environment.threads().start(ExecutionEnvironment.threadName(this.ownership), this::end);
		}
		else {
			this.ending.close(Duration.ZERO);
		}
	}

	private void end() {
		this.ending.run(() -> {
			boolean asLost;
			synchronized (this) {
				asLost = this.lost || this.ownership.phase() == Phase.LOST;
				this.endingInOrder = !asLost;
			}
			this.ending.close(this.environment.revokeTimeout());
			this.recorder.call(this.context, (context) -> this.work.end(context, asLost));
		});
	}

	Execution execution() {
		ExecutionStatus shown = this.beginning.isClosed() ? ExecutionStatus.STOPPING : this.status;
		return this.recorder.execution(shown, (shown == ExecutionStatus.BACKOFF) ? this.nextRun : null);
	}

	/**
	 * Checks whether the work still runs. A single "no" is not sufficient: the
	 * application may be about to stop, or the start may take a while.
	 */
	private final class Watch implements Runnable {

		private boolean hasWorked;

		private boolean halted;

		private int refusals;

		@Override
		public void run() {
			OwnershipWorkExecution outer = OwnershipWorkExecution.this;
			if (outer.ownership.phase() != Phase.OWNED) {
				return;
			}
			Throwable problem = problem(outer.work);
			if (problem == null) {
				this.hasWorked = true;
				this.halted = false;
				this.refusals = 0;
			}
			else if (outer.environment.halted().getAsBoolean()) {
				this.halted = true;
			}
			else if (this.halted) {
				outer.status = ExecutionStatus.IDLE;
			}
			else if (++this.refusals >= (this.hasWorked ? REFUSALS_AFTER_WORK : REFUSALS_BEFORE_WORK)) {
				outer.recorder.failAfterRun(outer.context, problem, outer.nextTry(outer.lasted()));
				outer.status = ExecutionStatus.BACKOFF;
				outer.recorder.call(outer.context, (context) -> outer.work.clear());
			}
		}

		private static @Nullable Throwable problem(OwnershipWork work) {
			try {
				work.check();
				return null;
			}
			catch (Throwable ex) {
				return ex;
			}
		}

	}

}
