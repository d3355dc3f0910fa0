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

package io.distributedtask.benchmarks.group;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.distributedtask.benchmarks.processes.Machine;

/**
 * What was measured of one event, each time that it happened.
 */
final class Phase {

	static final String HEADER = """
			| members x tasks x shards | event | times | seconds | rebalances | moves (fewest) | leader plans, ms \
			| record, KB | broker's processor, s | members' processor, s | two owners |
			|---|---|---|---|---|---|---|---|---|---|---|""";

	private final String name;

	private final List<Sample> samples = new ArrayList<>();

	Phase(String name) {
		this.name = name;
	}

	void add(Sample sample) {
		this.samples.add(sample);
	}

	String row(GroupSize size) {
		long moves = this.samples.stream().mapToLong(Sample::moves).sum();
		long fewest = this.samples.stream().mapToLong(Sample::fewestMoves).sum();
		int violations = this.samples.stream().mapToInt(Sample::violations).sum();
		return "| %s | %s | %d | %s | %s | %d (%d) | %s | %s | %s | %s | %d |".formatted(size, this.name,
				this.samples.size(), median("%.2f", Sample::seconds), median("%.0f", Sample::rebalances), moves, fewest,
				median("%.0f", Sample::leaderMillis), median("%.0f", (sample) -> sample.recordBytes() / 1000.0),
				median("%.2f", Sample::brokerSeconds), median("%.2f", Sample::memberSeconds), violations);
	}

	private String median(String format, ToDoubleFunction<Sample> figure) {
		List<Double> values = this.samples.stream().map(figure::applyAsDouble).toList();
		return (values.size() == 1) ? format.formatted(values.get(0)) : Machine.spread(values, format);
	}

	/**
	 * An event.
	 *
	 * @param seconds the time until no shard changed its owner any more
	 * @param rebalances the number of rebalances
	 * @param moves how often a shard began at a member
	 * @param fewestMoves how often that was necessary
	 * @param leaderMillis the longest time that a leader has planned
	 * @param recordBytes the largest record of the group
	 * @param brokerSeconds the processor time of the broker
	 * @param memberSeconds the processor time of the members' process
	 * @param violations how often a shard had two owners
	 */
	record Sample(double seconds, int rebalances, int moves, int fewestMoves, double leaderMillis, long recordBytes,
			double brokerSeconds, double memberSeconds, int violations) {
	}

}
