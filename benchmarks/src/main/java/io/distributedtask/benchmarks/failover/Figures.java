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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.benchmarks.processes.Machine;

/**
 * What was measured of one system.
 */
final class Figures {

	private final Map<String, List<Double>> seconds = new TreeMap<>();

	private final List<Integer> staleTicks = new ArrayList<>();

	private final List<String> failures = new ArrayList<>();

	private int rounds;

	private int overlaps;

	void add(String signal, double seconds) {
		this.seconds.computeIfAbsent(signal, (key) -> new ArrayList<>()).add(seconds);
	}

	/**
	 * Count what a frozen process did in the run that it had been frozen in, after it had
	 * resumed and while another one worked.
	 */
	void addStaleTicks(int ticks) {
		this.staleTicks.add(ticks);
	}

	void addRound(int overlaps) {
		this.rounds++;
		this.overlaps += overlaps;
	}

	void addFailure(String failure) {
		this.failures.add(failure);
	}

	String row(Competitor competitor) {
		String failed = this.failures.isEmpty() ? "" : "; " + String.join("; ", this.failures);
		return "| %s | %s | %s | %s | %s | %s | %s |".formatted(competitor.name(), competitor.settings(), cell("TERM"),
				competitor.isCrashMeasured() ? cell("KILL") : "not measured",
				competitor.isCrashMeasured() ? cell("STOP") : "not measured",
				this.staleTicks.isEmpty() ? "-" : this.staleTicks.toString(),
				"%d in %d rounds%s".formatted(this.overlaps, this.rounds, failed));
	}

	private String cell(String signal) {
		return Machine.spread(this.seconds.getOrDefault(signal, List.of()), "%.2f");
	}

}
