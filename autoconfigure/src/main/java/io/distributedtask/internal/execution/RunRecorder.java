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

import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskWork;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Calls application code; whatever it throws is logged, counted and kept to be shown.
 */
final class RunRecorder {

	private static final Logger logger = LoggerFactory.getLogger(RunRecorder.class);

	private final Ownership ownership;

	private final Clocks clocks;

	private final RunObserver observer;

	private int running;

	private long runs;

	private long failures;

	private @Nullable Instant lastStart;

	private @Nullable Instant lastEnd;

	private @Nullable String lastError;

	private @Nullable String lastErrorStack;

	RunRecorder(Ownership ownership, ExecutionEnvironment environment) {
		this.ownership = ownership;
		this.clocks = environment.clocks();
		this.observer = environment.observer();
	}

	/**
	 * Run something as the current task of the calling thread.
	 * @param nextTry returns when it is tried again after a failure, for people
	 * @return what it threw, or {@code null} if it ended normally or because its
	 * ownership did
	 */
	@Nullable Throwable run(TaskContext context, TaskWork.Body body, Supplier<String> nextTry) {
		started();
		RunObserver.ObservedRun observed = this.observer.begin(context);
		Ending ending = execute(context, body, context::isOwned, nextTry);
		observed.end(ending.failure(), ending.stopped());
		ended(ending);
		return ending.failure();
	}

	/**
	 * Call the code that ends a run, without counting it as a run.
	 * @return what it threw
	 */
	@Nullable Throwable call(TaskContext context, TaskWork.Body body) {
		// Before it is lost no other instance owns the shard
		return execute(context, body, () -> this.ownership.phase() != Phase.LOST, () -> "this was its end").failure();
	}

	/**
	 * Count a failure of work that had started successfully.
	 * @param nextTry when it is tried again, for people
	 */
	void failAfterRun(TaskContext context, Throwable problem, String nextTry) {
		this.observer.begin(context).end(problem, false);
		report(new Failure(problem), nextTry);
		synchronized (this) {
			this.failures++;
			this.lastEnd = now();
		}
	}

	private void report(Failure failure, String nextTry) {
		failure.log(logger, Level.ERROR, "%s failed under fencing token %d; %s".formatted(this.ownership.id(),
				this.ownership.fencingToken(), nextTry));
		keep(failure);
	}

	private Ending execute(TaskContext context, TaskWork.Body body, BooleanSupplier owned, Supplier<String> nextTry) {
		try {
			context.call(() -> {
				body.run(context);
				return true;
			});
			return Ending.SUCCESS;
		}
		catch (Throwable ex) {
			if (ex instanceof InterruptedException) {
				Thread.currentThread().interrupt();
			}
			Failure failure = new Failure(ex);
			if (isBecauseItWasToldToStop(failure, owned)) {
				logger.debug("{} ended because it was told to stop: {}", this.ownership.id(), failure.text());
				return Ending.STOPPED;
			}
			report(failure, nextTry.get());
			return new Ending(ex, false);
		}
	}

	/**
	 * An exception about a lost ownership or an interrupt counts as such only where that
	 * is known to be true. If a store rejects the token of an owner, that is an error to
	 * log.
	 */
	private boolean isBecauseItWasToldToStop(Failure failure, BooleanSupplier owned) {
		return (failure.isDueTo(OwnershipLostException.class::isInstance) && !owned.getAsBoolean())
				|| (failure.isDueTo(RunRecorder::isInterruption) && this.ownership.phase() != Phase.OWNED);
	}

	private static boolean isInterruption(Throwable ex) {
		return ex instanceof InterruptedException || ex instanceof ClosedByInterruptException
				|| (ex instanceof InterruptedIOException && !(ex instanceof SocketTimeoutException));
	}

	/**
	 * Keep a failure to be shown.
	 */
	void keep(Failure failure) {
		String error = failure.text();
		String stack = failure.stack();
		synchronized (this) {
			this.lastError = error;
			this.lastErrorStack = stack;
		}
	}

	private synchronized void started() {
		this.running++;
		this.runs++;
		this.lastStart = now();
	}

	private synchronized void ended(Ending ending) {
		Instant now = now();
		this.running--;
		this.failures += (ending.failure() != null) ? 1 : 0;
		this.lastEnd = now;
		if (ending.equals(Ending.SUCCESS)) {
			this.ownership.succeeded(now);
		}
	}

	Instant now() {
		return Instant.ofEpochMilli(this.clocks.millis());
	}

	/**
	 * The state to show.
	 * @param status the status, unless something runs and it is {@code IDLE}
	 * @param nextRun when the next run is due
	 */
	synchronized Execution execution(ExecutionStatus status, @Nullable Instant nextRun) {
		ExecutionStatus shown = (status == ExecutionStatus.IDLE && this.running > 0) ? ExecutionStatus.RUNNING : status;
		return new Execution(shown, this.runs, this.failures, this.lastStart, this.lastEnd, this.lastError, nextRun,
				this.lastErrorStack);
	}

	/**
	 * How a call ended.
	 *
	 * @param failure what it threw
	 * @param stopped whether it ended because its ownership did
	 */
	private record Ending(@Nullable Throwable failure, boolean stopped) {

		static final Ending SUCCESS = new Ending(null, false);

		static final Ending STOPPED = new Ending(null, true);

	}

}
