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

package io.distributedtask.faults.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.History;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * A history written by hand: what happens is said in the order of time, in seconds. An
 * instance's process is {@code i1-1}; a shard is {@code crawl#0}.
 */
public final class Story {

	/** Bound of time without an owner: 3 + 0.3 + 6 + 2 + 1 = 12.3 seconds. */
	public static final GroupUnderTest GROUP = new GroupUnderTest(Duration.ofMillis(300), Duration.ofSeconds(3),
			Duration.ofSeconds(6), Duration.ofSeconds(2), 2, false);

	/** The wall clock at second 0 of a story. */
	static final long EPOCH_MILLIS = 1_800_000_000_000L;

	private static final double ORIGIN = 1000;

	private final List<HistoryEvent> events = new ArrayList<>();

	private int faults;

	public static long nanos(double second) {
		return Math.round((ORIGIN + second) * 1e9);
	}

	/**
	 * A token that a leader draws at a time.
	 */
	static long token(double second) {
		return EPOCH_MILLIS + Math.round(second * 1000);
	}

	private Story add(double second, String source, Kind kind, String shard, long token, String detail) {
		String[] parts = shard.split("#");
		this.events.add(new HistoryEvent(nanos(second), source, kind, parts[0],
				(parts.length > 1) ? Integer.parseInt(parts[1]) : -1, token, detail));
		return this;
	}

	/** Instances that are up from the beginning. */
	public Story up(String... sources) {
		for (String source : sources) {
			add(-60, source, Kind.STARTED, "", -1, "1");
		}
		return this;
	}

	/** A process that is about to be started. */
	Story starting(double second, String source) {
		return add(second, HistoryEvent.LABORATORY, Kind.STARTING, "", -1, source);
	}

	Story started(double second, String source) {
		return add(second, source, Kind.STARTED, "", -1, "1");
	}

	Story stopping(double second, String source) {
		return add(second, source, Kind.STOPPING, "", -1, "");
	}

	Story stopped(double second, String source) {
		return add(second, source, Kind.STOPPED, "", -1, "");
	}

	Story settling(double second) {
		return add(second, HistoryEvent.LABORATORY, Kind.SETTLING, "", -1, "1");
	}

	Story settled(double second) {
		return add(second, HistoryEvent.LABORATORY, Kind.SETTLED, "", -1, "1");
	}

	/** A process that is known by an id to those that watch it. */
	Story watched(String source, String incarnation) {
		return add(-59, source, Kind.WATCHED, "", -1, incarnation);
	}

	Story foundEnded(double second, String source, String instance, String incarnation) {
		return add(second, source, Kind.FOUND_ENDED, "", -1, instance + " " + incarnation);
	}

	Story crashed(double second, String source, String instance, int millis) {
		return add(second, source, Kind.CRASHED, "", -1, instance + " " + millis);
	}

	/** A fault that begins and ends. */
	public Story fault(double from, double to, FaultKind kind, String target) {
		String id = "f" + ++this.faults;
		add(from, HistoryEvent.LABORATORY, Kind.FAULT_BEGIN, "", -1, id + " " + kind + " " + target);
		return add(to, HistoryEvent.LABORATORY, Kind.FAULT_END, "", -1, id);
	}

	public Story runStart(double second, String source, String shard, long token) {
		return add(second, source, Kind.RUN_START, shard, token, "");
	}

	Story assigned(double second, String source, String shard, long token) {
		return add(second, source, Kind.ASSIGNED, shard, token, "");
	}

	public Story lease(double second, String source, String shard, long token, double until) {
		return add(second, source, Kind.LEASE, shard, token, String.valueOf(nanos(until)));
	}

	Story work(double second, String source, String shard, long token) {
		return add(second, source, Kind.WORK, shard, token, "");
	}

	Story runEnd(double second, String source, String shard, long token, String how) {
		return add(second, source, Kind.RUN_END, shard, token, how);
	}

	Story revoked(double second, String source, String shard, long token) {
		return add(second, source, Kind.REVOKED, shard, token, "");
	}

	Story lost(double second, String source, String shard, long token) {
		return add(second, source, Kind.LOST, shard, token, "lease");
	}

	Story accepted(double second, String source, String shard, long token) {
		return add(second, HistoryEvent.STORE, Kind.ACCEPTED, shard, token, source);
	}

	/**
	 * Runs for each second of a range, each beginning one millisecond after its instant.
	 */
	Story fires(int first, int last, String source, String task, long token) {
		for (int second = first; second <= last; second++) {
			fire(second + 0.001, second, source, task, token);
		}
		return this;
	}

	Story fire(double second, int instant, String source, String task, long token) {
		String detail = String.valueOf(EPOCH_MILLIS + instant * 1000L);
		add(second, source, Kind.FIRE, task + "#0", token, detail);
		add(second + 0.001, source, Kind.LEASE, task + "#0", token, String.valueOf(nanos(second + 2.5)));
		return add(second + 0.002, source, Kind.FIRE_END, task + "#0", token, detail);
	}

	/** A run of a slow schedule. */
	Story ran(double second, int instant, String source) {
		return add(second, source, Kind.RAN, "", -1, "slow " + (EPOCH_MILLIS + instant * 1000L));
	}

	/**
	 * An ownership with a run that is worked on every quarter of a second; the lease is
	 * seen at each.
	 */
	public Story owns(double from, double to, String source, String shard, long token) {
		runStart(from, source, shard, token);
		for (double second = from + 0.01; second < to; second += 0.25) {
			lease(second, source, shard, token, second + 2.8);
			work(second, source, shard, token);
		}
		return this;
	}

	/** The same, revoked in order at its end. */
	Story handsOver(double from, double to, String source, String shard, long token) {
		return owns(from, to, source, shard, token).runEnd(to, source, shard, token, "revoked");
	}

	public History history() {
		return new History(this.events);
	}

	public Verdict verdict() {
		return Checker.check(history(), GROUP);
	}

	/** The promises that the checker says were broken, with what it says. */
	List<String> violations() {
		return verdict().violations()
			.stream()
			.map((violation) -> violation.promise() + ": " + violation.message())
			.toList();
	}

	/** What a single rule says. */
	List<String> violations(Promise promise) {
		return verdict().violations()
			.stream()
			.filter((violation) -> violation.promise() == promise)
			.map(Violation::message)
			.toList();
	}

}
