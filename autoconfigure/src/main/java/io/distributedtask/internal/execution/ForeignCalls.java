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
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the application code that determines when one of its tasks runs: its trigger and
 * its scheduler. The calls are made one after another, on a thread that nobody else waits
 * for, so that a call that does not return affects no other task. Such a call is reported
 * once.
 */
final class ForeignCalls {

	private static final Logger logger = LoggerFactory.getLogger(ForeignCalls.class);

	static final Duration PATIENCE = Duration.ofSeconds(10);

	private final String task;

	private final TaskThreads threads;

	private final Duration patience;

	private final Queue<Runnable> waiting = new ArrayDeque<>();

	private boolean active;

	ForeignCalls(String task, TaskThreads threads, Duration patience) {
		this.task = task;
		this.threads = threads;
		this.patience = patience;
	}

	/**
	 * Make a call soon. Returns at once.
	 */
	synchronized void execute(Runnable call) {
		this.waiting.add(call);
		if (!this.active) {
			this.active = true;
			this.threads.call(this::makeCalls);
		}
	}

	private void makeCalls() {
		for (Runnable call = next(); call != null; call = next()) {
			Thread thread = Thread.currentThread();
			ScheduledFuture<?> report = this.threads.schedule(() -> report(thread), this.patience);
			try {
				call.run();
			}
			catch (Throwable ex) {
				logger.error("Task '{}': unexpected failure while its next run was scheduled", this.task, ex);
			}
			finally {
				report.cancel(false);
			}
		}
	}

	private synchronized @Nullable Runnable next() {
		Runnable call = this.waiting.poll();
		this.active = (call != null);
		return call;
	}

	private void report(Thread thread) {
		logger.warn(
				"Task '{}': its trigger or its scheduler has not returned for {} ms, and no run of it is scheduled "
						+ "here until it does. Thread '{}' was at\n{}",
				this.task, this.patience.toMillis(), thread.getName(), TaskThreads.stack(thread));
	}

}
