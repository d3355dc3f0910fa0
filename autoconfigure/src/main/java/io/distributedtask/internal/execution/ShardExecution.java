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

import io.distributedtask.Assignments.Execution;
import io.distributedtask.internal.port.Ownership;

/**
 * How one owned shard runs, from its assignment until it has stopped. The methods return
 * at once and run no application code.
 */
interface ShardExecution {

	Ownership ownership();

	void start();

	/**
	 * Pause or resume it; may be called before the start.
	 */
	default void setPaused(boolean paused) {
	}

	/**
	 * Run once on request.
	 * @param begun called when the run begins
	 * @return whether it will run
	 */
	default boolean run(Runnable begun) {
		return false;
	}

	void revoke();

	void lost();

	void hurry();

	Execution execution();

}
