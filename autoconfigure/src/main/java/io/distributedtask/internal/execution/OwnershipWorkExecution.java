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
import io.distributedtask.TaskContext;
import io.distributedtask.internal.coordination.Ownership;
import io.distributedtask.internal.coordination.Ownership.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Calls the beginning and the end of an ownership's work, one after the other, never two
 * at a time: the end follows exactly once if there was a beginning.
 */
final class OwnershipWorkExecution implements ShardExecution {

	private final Ownership ownership;

	private final OwnershipWork work;

	private final ExecutionEnvironment environment;

	private final RunRecorder recorder;

	private final TaskContext context;

	private final Runs beginning;

	private final Runs ending;

	private final CountDownLatch stopping = new CountDownLatch(1);

	private final Backoff backoff;

	/** Before it is begun again; of the thread that begins it. */
	private Duration delay = Duration.ZERO;

	private boolean begun;

	private boolean lost;

	private boolean endingInOrder;

	private volatile boolean working;

	private volatile @Nullable Instant nextRun;

	OwnershipWorkExecution(Ownership ownership, OwnershipWork work, ExecutionEnvironment environment) {
		this.ownership = ownership;
		this.work = work;
		this.environment = environment;
		this.recorder = new RunRecorder(ownership, environment);
		this.context = OwnedTaskContext.of(ownership);
		this.backoff = new Backoff(environment.random());
		this.beginning = new Runs(ownership.id().toString(), environment, this::afterBeginning);
		this.ending = new Runs(ownership.id().toString(), environment,
				() -> environment.stopped().accept(this, List.of()));
	}

	@Override
	public Ownership ownership() {
		return this.ownership;
	}

	@Override
	public void start() {
		this.environment.threads().start(ExecutionEnvironment.threadName(this.ownership), this::begin);
	}

	@Override
	public void revoke() {
		this.stopping.countDown();
		this.beginning.close(this.environment.revokeTimeout());
	}

	@Override
	public void lost() {
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

	@Override
	public void hurry() {
		this.beginning.hurry();
		this.ending.hurry();
	}

	private void begin() {
		while (this.ownership.phase() == Phase.OWNED && this.beginning.run(this::beginOnce)) {
			if (this.working || !this.work.beginsAgain() || !pause(this.delay)) {
				return;
			}
		}
	}

	private void beginOnce() {
		synchronized (this) {
			this.begun = true;
		}
		this.working = this.recorder.run(this.context, this.work::begin, this::nextTry) == null;
	}

	private String nextTry() {
		this.delay = this.backoff.after(Duration.ZERO);
		if (this.beginning.isClosed()) {
			return "it was told to stop and is not begun again";
		}
		return this.work.beginsAgain() ? "it is begun again in %d ms".formatted(this.delay.toMillis())
				: "it is not begun again before its next assignment";
	}

	private boolean pause(Duration delay) {
		// A flag that the failed call left behind must not end the pause
		Thread.interrupted();
		this.nextRun = this.recorder.now().plus(delay);
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
			toEnd = this.begun;
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

	@Override
	public Execution execution() {
		Instant next = this.nextRun;
		if (this.beginning.isClosed()) {
			return this.recorder.execution(ExecutionStatus.STOPPING, null);
		}
		if (next != null) {
			return this.recorder.execution(ExecutionStatus.BACKOFF, next);
		}
		return this.recorder.execution(this.working ? ExecutionStatus.RUNNING : ExecutionStatus.IDLE, null);
	}

}
