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

package io.distributedtask.benchmarks.failover;

import io.distributedtask.benchmarks.processes.BackendAddresses;

/**
 * One system in a process of its own: it decides when the work runs here.
 */
interface Contender {

	/**
	 * Take part: from now on the work may be run in this process.
	 * @param id the name of the task, the lock, the group
	 * @param backends where to connect to
	 * @param work what to run
	 * @throws Exception if that fails
	 */
	void start(String id, BackendAddresses backends, Work work) throws Exception;

	/**
	 * Stop in order; called at SIGTERM. Does nothing if the system does it by itself.
	 * @throws Exception if that fails
	 */
	default void stop() throws Exception {
	}

}
