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

package io.distributedtask.sample;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The instances of the demonstration. May be closed from another thread.
 */
final class Instances implements AutoCloseable {

	private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

	private static final int MOST = 20;

	private final InstanceLauncher launcher;

	private final Consumer<String> events;

	private final Clock clock;

	private final List<InstanceProcess> running = new CopyOnWriteArrayList<>();

	private final List<InstanceProcess> leaving = new CopyOnWriteArrayList<>();

	private final List<Departure> departures = new CopyOnWriteArrayList<>();

	private int started;

	private boolean closed;

	Instances(InstanceLauncher launcher, Consumer<String> events, Clock clock) {
		this.launcher = launcher;
		this.events = events;
		this.clock = clock;
	}

	/**
	 * Add an instance.
	 * @throws IOException if its process cannot be started
	 */
	synchronized void add() throws IOException {
		if (this.closed) {
			return;
		}
		if (this.running.size() >= MOST) {
			this.events.accept("%d instances are enough: none is added".formatted(MOST));
			return;
		}
		this.started++;
		InstanceProcess instance = this.launcher.launch("checksums-" + this.started);
		this.running.add(instance);
		this.events.accept("%s is started (process %d)".formatted(instance.name(), instance.process().pid()));
	}

	/**
	 * Kill the oldest instance: it cannot say goodbye.
	 */
	void kill() {
		depart(true);
	}

	/**
	 * Stop the oldest instance in order.
	 */
	void stop() {
		depart(false);
	}

	private synchronized void depart(boolean kill) {
		Optional<InstanceProcess> oldest = this.running.stream().findFirst();
		if (oldest.isEmpty()) {
			this.events.accept("There is no instance to " + (kill ? "kill" : "stop"));
			return;
		}
		InstanceProcess instance = oldest.get();
		this.running.remove(instance);
		this.leaving.add(instance);
		this.departures.add(new Departure(instance.name(), kill, this.clock.instant()));
		if (kill) {
			instance.kill();
		}
		else {
			instance.stop();
		}
		this.events.accept("%s is %s".formatted(instance.name(), kill ? "killed (SIGKILL)" : "told to stop (SIGTERM)"));
	}

	/**
	 * Notice the instances that have ended.
	 * @return the number of those that ended without being told to
	 */
	synchronized int check() {
		for (InstanceProcess instance : this.leaving) {
			if (!instance.isAlive()) {
				this.leaving.remove(instance);
				this.events.accept("%s has ended".formatted(instance.name()));
			}
		}
		int failed = 0;
		for (InstanceProcess instance : this.running) {
			if (!instance.isAlive() && !this.closed) {
				failed++;
				this.running.remove(instance);
				this.events.accept("%s has ended by itself with exit code %d. The end of its output:%n%s"
					.formatted(instance.name(), instance.process().exitValue(), instance.tail()));
			}
		}
		return failed;
	}

	/**
	 * The names of the running instances.
	 * @return the names, the oldest first
	 */
	List<String> names() {
		return this.running.stream().map(InstanceProcess::name).toList();
	}

	List<Departure> departures() {
		return List.copyOf(this.departures);
	}

	/**
	 * Stop all instances in order and wait for their end, for a bounded time.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		this.running.forEach(InstanceProcess::stop);
		long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
		this.running.forEach((instance) -> instance.endBy(deadline));
		this.leaving.forEach((instance) -> instance.endBy(deadline));
		this.running.clear();
		this.leaving.clear();
	}

}
