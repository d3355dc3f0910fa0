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

package io.distributedtask;

import java.time.Duration;
import java.util.Map;

/**
 * Supplies tasks that are known at run time only, for example one per tenant. The tasks
 * that a bean of this type returns are registered on this instance, and those that it no
 * longer returns are unregistered, as by {@link DistributedTasks#registerAll}: each
 * change of the set causes one rebalance, whatever the number of tasks.
 * <p>
 * Every instance calls its own source. A task belongs to the group as long as the source
 * of at least one live instance returns it.
 *
 * @since 0.1.0
 */
public interface TaskSource {

	/**
	 * The present tasks. Called on one thread of the starter, which may block: as soon as
	 * the application has started, then after each {@link #pollInterval()} and each call
	 * of the {@code Runnable} that was passed to {@link #onStart}. If it throws, the
	 * registered tasks stay as they are, and it is called again later.
	 * @return the tasks and what they do; a task whose definition has not changed keeps
	 * its work from the earlier call
	 */
	Map<TaskDefinition, TaskWork> tasks();

	/**
	 * How long to wait before {@link #tasks()} is called again. Called after each call of
	 * that method, on the same thread.
	 * @return the time, at least one second; zero for no polling, so that only a signaled
	 * change leads to a call. By default 30 seconds
	 */
	default Duration pollInterval() {
		return Duration.ofSeconds(30);
	}

	/**
	 * Receive the callback that signals a change of the set, so that the change does not
	 * wait for the next poll. Called once, before the first call of {@link #tasks()}.
	 * @param changed to be called after a change, on any thread; returns at once
	 */
	default void onStart(Runnable changed) {
	}

}
