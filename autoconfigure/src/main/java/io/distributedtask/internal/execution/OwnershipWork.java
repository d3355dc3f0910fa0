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

import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskContext;
import io.distributedtask.TaskWork;
import org.jspecify.annotations.Nullable;

import org.springframework.context.Lifecycle;

/**
 * The work under one ownership: a beginning and an end, each of which is one call.
 */
interface OwnershipWork {

	void begin(TaskContext context) throws Exception;

	/**
	 * End it. Called exactly once after {@link #begin} was, whatever its result.
	 * @param lost whether the ownership is already lost
	 */
	void end(TaskContext context, boolean lost) throws Exception;

	/**
	 * Whether the work is over when its beginning has returned, so that there is nothing
	 * to end.
	 */
	default boolean isOverWhenBegun() {
		return false;
	}

	/**
	 * Whether an interrupt is the way to end its beginning, and not the last resort.
	 */
	default boolean isEndedByInterrupt() {
		return false;
	}

	/**
	 * Whether {@link #check} can find out if it still works.
	 */
	default boolean isWatched() {
		return false;
	}

	/**
	 * Check whether it still works.
	 * @throws Exception if it does not; the message names what has ended
	 */
	default void check() throws Exception {
	}

	/**
	 * Stop what is left of it after it has ended by itself, before it is started again.
	 */
	default void clear() throws Exception {
	}

	/**
	 * The work of a method that is called once, and may run as long as its shard is
	 * owned.
	 */
	record Continuous(TaskWork.Body body, boolean subscription) implements OwnershipWork {

		@Override
		public void begin(TaskContext context) throws Exception {
			this.body.run(context);
			// A method that returns because its shard is no longer owned has not
			// completed
			context.ensureOwned();
		}

		@Override
		public void end(TaskContext context, boolean lost) {
			// It has ended
		}

		@Override
		public boolean isOverWhenBegun() {
			return true;
		}

		@Override
		public boolean isEndedByInterrupt() {
			return this.subscription;
		}

	}

	/**
	 * The work of a bean that is notified of its ownership.
	 */
	record Listening(OwnershipListener listener) implements OwnershipWork {

		@Override
		public void begin(TaskContext context) throws Exception {
			this.listener.onAssigned(context);
		}

		@Override
		public void end(TaskContext context, boolean lost) throws Exception {
			if (lost) {
				this.listener.onLost(context);
			}
			else {
				this.listener.onRevoked(context);
			}
		}

	}

	/**
	 * The work of a component that can be started and stopped.
	 */
	final class Component implements OwnershipWork {

		private final TaskHandler.Component handler;

		private final Duration patience;

		private volatile @Nullable Lifecycle component;

		Component(TaskHandler.Component handler, Duration patience) {
			this.handler = handler;
			this.patience = patience;
		}

		@Override
		public void begin(TaskContext context) {
			Lifecycle found = this.handler.component().get();
			this.component = found;
			found.start();
		}

		@Override
		public void end(TaskContext context, boolean lost) {
			Lifecycle started = this.component;
			if (started != null) {
				new ComponentEnd(started, this.handler.source(), this.patience).await();
			}
		}

		@Override
		public boolean isWatched() {
			return true;
		}

		@Override
		public void check() {
			Lifecycle started = this.component;
			if (started != null && !started.isRunning()) {
				String stop = (started instanceof TaskHandler.SelfDescribing describing) ? describing.describeStop()
						: "isRunning() of %s returns false".formatted(this.handler.source());
				throw new NotRunningException(
						"%s, though the shard is owned here: stopped by an error handler, a fatal ".formatted(stop)
								+ "error or other code, or never really started");
			}
		}

		@Override
		public void clear() {
			Lifecycle started = this.component;
			if (started != null) {
				started.stop();
			}
		}

	}

	/**
	 * A component that had been started no longer runs, although we have not stopped it.
	 * The place where that was noticed tells nothing, so there is no stack trace.
	 */
	@SuppressWarnings("serial")
	final class NotRunningException extends RuntimeException {

		NotRunningException(String message) {
			super(message, null, false, false);
		}

	}

}
