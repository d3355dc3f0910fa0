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
import java.util.Arrays;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * The threads of the runner: one for each piece of application code that needs its own,
 * some that make short calls to it, and one for the runner's own timers. No application
 * code runs on the latter.
 */
final class TaskThreads {

	private static final Logger logger = LoggerFactory.getLogger(TaskThreads.class);

	private final @Nullable VirtualThreadTaskExecutor virtualThreads;

	// Tasks are started on the group's thread, whose class loader need not be the
	// application's
	private final @Nullable ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

	private final ScheduledThreadPoolExecutor control;

	private final ThreadPoolExecutor calls;

	TaskThreads(boolean virtualThreads) {
		this.virtualThreads = (virtualThreads && Runtime.version().feature() >= 21) ? new VirtualThreadTaskExecutor()
				: null;
		this.control = new ScheduledThreadPoolExecutor(1, (runnable) -> daemon("task-control", runnable));
		this.control.setRemoveOnCancelPolicy(true);
		this.control.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		// Requests after that only check runs that have ended meanwhile
		this.control.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
		this.calls = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(),
				(runnable) -> daemon("task-plan", runnable), new ThreadPoolExecutor.DiscardPolicy());
	}

	/**
	 * Run application code on a thread of its own.
	 */
	void start(String name, Runnable work) {
		if (this.virtualThreads == null) {
			daemon(name, work).start();
			return;
		}
		this.virtualThreads.execute(() -> {
			Thread.currentThread().setName(name);
			Thread.currentThread().setContextClassLoader(this.classLoader);
			work.run();
		});
	}

	/**
	 * Make calls to application code that should not take long.
	 */
	void call(Runnable calls) {
		this.calls.execute(guarded(calls));
	}

	/**
	 * Do something of the runner's own soon.
	 */
	void execute(Runnable action) {
		this.control.execute(guarded(action));
	}

	/**
	 * Do something of the runner's own later.
	 */
	ScheduledFuture<?> schedule(Runnable action, Duration delay) {
		return this.control.schedule(guarded(action), delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * End the runner's own thread after the actions that were passed to {@link #execute}.
	 */
	void close() {
		this.calls.shutdownNow();
		this.control.shutdown();
	}

	/**
	 * The stack trace of a thread, for the log.
	 */
	static String stack(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.map((element) -> "\tat " + element)
			.collect(Collectors.joining("\n"));
	}

	private Thread daemon(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.setContextClassLoader(this.classLoader);
		return thread;
	}

	private static Runnable guarded(Runnable action) {
		return () -> {
			try {
				action.run();
			}
			catch (Throwable ex) {
				logger.error("Unexpected failure while tasks were started or stopped", ex);
			}
		};
	}

}
