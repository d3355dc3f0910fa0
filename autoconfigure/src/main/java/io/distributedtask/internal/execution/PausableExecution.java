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
import java.util.function.Supplier;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.port.Ownership;
import org.jspecify.annotations.Nullable;

/**
 * Runs work for as long as its shard is owned, in one or more periods: a pause ends a
 * period as if the shard were handed over, and the end of the pause begins another one.
 */
final class PausableExecution implements ShardExecution {

	private static final Execution NOTHING = new Execution(ExecutionStatus.IDLE, 0, 0, null, null, null, null);

	private final Ownership ownership;

	private final ExecutionEnvironment environment;

	private final @Nullable Supplier<OwnershipWork> work;

	private @Nullable Spell spell;

	private Execution past = NOTHING;

	private boolean started;

	private boolean paused;

	private boolean ending;

	private boolean told;

	/**
	 * Create an execution.
	 * @param ownership the ownership
	 * @param environment what it needs
	 * @param work creates the work of one period; {@code null} if there is nothing to do
	 */
	PausableExecution(Ownership ownership, ExecutionEnvironment environment, @Nullable Supplier<OwnershipWork> work) {
		this.ownership = ownership;
		this.environment = environment;
		this.work = work;
	}

	@Override
	public Ownership ownership() {
		return this.ownership;
	}

	@Override
	public synchronized void start() {
		this.started = true;
		if (!this.paused) {
			begin();
		}
	}

	private void begin() {
		if (this.work != null) {
			Spell next = new Spell(this.work.get());
			this.spell = next;
			next.execution.start();
		}
	}

	@Override
	public synchronized void setPaused(boolean paused) {
		if (this.paused == paused) {
			return;
		}
		this.paused = paused;
		if (!this.started || this.ending) {
			return;
		}
		Spell current = this.spell;
		if (!paused && current == null) {
			begin();
		}
		else if (paused && current != null && current.status() != ExecutionStatus.COMPLETED) {
			current.end();
		}
	}

	@Override
	public synchronized boolean run(Runnable begun) {
		Spell current = this.spell;
		if (this.paused || this.ending || current == null || !current.restarts) {
			return false;
		}
		begun.run();
		ExecutionStatus status = current.status();
		// the next period begins anyway where the current one was told to end
		if (!current.ended && (status == ExecutionStatus.COMPLETED || status == ExecutionStatus.BACKOFF)) {
			current.end();
		}
		return true;
	}

	private synchronized void spellIsOver(Spell over) {
		this.past = add(this.past, over.execution.execution());
		this.spell = null;
		if (this.ending) {
			tell();
		}
		else if (!this.paused) {
			begin();
		}
	}

	@Override
	public synchronized void revoke() {
		this.ending = true;
		if (this.spell != null) {
			this.spell.execution.revoke();
		}
		else {
			tell();
		}
	}

	@Override
	public synchronized void lost() {
		this.ending = true;
		if (this.spell != null) {
			this.spell.execution.lost();
		}
		else {
			tell();
		}
	}

	@Override
	public synchronized void hurry() {
		if (this.spell != null) {
			this.spell.execution.hurry();
		}
	}

	private void tell() {
		if (!this.told) {
			this.told = true;
			this.environment.threads().execute(() -> this.environment.stopped().accept(this, List.of()));
		}
	}

	@Override
	public synchronized Execution execution() {
		Spell current = this.spell;
		Execution shown = (current != null) ? add(this.past, current.execution.execution()) : this.past;
		boolean isPaused = this.paused && (current == null || current.status() == ExecutionStatus.COMPLETED);
		return isPaused ? withStatus(shown, ExecutionStatus.PAUSED) : shown;
	}

	private static Execution withStatus(Execution shown, ExecutionStatus status) {
		return new Execution(status, shown.runs(), shown.failures(), shown.lastStart(), shown.lastEnd(),
				shown.lastError(), null, shown.lastErrorStack());
	}

	private static Execution add(Execution past, Execution now) {
		return new Execution(now.status(), past.runs() + now.runs(), past.failures() + now.failures(),
				(now.lastStart() != null) ? now.lastStart() : past.lastStart(),
				(now.lastEnd() != null) ? now.lastEnd() : past.lastEnd(),
				(now.lastError() != null) ? now.lastError() : past.lastError(), now.nextRun(),
				(now.lastError() != null) ? now.lastErrorStack() : past.lastErrorStack());
	}

	/**
	 * The ownership as the work of one period sees it: it ends with the period.
	 */
	private final class Spell implements Ownership {

		private final OwnershipWorkExecution execution;

		/** Whether it can be started again on request when it is over or waits. */
		private final boolean restarts;

		private volatile boolean ended;

		private Spell(OwnershipWork work) {
			this.restarts = work.isOverWhenBegun();
			this.execution = new OwnershipWorkExecution(this, work, PausableExecution.this.environment,
					() -> spellIsOver(this));
		}

		private void end() {
			if (!this.ended) {
				this.ended = true;
				this.execution.revoke();
			}
		}

		private ExecutionStatus status() {
			return this.execution.execution().status();
		}

		@Override
		public Phase phase() {
			Phase phase = PausableExecution.this.ownership.phase();
			return (this.ended && phase == Phase.OWNED) ? Phase.REVOKING : phase;
		}

		@Override
		public TaskId id() {
			return PausableExecution.this.ownership.id();
		}

		@Override
		public int shardCount() {
			return PausableExecution.this.ownership.shardCount();
		}

		@Override
		public long fencingToken() {
			return PausableExecution.this.ownership.fencingToken();
		}

		@Override
		public Instant since() {
			return PausableExecution.this.ownership.since();
		}

		@Override
		public Duration leaseRemaining() {
			return PausableExecution.this.ownership.leaseRemaining();
		}

		@Override
		public Origin origin() {
			return PausableExecution.this.ownership.origin();
		}

		@Override
		public List<Instant> progress() {
			return PausableExecution.this.ownership.progress();
		}

		@Override
		public boolean isDirect() {
			return PausableExecution.this.ownership.isDirect();
		}

		@Override
		public @Nullable Instant missedSince() {
			return PausableExecution.this.ownership.missedSince();
		}

		@Override
		public void stopped(List<Instant> progress) {
			throw new IllegalStateException("The end of a period between two pauses does not end the ownership");
		}

	}

}
