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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;

/**
 * What every execution needs.
 *
 * @param threads where things run
 * @param clocks the time
 * @param random spreads restarts
 * @param revokeTimeout how long a run may continue when its shard is revoked
 * @param stopped called when an ownership has stopped, with the progress of its schedules
 * @param observer observes runs
 * @param halted whether the application context is stopping, or has stopped, its beans
 */
record ExecutionEnvironment(TaskThreads threads, Clocks clocks, RandomGenerator random, Duration revokeTimeout,
		BiConsumer<ShardExecution, List<Instant>> stopped, RunObserver observer, BooleanSupplier halted) {

	private static final Duration HALT_INTERVAL = Duration.ofMillis(100);

	static String threadName(Ownership ownership) {
		return "task-%s-%d".formatted(ownership.id().name(), ownership.id().shard());
	}

	/**
	 * Wait while the application context stops its beans, or starts them again: no task
	 * starts while other beans do not run.
	 * @param stopping ends the wait
	 * @return whether to go on: {@code false} if it is stopping
	 */
	boolean awaitGo(CountDownLatch stopping) {
		while (this.halted.getAsBoolean()) {
			try {
				if (stopping.await(HALT_INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
					return false;
				}
			}
			catch (InterruptedException ex) {
				// Nothing runs here to which it could apply
			}
		}
		return true;
	}

}
