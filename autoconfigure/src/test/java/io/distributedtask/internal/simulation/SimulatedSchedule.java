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

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The instants of a simulated task, in milliseconds of the wall clock.
 *
 * @param first an instant
 * @param period the time between two, 0 if there is one only
 */
record SimulatedSchedule(long first, long period) {

	private static final long[] PERIODS = { 1_000, 7_000, 60_000, 3_600_000, 0 };

	/**
	 * The schedule of a task: its first instant comes while things happen.
	 * @param seed the seed of the simulation
	 * @param task the name of the task
	 */
	static SimulatedSchedule of(long seed, String task) {
		Random random = new Random(seed * 31 + task.hashCode());
		long period = PERIODS[(int) Math.floorMod(seed / 8 + task.hashCode(), (long) PERIODS.length)];
		long first = SimulatedClocks.EPOCH_MILLIS + random.nextInt(40_000);
		return new SimulatedSchedule((period == 1000) ? first - first % period : first, period);
	}

	/**
	 * The first instant after a time.
	 * @return the instant, or {@link Long#MAX_VALUE} if there is none
	 */
	long after(long millis) {
		if (millis < this.first) {
			return this.first;
		}
		return (this.period > 0) ? this.first + ((millis - this.first) / this.period + 1) * this.period
				: Long.MAX_VALUE;
	}

	/**
	 * The instants after a time and up to another, the latest ones if there are many.
	 */
	List<Long> between(long after, long upTo) {
		List<Long> instants = new ArrayList<>();
		long from = (this.period > 0) ? Math.max(after, upTo - 100 * this.period) : after;
		for (long instant = after(from); instant <= upTo; instant = after(instant)) {
			instants.add(instant);
		}
		return instants;
	}

}
