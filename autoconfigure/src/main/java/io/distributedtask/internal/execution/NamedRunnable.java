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

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.SchedulingAwareRunnable;

/**
 * Work with a name, which Spring shows in place of the method of a schedule.
 *
 * @param name the name
 * @param qualifier the qualifier of its scheduler
 * @param work the work
 */
public record NamedRunnable(String name, @Nullable String qualifier, Runnable work) implements SchedulingAwareRunnable {

	/**
	 * The name of a schedule whose work is done elsewhere.
	 * @param name the name
	 * @param qualifier the qualifier of its scheduler
	 * @return a runnable that cannot be run
	 */
	public static NamedRunnable ofSchedule(String name, @Nullable String qualifier) {
		return new NamedRunnable(name, qualifier, () -> {
			throw new UnsupportedOperationException("'%s' runs only where it is owned".formatted(name));
		});
	}

	/**
	 * The qualifier of a runnable's scheduler.
	 * @param runnable any runnable
	 * @return the qualifier, {@code null} if it has none
	 */
	public static @Nullable String qualifier(Runnable runnable) {
		return (runnable instanceof SchedulingAwareRunnable aware) ? aware.getQualifier() : null;
	}

	@Override
	public @Nullable String getQualifier() {
		return this.qualifier;
	}

	@Override
	public void run() {
		this.work.run();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
