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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;

/**
 * A method on a thread of its own: over when it returns, started again when it fails.
 */
final class ContinuousExecution implements ShardExecution {

	private final Ownership ownership;

	private final TaskBody body;

	private final ExecutionEnvironment environment;

	private final RunRecorder recorder;

	private final Runs runs;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private volatile boolean completed;

	private volatile @Nullable Instant nextRun;

	ContinuousExecution(Ownership ownership, TaskBody body, ExecutionEnvironment environment) {
		this.ownership = ownership;
		this.body = body;
		this.environment = environment;
		this.recorder = new RunRecorder(ownership, environment);
		this.runs = new Runs(ownership.id().toString(), environment,
				() -> environment.stopped().accept(this, List.of()));
	}

	@Override
	public Ownership ownership() {
		return this.ownership;
	}

	@Override
	public void start() {
		this.environment.threads().start(ExecutionEnvironment.threadName(this.ownership), this::runUntilReturn);
	}

	@Override
	public void revoke() {
		this.stopping.countDown();
		this.runs.close(this.environment.revokeTimeout());
	}

	@Override
	public void lost() {
		this.stopping.countDown();
		this.runs.close(Duration.ZERO);
	}

	@Override
	public void hurry() {
		this.runs.hurry();
	}

	private void runUntilReturn() {
		Attempt attempt = new Attempt();
		do {
			attempt.failure = null;
			boolean mayGo = this.environment.awaitGo(this.stopping);
			attempt.begun = this.environment.clocks().nanos();
			if (!mayGo || this.ownership.phase() != Phase.OWNED || !this.runs.run(attempt)) {
				return;
			}
		}
		while (attempt.failure != null && pause(attempt.delay));
		this.completed = (attempt.failure == null);
	}

	private boolean pause(Duration delay) {
		// A flag that the failed run left behind must not end the pause
		Thread.interrupted();
		this.nextRun = this.recorder.now().plus(delay);
		try {
			return !this.stopping.await(delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			return !this.runs.isClosed();
		}
		finally {
			this.nextRun = null;
		}
	}

	@Override
	public Execution execution() {
		Instant next = this.nextRun;
		if (this.runs.isClosed()) {
			return this.recorder.execution(ExecutionStatus.STOPPING, null);
		}
		if (next != null) {
			return this.recorder.execution(ExecutionStatus.BACKOFF, next);
		}
		return this.recorder.execution(this.completed ? ExecutionStatus.COMPLETED : ExecutionStatus.IDLE, null);
	}

	private final class Attempt implements Runnable {

		private final Backoff backoff = new Backoff(ContinuousExecution.this.environment.random());

		private long begun;

		private Duration delay = Duration.ZERO;

		private @Nullable Throwable failure;

		@Override
		public void run() {
			TaskContext context = OwnedTaskContext.of(ContinuousExecution.this.ownership);
			this.failure = ContinuousExecution.this.recorder.run(context, this::untilEndOfOwnership, this::nextTry);
		}

		/**
		 * What returns since its shard is owned no more has not done all that it has to.
		 */
		private void untilEndOfOwnership(TaskContext context) throws Exception {
			ContinuousExecution.this.body.run(context);
			if (ContinuousExecution.this.ownership.phase() != Phase.OWNED) {
				throw new OwnershipLostException(context.name(), context.shard(), context.fencingToken());
			}
		}

		private String nextTry() {
			this.delay = this.backoff.after(lasted());
			return ContinuousExecution.this.runs.isClosed() ? "it was told to stop and is not called again"
					: "it is called again in %d ms".formatted(this.delay.toMillis());
		}

		private Duration lasted() {
			return Duration.ofNanos(ContinuousExecution.this.environment.clocks().nanos() - this.begun);
		}

	}

}
