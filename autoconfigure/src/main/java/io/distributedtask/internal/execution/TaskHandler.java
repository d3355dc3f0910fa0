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

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

import io.distributedtask.OwnershipListener;
import io.distributedtask.TaskWork;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.Lifecycle;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.config.Task;

/**
 * The work of a task where it is owned.
 */
public sealed interface TaskHandler {

	/**
	 * Where the task was declared, for people.
	 * @return such as {@code method com.example.Shop.invoices() of bean 'shop'}
	 */
	String source();

	/**
	 * A method that is called by schedules, which exist only where the task is owned.
	 *
	 * @param source where the task was declared
	 * @param schedules the schedules as Spring read them, in the order of their
	 * declaration; their runnables provide the name and the scheduler's qualifier, and
	 * are not called
	 * @param scheduler the application's scheduler of what has such a qualifier
	 * @param body what a run does
	 */
	record Scheduled(String source, List<Task> schedules, Function<Runnable, TaskScheduler> scheduler,
			TaskWork.Body body) implements TaskHandler {

		public Scheduled {
			schedules = List.copyOf(schedules);
		}

	}

	/**
	 * A method that runs on a thread of its own for as long as the task is owned.
	 *
	 * @param source where the task was declared
	 * @param body what it does
	 * @param subscription whether it is interrupted as soon as the task is revoked, since
	 * it waits for something that cannot ask whether the task is still owned
	 */
	record Continuous(String source, TaskWork.Body body, boolean subscription) implements TaskHandler {

		public Continuous(String source, TaskWork.Body body) {
			this(source, body, false);
		}

	}

	/**
	 * A bean that is notified of its ownership.
	 *
	 * @param source where the task was declared
	 * @param listener the bean
	 */
	record Listener(String source, OwnershipListener listener) implements TaskHandler {
	}

	/**
	 * A component that is started where the task is owned, and stopped after that. If it
	 * stops by itself before, it is started again.
	 *
	 * @param source where the task was declared
	 * @param component provides it, each time that the task is assigned
	 */
	record Component(String source, Supplier<? extends Lifecycle> component) implements TaskHandler {

		void stopUnowned() {
			Logger logger = LoggerFactory.getLogger(TaskHandler.class);
			try {
				Lifecycle found = this.component.get();
				if (found.isRunning()) {
					logger.warn("{} was started with the application context, though this instance does not own its "
							+ "task, and is stopped", this.source);
					found.stop();
				}
			}
			catch (RuntimeException ex) {
				logger.error("{} cannot be stopped, though this instance does not own its task", this.source, ex);
			}
		}

	}

	/**
	 * A component that can describe which part of it does not run.
	 */
	interface SelfDescribing extends Lifecycle {

		/**
		 * Describe which part of it does not run.
		 * @return such as {@code listener container 'audit' is no longer running}
		 */
		String describeStop();

	}

	/**
	 * How a run ends that an interrupt of its thread may not reach: because its work is
	 * done on other threads, or because code in between swallows the interrupt.
	 */
	final class Cancellation {

		private static final ThreadLocal<@Nullable Cancellation> CURRENT = new ThreadLocal<>();

		private @Nullable Runnable action;

		private boolean requested;

		Cancellation() {
		}

		/**
		 * Say what is to be done when the run that the calling thread is in is to end: on
		 * another thread, after an interrupt; at once, if that has been before. Outside
		 * of a run nothing is done.
		 * @param action what is to be done, once
		 */
		public static void onInterrupt(Runnable action) {
			Cancellation current = CURRENT.get();
			if (current != null && current.add(action)) {
				action.run();
			}
		}

		/**
		 * Whether the run that the calling thread is in is to end. Known before code that
		 * the interrupt has woken up can begin anything.
		 */
		public static boolean isRequested() {
			Cancellation current = CURRENT.get();
			return current != null && current.requested();
		}

		private synchronized boolean requested() {
			return this.requested;
		}

		private synchronized boolean add(Runnable action) {
			this.action = action;
			return this.requested;
		}

		void run(Runnable work) {
			Cancellation outer = CURRENT.get();
			CURRENT.set(this);
			try {
				work.run();
			}
			finally {
				if (outer != null) {
					CURRENT.set(outer);
				}
				else {
					CURRENT.remove();
				}
			}
		}

		synchronized boolean isPossible() {
			return this.action != null;
		}

		/**
		 * Request the end.
		 * @return what is to be done for it, if there is something
		 */
		synchronized @Nullable Runnable request() {
			this.requested = true;
			return this.action;
		}

	}

}
