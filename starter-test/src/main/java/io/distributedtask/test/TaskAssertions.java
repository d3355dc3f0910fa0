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

package io.distributedtask.test;

import io.distributedtask.DistributedTasks;

/**
 * Entry point of assertions on tasks. Beside AssertJ's own, both may be imported
 * statically:
 *
 * <pre class="code">
 * assertThat(tasks).task("invoices").isOwnedHere().hasRunOnce().hasNotFailed();
 * </pre>
 *
 * @since 0.1.0
 */
public final class TaskAssertions {

	private TaskAssertions() {
	}

	/**
	 * Begin an assertion on the tasks of this moment. Nothing waits: what happens on
	 * other threads is to be awaited, as by Awaitility's {@code untilAsserted}.
	 * @param tasks the bean of the application
	 * @return the assertions
	 */
	public static DistributedTasksAssert assertThat(DistributedTasks tasks) {
		return new DistributedTasksAssert(tasks);
	}

}
