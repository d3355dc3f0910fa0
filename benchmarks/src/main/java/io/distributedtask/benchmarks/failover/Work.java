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

import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The work whose owner is looked for: it ticks, and says so on standard output, with the
 * time of a clock that is the same in all processes of a Linux machine.
 */
final class Work {

	private static final long PERIOD_MILLIS = 25;

	private final PrintStream output;

	private final AtomicInteger runs = new AtomicInteger();

	private volatile boolean stopped;

	Work(PrintStream output) {
		this.output = output;
	}

	/**
	 * Tick for as long as this process owns the task.
	 * @param owned what the system knows about that
	 */
	void runWhile(BooleanSupplier owned) {
		run(owned, Integer.MAX_VALUE);
	}

	/**
	 * Tick several times, as a run that has an end.
	 * @param ticks how often
	 */
	void run(int ticks) {
		run(() -> true, ticks);
	}

	private void run(BooleanSupplier owned, int ticks) {
		int run = this.runs.incrementAndGet();
		for (int tick = 0; tick < ticks && !this.stopped && owned.getAsBoolean(); tick++) {
			this.output.println(new Tick(run, System.nanoTime()));
			try {
				Thread.sleep(PERIOD_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
		}
	}

	/**
	 * Let runs in progress end.
	 */
	void stop() {
		this.stopped = true;
	}

}
