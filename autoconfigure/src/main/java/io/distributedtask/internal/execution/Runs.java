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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs in progress of one shard, and how they end. Once closed no run begins; those
 * in progress are interrupted, each at most once, when their time is over. When the last
 * one has ended, however long that takes, a callback is called once.
 */
final class Runs {

	private static final Logger logger = LoggerFactory.getLogger(Runs.class);

	private static final Duration HURRY_PATIENCE = Duration.ofMillis(200);

	private final Ownership ownership;

	private final TaskThreads threads;

	private final Duration patience;

	private final Runnable whenIdle;

	private final Set<Run> inProgress = new LinkedHashSet<>();

	private boolean closed;

	private boolean idle;

	/**
	 * Create runs.
	 * @param ownership the ownership of the shard
	 * @param environment the threads for timers, and how long a run may take to stop
	 * @param whenIdle called on the runner's own thread when closed and nothing runs
	 */
	Runs(Ownership ownership, ExecutionEnvironment environment, Runnable whenIdle) {
		this.ownership = ownership;
		this.threads = environment.threads();
		this.patience = environment.revokeTimeout();
		this.whenIdle = whenIdle;
	}

	/**
	 * Run something on the calling thread unless closed.
	 * @return whether it was run
	 */
	boolean run(Runnable work) {
		Run run = new Run(Thread.currentThread());
		synchronized (this) {
			if (this.closed) {
				return false;
			}
			this.inProgress.add(run);
		}
		try {
			run.cancellation.run(work);
		}
		finally {
			end(run);
		}
		return true;
	}

	/**
	 * Let no further run begin, and interrupt those in progress. May be called again with
	 * less time.
	 * @param grace how long they may continue without being interrupted
	 */
	void close(Duration grace) {
		synchronized (this) {
			if (!this.closed) {
				this.closed = true;
				finishIfIdle();
			}
			if (this.idle) {
				return;
			}
		}
		if (grace.isZero()) {
			interrupt();
			this.threads.schedule(() -> report(stuck(true), this.patience), this.patience);
		}
		else {
			this.threads.schedule(() -> overdue(grace), grace);
		}
	}

	/**
	 * Interrupt the runs in progress before their time is over; does nothing unless
	 * closed.
	 */
	void hurry() {
		if (isClosed()) {
			interrupt();
			this.threads.schedule(() -> report(stuck(true), HURRY_PATIENCE), HURRY_PATIENCE);
		}
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	private void overdue(Duration grace) {
		List<Run> stuck = stuck(false);
		interrupt();
		report(stuck, grace);
		// what can be canceled may have waited for nothing else
		this.threads.schedule(() -> report(stuck(true), grace), HURRY_PATIENCE);
	}

	private synchronized void interrupt() {
		for (Run run : this.inProgress) {
			if (!run.interrupted) {
				run.interrupted = true;
				Runnable cancel = run.cancellation.request();
				run.thread.interrupt();
				if (cancel != null) {
					this.threads.call(cancel);
				}
			}
		}
	}

	private synchronized List<Run> stuck(boolean cancelable) {
		List<Run> stuck = this.inProgress.stream()
			.filter((run) -> !run.reported && (cancelable || !run.cancellation.isPossible()))
			.toList();
		for (Run run : stuck) {
			run.reported = true;
			run.stack = TaskThreads.stack(run.thread);
		}
		return stuck;
	}

	private void report(List<Run> stuck, Duration time) {
		String consequence = (this.ownership.phase() == Phase.LOST) ? "Another instance may run it meanwhile"
				: "It is handed over to no other instance until it stops";
		for (Run run : stuck) {
			logger.warn("{} did not stop within {} ms and was interrupted. {}. Thread '{}' was at\n{}",
					this.ownership.id(), time.toMillis(), consequence, run.thread.getName(), run.stack);
		}
	}

	private synchronized void end(Run run) {
		this.inProgress.remove(run);
		if (run.interrupted) {
			// The interrupt was for this run, not for what the thread does next
			Thread.interrupted();
		}
		finishIfIdle();
	}

	private void finishIfIdle() {
		if (this.closed && !this.idle && this.inProgress.isEmpty()) {
			this.idle = true;
			this.threads.execute(this.whenIdle);
		}
	}

	private static final class Run {

		private final Thread thread;

		private final TaskHandler.Cancellation cancellation = new TaskHandler.Cancellation();

		private boolean interrupted;

		private boolean reported;

		private String stack = "";

		private Run(Thread thread) {
			this.thread = thread;
		}

	}

}
