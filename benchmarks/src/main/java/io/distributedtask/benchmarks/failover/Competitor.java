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

import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

import io.distributedtask.benchmarks.processes.Library;

/**
 * A system with settings, as a row of the table.
 *
 * @param name its name for people
 * @param settings its settings for people
 * @param artifact the artifact whose version is shown
 * @param libraries what its processes need
 * @param patience after a crash, how long to wait for another process to work;
 * {@link Duration#ZERO} if that is not measured
 * @param contender creates it in a process
 */
record Competitor(String name, String settings, String artifact, Set<Library> libraries, Duration patience,
		Supplier<Contender> contender) {

	boolean isCrashMeasured() {
		return !this.patience.isZero();
	}

}
