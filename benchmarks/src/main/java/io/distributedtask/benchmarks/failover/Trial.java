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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * One round of one system: three processes, whose owner is stopped, killed and frozen in
 * turn.
 */
final class Trial implements AutoCloseable {

	private static final int INSTANCES = 3;

	private static final Duration START = Duration.ofSeconds(90);

	/** Until every process has joined, and nothing moves any more. */
	private static final Duration SETTLE = Duration.ofSeconds(3);

	/** So that signals come at any time between two heartbeats. */
	private static final int LONGEST_HEARTBEAT_MILLIS = 3000;

	private static final Duration AFTER_FREEZE = Duration.ofSeconds(3);

	/** Longer than the time between two ticks. */
	private static final Duration RECENT = Duration.ofMillis(60);

	private final Competitor competitor;

	private final Figures figures;

	private final Supplier<Instance> starter;

	private final List<Instance> all = new ArrayList<>();

	private final List<Instance> running = new ArrayList<>();

	Trial(Competitor competitor, Figures figures, Supplier<Instance> starter) {
		this.competitor = competitor;
		this.figures = figures;
		this.starter = starter;
	}

	void run(boolean freeze) throws InterruptedException {
		fill();
		measure("TERM", this.competitor.isCrashMeasured() ? this.competitor.patience() : Duration.ofSeconds(60));
		if (this.competitor.isCrashMeasured()) {
			fill();
			measure("KILL", this.competitor.patience());
			if (freeze) {
				fill();
				freeze();
			}
		}
		this.figures.addRound(overlaps());
	}

	/**
	 * Start the processes that are missing, and wait until all take part.
	 */
	private void fill() throws InterruptedException {
		while (this.running.size() < INSTANCES) {
			Instance started = this.starter.get();
			this.all.add(started);
			this.running.add(started);
		}
		for (Instance instance : this.running) {
			if (!instance.ready().await(START.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("a process is not ready after %d s".formatted(START.toSeconds()));
			}
		}
		Thread.sleep(SETTLE.toMillis() + ThreadLocalRandom.current().nextInt(LONGEST_HEARTBEAT_MILLIS));
	}

	private void measure(String signal, Duration patience) throws InterruptedException {
		Instance owner = awaitOwner(patience);
		long sent = System.nanoTime();
		owner.child().signal(signal);
		this.running.remove(owner);
		awaitTickElsewhere(signal, owner, sent, patience);
	}

	private void freeze() throws InterruptedException {
		Instance owner = awaitOwner(this.competitor.patience());
		long sent = System.nanoTime();
		owner.freeze();
		long now = System.nanoTime();
		int run = Objects
			.requireNonNull(
					owner.ticksAfter(Long.MIN_VALUE).stream().max(Comparator.comparingLong(Tick::nanos)).orElse(null))
			.run();
		if (!awaitTickElsewhere("STOP", owner, sent, this.competitor.patience())) {
			return;
		}
		Thread.sleep(1000);
		long resumed = Math.max(now, System.nanoTime());
		owner.child().signal("CONT");
		Thread.sleep(AFTER_FREEZE.toMillis());
		this.figures
			.addStaleTicks((int) owner.ticksAfter(resumed).stream().filter((tick) -> tick.run() == run).count());
	}

	/**
	 * The process that works at this moment.
	 */
	private Instance awaitOwner(Duration patience) throws InterruptedException {
		long deadline = System.nanoTime() + patience.toNanos();
		while (System.nanoTime() < deadline) {
			long recent = System.nanoTime() - RECENT.toNanos();
			List<Instance> owners = this.running.stream()
				.filter((instance) -> !instance.ticksAfter(recent).isEmpty())
				.toList();
			if (owners.size() == 1) {
				return owners.get(0);
			}
			Thread.sleep(5);
		}
		throw new IllegalStateException("nobody works after %d s".formatted(patience.toSeconds()));
	}

	private boolean awaitTickElsewhere(String signal, Instance owner, long sent, Duration patience)
			throws InterruptedException {
		long deadline = sent + patience.toNanos();
		while (System.nanoTime() < deadline) {
			Long first = firstTick(owner, sent);
			if (first != null) {
				this.figures.add(signal, (first - sent) / 1e9);
				return true;
			}
			Thread.sleep(5);
		}
		this.figures.addFailure("after %s nobody worked for %d s".formatted(signal, patience.toSeconds()));
		return false;
	}

	private @Nullable Long firstTick(Instance owner, long sent) {
		return this.running.stream()
			.filter((instance) -> instance != owner)
			.flatMap((instance) -> instance.ticksAfter(sent).stream())
			.map(Tick::nanos)
			.min(Long::compare)
			.orElse(null);
	}

	/**
	 * How many pairs of runs of two processes overlapped, except for those of processes
	 * that were frozen.
	 */
	private int overlaps() {
		int overlaps = 0;
		for (int first = 0; first < this.all.size(); first++) {
			for (int second = first + 1; second < this.all.size(); second++) {
				overlaps += overlaps(this.all.get(first), this.all.get(second));
			}
		}
		return overlaps;
	}

	private static int overlaps(Instance first, Instance second) {
		if (first.isFrozen() || second.isFrozen()) {
			return 0;
		}
		return (int) first.runs()
			.values()
			.stream()
			.flatMap((
					one) -> second.runs().values().stream().filter((other) -> one[0] <= other[1] && other[0] <= one[1]))
			.count();
	}

	@Override
	public void close() {
		this.all.forEach(Instance::close);
	}

}
