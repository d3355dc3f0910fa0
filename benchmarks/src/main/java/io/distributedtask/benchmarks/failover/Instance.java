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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.Child;

/**
 * A process of a system, and what it has done.
 */
final class Instance implements AutoCloseable {

	private final Child child;

	private final CountDownLatch ready = new CountDownLatch(1);

	/** The only one that is added to by another thread. */
	private final List<Tick> ticks = new ArrayList<>();

	private boolean frozen;

	Instance(Competitor competitor, int index, String id, BackendAddresses backends, Path log) {
		List<String> command = new ArrayList<>(List.of(ContenderMain.class.getName(), String.valueOf(index), id));
		command.addAll(backends.toArguments());
		this.child = Child.start(competitor.libraries(), log, this::read, command);
	}

	private void read(String line) {
		if (line.equals(ContenderMain.READY)) {
			this.ready.countDown();
			return;
		}
		synchronized (this.ticks) {
			this.ticks.add(Tick.parse(line));
		}
	}

	CountDownLatch ready() {
		return this.ready;
	}

	Child child() {
		return this.child;
	}

	boolean isFrozen() {
		return this.frozen;
	}

	void freeze() {
		this.frozen = true;
		this.child.signal("STOP");
	}

	List<Tick> ticksAfter(long nanos) {
		synchronized (this.ticks) {
			return this.ticks.stream().filter((tick) -> tick.nanos() > nanos).toList();
		}
	}

	/**
	 * The beginning and the end of each run.
	 */
	Map<Integer, long[]> runs() {
		Map<Integer, long[]> runs = new LinkedHashMap<>();
		for (Tick tick : ticksAfter(Long.MIN_VALUE)) {
			runs.computeIfAbsent(tick.run(), (run) -> new long[] { tick.nanos(), tick.nanos() })[1] = tick.nanos();
		}
		return runs;
	}

	@Override
	public void close() {
		this.child.close();
	}

}
