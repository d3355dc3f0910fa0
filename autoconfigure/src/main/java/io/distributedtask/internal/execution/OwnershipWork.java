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
 * What is done under one ownership: a beginning and an end, which are each one call.
 */
interface OwnershipWork {

	void begin(TaskContext context) throws Exception;

	/**
	 * End it. Called exactly once after {@link #begin} was, whatever that did.
	 * @param lost whether the ownership is gone already
	 */
	void end(TaskContext context, boolean lost) throws Exception;

	/**
	 * Whether it is over when its beginning has returned, so that there is nothing to
	 * end.
	 */
	default boolean isOverWhenBegun() {
		return false;
	}

	/**
	 * Whether it can be asked if it still works.
	 */
	default boolean isWatched() {
		return false;
	}

	/**
	 * Ask if it still works.
	 * @throws Exception if it does not; the message says what has ended
	 */
	default void check() throws Exception {
	}

	/**
	 * End what is left of it after it has ended by itself, before it is begun again.
	 */
	default void clear() throws Exception {
	}

	/**
	 * The work of a method that is called once, and runs for as long as it likes.
	 */
	record Continuous(TaskWork.Body body) implements OwnershipWork {

		@Override
		public void begin(TaskContext context) throws Exception {
			this.body.run(context);
			// What returns since its shard is owned no more has not done all that it has
			// to
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

	}

	/**
	 * The work of a bean that is told of its ownership.
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
	 * The work of something that can be started and stopped.
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
	 * Something that had been started does not run any more, although nobody of ours has
	 * stopped it. Where that was noticed says nothing, so there is no stack.
	 */
	@SuppressWarnings("serial")
	final class NotRunningException extends RuntimeException {

		NotRunningException(String message) {
			super(message, null, false, false);
		}

	}

}
