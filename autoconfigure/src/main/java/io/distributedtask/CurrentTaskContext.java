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

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * The context of the task that a thread is running.
 */
final class CurrentTaskContext {

	private static final ThreadLocal<@Nullable TaskContext> CURRENT = new ThreadLocal<>();

	private CurrentTaskContext() {
	}

	static TaskContext get() {
		TaskContext context = CURRENT.get();
		if (context == null) {
			throw new IllegalStateException(
					"Thread '%s' does not run a distributed task".formatted(Thread.currentThread().getName()));
		}
		return context;
	}

	static <T> T call(TaskContext context, Callable<T> work) throws Exception {
		TaskContext outer = CURRENT.get();
		CURRENT.set(context);
		try {
			return work.call();
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

}
