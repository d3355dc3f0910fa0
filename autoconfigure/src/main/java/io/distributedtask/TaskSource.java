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
 * Where tasks come from that are known at run time only, one per tenant, say. What a bean
 * of this type says is registered on this instance, and what it no longer says is
 * unregistered, as by {@link DistributedTasks#registerAll}: each change of the set,
 * however many tasks it concerns, is one rebalance.
 * <p>
 * Every instance asks its own source. A task is offered to the group as long as the
 * source of some live instance names it.
 *
 * @since 0.1.0
 */
public interface TaskSource {

	/**
	 * The tasks of this moment. Called by one thread of the starter, which may block: as
	 * soon as the application has started, then after each {@link #pollInterval()} and
	 * each call of what {@link #onStart} has got. If it throws, everything stays as it
	 * is, and it is asked again.
	 * @return the tasks and what they do; a task whose definition is equal to that of the
	 * last time keeps the work that it had then
	 */
	Map<TaskDefinition, TaskWork> tasks();

	/**
	 * How long to wait before the source is asked again. Asked once.
	 * @return the time, at least a second; zero to be asked only when it says that
	 * something has changed. By default 30 seconds
	 */
	default Duration pollInterval() {
		return Duration.ofSeconds(30);
	}

	/**
	 * Take what to call when the set has changed, so that nobody has to wait for the next
	 * poll. Called once, before the first call of {@link #tasks()}.
	 * @param changed to be called after a change, on any thread; returns at once
	 */
	default void onStart(Runnable changed) {
	}

}
