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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.internal.engine.TaskEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/**
 * Runs {@link TaskEngine}s through thousands of random schedules of joins, leaves,
 * crashes, freezes, partitions and lost messages.
 * <p>
 * {@code -Dsimulation.seed=} runs one schedule again, {@code -Dsimulation.schedules=}
 * tells how many to run and {@code -Dsimulation.first=} where to begin.
 */
class GroupSimulationTests {

	private static final String LOGGER = TaskEngine.class.getPackageName();

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

	@Test
	void nothingIsRunAgainWhenTheBrokerDropsAllInstances() {
		int circumstances = SimulatedCircumstances.values().length;
		for (long number = 0; number < 200; number++) {
			long seed = SimulatedCircumstances.BROKER.ordinal() + number * circumstances;
			GroupSimulation simulation = new GroupSimulation(seed);
			simulation.broker().initialDelay(Duration.ZERO);
			for (int i = 0; i < 2 + number % 3; i++) {
				simulation.join();
			}
			simulation.pass(Duration.ofSeconds(20));
			int begunAnew = simulation.ledger().begunAnew();
			simulation.freezeBroker();
			assertThatCode(simulation::comeToRest).as("seed %d", seed).doesNotThrowAnyException();
			assertThat(simulation.ledger().instants().repeated()).as("runs made again, seed %d", seed).isZero();
			assertThat(simulation.ledger().begunAnew()).as("begun as new, seed %d", seed).isEqualTo(begunAnew);
		}
	}

	@Test
	void everyShardIsOwnedWhicheverInstancesVanishInWhateverOrder() {
		long seed = SimulatedCircumstances.CRASHES.ordinal();
		for (List<Integer> order : orders(List.of(0, 1, 2, 3), 3)) {
			GroupSimulation simulation = new GroupSimulation(seed);
			List<SimulatedInstance> instances = new ArrayList<>();
			for (int i = 0; i < 4; i++) {
				instances.add(simulation.join());
			}
			simulation.pass(Duration.ofSeconds(20));
			assertThat(simulation.established()).as("seed %d", seed).hasSize(4);
			for (int victim : order) {
				simulation.crash(instances.get(victim));
				simulation.pass(Duration.ofMillis(simulation.random().nextInt(12_000)));
			}
			assertThatCode(simulation::comeToRest).as("%s vanish, seed %d", order, seed).doesNotThrowAnyException();
			assertThat(simulation.live()).hasSize(4 - order.size());
			seed += SimulatedCircumstances.values().length;
		}
	}

	/**
	 * All ways to take some, at most so many, one after the other.
	 */
	private static List<List<Integer>> orders(List<Integer> from, int most) {
		List<List<Integer>> orders = new ArrayList<>();
		for (Integer first : from) {
			orders.add(List.of(first));
			List<Integer> rest = new ArrayList<>(from);
			rest.remove(first);
			if (most > 1) {
				for (List<Integer> order : orders(rest, most - 1)) {
					List<Integer> longer = new ArrayList<>(List.of(first));
					longer.addAll(order);
					orders.add(longer);
				}
			}
		}
		return orders;
	}

}
