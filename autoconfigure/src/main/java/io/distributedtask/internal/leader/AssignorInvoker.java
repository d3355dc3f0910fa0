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

package io.distributedtask.internal.leader;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import org.jspecify.annotations.Nullable;

/**
 * Asks an assignor for its target, and believes nothing of it: the call has a time limit,
 * runs on a thread of its own, and its answer is checked against the constraints.
 * <p>
 * There is one call at a time. One that has not returned in time is interrupted, and
 * until it has returned there is no other. Its late answer is used if it is asked the
 * same question again.
 */
public final class AssignorInvoker {

	/** How long to wait for an assignor that is interrupted to give up. */
	private static final Duration GRACE = Duration.ofMillis(200);

	private final Duration limit;

	private final Runnable returnedLate;

	/** The call that has not returned in time. */
	private @Nullable Call late;

	/**
	 * Create a call without news of late answers.
	 */
	public AssignorInvoker(Duration limit) {
		this(limit, () -> {
		});
	}

	/**
	 * Create a call.
	 * @param limit how long to wait for an answer
	 * @param returnedLate called when one that had not returned in time has returned, on
	 * the thread of the assignor
	 */
	public AssignorInvoker(Duration limit, Runnable returnedLate) {
		this.limit = limit;
		this.returnedLate = returnedLate;
	}

	/**
	 * Find the target owner of each shard.
	 * @param assignor who is asked, {@code null} if the leader does not know the group's
	 * @param group what it is asked
	 * @param spent the part of the time limit that former questions have taken
	 * @return the names of the owners
	 * @throws AssignorFailure if there is no answer that can be used
	 */
	Map<TaskId, String> target(@Nullable TaskAssignor assignor, GroupState group, Duration spent)
			throws AssignorFailure {
		if (assignor == null) {
			throw new AssignorFailure("is not known to the leader", null);
		}
		TaskAssignment target = lateAnswer(assignor, group);
		if (target == null) {
			target = new Call(assignor, group).answer(this.limit.minus(spent));
		}
		Optional<String> violation = target.violation(group);
		if (violation.isPresent()) {
			throw new AssignorFailure("returned an assignment in which " + violation.get(), null);
		}
		return target.owners();
	}

	private @Nullable TaskAssignment lateAnswer(TaskAssignor assignor, GroupState group) throws AssignorFailure {
		Call late = this.late;
		if (late == null) {
			return null;
		}
		if (!late.isDone()) {
			throw new AssignorFailure("has not returned from a call for %d s, and is not called again before it has"
				.formatted(late.age().toSeconds()), null, true);
		}
		this.late = null;
		return late.answerTo(assignor, group);
	}

	/**
	 * One call.
	 */
	private final class Call extends FutureTask<TaskAssignment> {

		private final TaskAssignor assignor;

		private final GroupState group;

		private final long begunNanos = System.nanoTime();

		private final AtomicBoolean isLate = new AtomicBoolean();

		private Call(TaskAssignor assignor, GroupState group) {
			super(() -> {
				// a former or another coordinator of this process may have called it, too
				synchronized (assignor) {
					return Objects.requireNonNull(assignor.assign(group), "It has returned null");
				}
			});
			this.assignor = assignor;
			this.group = group;
		}

		TaskAssignment answer(Duration timeout) throws AssignorFailure {
			Thread thread = new Thread(this, "distributed-task-assignor");
			thread.setDaemon(true);
			try {
				thread.start();
				return get(timeout.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				throw new AssignorFailure("failed with " + ex.getCause(), ex.getCause());
			}
			catch (TimeoutException ex) {
				thread.interrupt();
				return answerAfter(ex);
			}
			catch (InterruptedException ex) {
				thread.interrupt();
				throw interrupted(ex);
			}
			catch (OutOfMemoryError ex) {
				throw new AssignorFailure("could not be called: " + ex, ex);
			}
		}

		private TaskAssignment answerAfter(TimeoutException timeout) throws AssignorFailure {
			String message = "did not return within %d ms".formatted(AssignorInvoker.this.limit.toMillis());
			try {
				return get(GRACE.toNanos(), TimeUnit.NANOSECONDS);
			}
			catch (ExecutionException ex) {
				throw new AssignorFailure(message, ex.getCause());
			}
			catch (TimeoutException ex) {
				throw stillOut(message + " and has not returned", timeout);
			}
			catch (InterruptedException ex) {
				throw interrupted(ex);
			}
		}

		private AssignorFailure interrupted(InterruptedException ex) {
			Thread.currentThread().interrupt();
			return stillOut("was interrupted", ex);
		}

		private AssignorFailure stillOut(String message, Exception cause) {
			AssignorInvoker.this.late = this;
			this.isLate.set(true);
			if (isDone()) {
				tellReturn();
			}
			return new AssignorFailure(message, cause, true);
		}

		@Override
		protected void done() {
			tellReturn();
		}

		private void tellReturn() {
			if (this.isLate.compareAndSet(true, false)) {
				AssignorInvoker.this.returnedLate.run();
			}
		}

		Duration age() {
			return Duration.ofNanos(System.nanoTime() - this.begunNanos);
		}

		/**
		 * The answer of a call that is over, if it is one to this question.
		 */
		@Nullable TaskAssignment answerTo(TaskAssignor assignor, GroupState group) {
			if (assignor != this.assignor || !group.equals(this.group)) {
				return null;
			}
			try {
				return get();
			}
			catch (ExecutionException | InterruptedException ex) {
				// it may have failed since it was interrupted
				return null;
			}
		}

	}

	/**
	 * An assignor gave no answer that can be used.
	 */
	@SuppressWarnings("serial")
	static final class AssignorFailure extends Exception {

		private final boolean isOut;

		AssignorFailure(String message, @Nullable Throwable cause) {
			this(message, cause, false);
		}

		AssignorFailure(String message, @Nullable Throwable cause, boolean isOut) {
			super(message, cause);
			this.isOut = isOut;
		}

		/**
		 * Whether the call has not returned yet, so that there can be no other one.
		 */
		boolean isOut() {
			return this.isOut;
		}

	}

}
