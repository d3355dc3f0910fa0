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

package io.distributedtask.faults.instance;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.distributedtask.TaskContext;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;

/**
 * Looks again and again at the leases under which this process holds shards, and writes
 * down how far they reach, and when they are gone.
 */
final class LeaseSampler implements AutoCloseable {

	private static final Duration INTERVAL = Duration.ofMillis(40);

	/** Two looks at one lease differ by the time between two instructions. */
	private static final long SAME_NANOS = Duration.ofMillis(15).toNanos();

	private final HistoryWriter history;

	private final Map<TaskContext, Long> deadlines = new ConcurrentHashMap<>();

	private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "lease-sampler");
		thread.setDaemon(true);
		return thread;
	});

	LeaseSampler(HistoryWriter history) {
		this.history = history;
		this.timer.scheduleWithFixedDelay(() -> this.deadlines.keySet().forEach(this::look), 0, INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	void begin(TaskContext task) {
		this.deadlines.put(task, Long.MIN_VALUE);
		look(task);
	}

	void end(TaskContext task) {
		this.deadlines.remove(task);
	}

	/**
	 * Whether a lease that was seen has run out, which tells a shard that is lost from
	 * one that is revoked; a context shows no lease for both.
	 */
	boolean isOver(TaskContext task) {
		Long deadline = this.deadlines.get(task);
		return deadline == null || deadline != Long.MIN_VALUE && System.nanoTime() - deadline >= 0;
	}

	private void look(TaskContext task) {
		long now = System.nanoTime();
		long remaining = task.leaseRemaining().toNanos();
		if (remaining == 0) {
			if (isOver(task) && this.deadlines.remove(task) != null) {
				this.history.write(Kind.LOST, task, now, "lease");
			}
			return;
		}
		long deadline = now + remaining;
		Long former = this.deadlines.get(task);
		if (former != null && (former == Long.MIN_VALUE || deadline - former > SAME_NANOS)) {
			this.deadlines.replace(task, deadline);
			this.history.write(Kind.LEASE, task, now, String.valueOf(deadline));
		}
	}

	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
