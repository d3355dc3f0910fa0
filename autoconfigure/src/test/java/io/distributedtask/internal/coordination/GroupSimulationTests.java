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

package io.distributedtask.internal.coordination;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Runs {@link TaskCoordinator}s through thousands of random schedules of joins, leaves,
 * crashes, freezes, partitions and lost messages.
 * <p>
 * {@code -Dsimulation.seed=} runs one schedule again, {@code -Dsimulation.schedules=}
 * tells how many to run and {@code -Dsimulation.first=} where to begin.
 */
class GroupSimulationTests {

	private static final String LOGGER = TaskCoordinator.class.getPackageName();

	private static final LoggingSystem LOGGING = LoggingSystem.get(GroupSimulationTests.class.getClassLoader());

	@BeforeAll
	static void beSilent() {
		if (Long.getLong("simulation.seed") == null) {
			LOGGING.setLogLevel(LOGGER, LogLevel.OFF);
		}
	}

	@AfterAll
	static void speakAgain() {
		LOGGING.setLogLevel(LOGGER, null);
	}

	@Test
	void promisesAreKept() {
		Long seed = Long.getLong("simulation.seed");
		if (seed != null) {
			new GroupSimulation(seed).run();
			return;
		}
		long first = Long.getLong("simulation.first", 0);
		long end = first + Long.getLong("simulation.schedules", 1600);
		for (long next = first; next < end; next++) {
			new GroupSimulation(next).run();
		}
	}

}
