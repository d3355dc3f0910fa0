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

package io.distributedtask.benchmarks.assignment;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.benchmarks.assignment.Cell.Event;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs {@link AssignorBenchmark} and prints, for each size of group, how our assignor
 * does beside that of kafka-clients in the same run.
 */
public final class AssignorTable {

	private static final PrintStream out = System.out;

	private static final TimeValue ITERATION = TimeValue.milliseconds(500);

	private AssignorTable() {
	}

	/**
	 * Measure.
	 * @param args the sizes, such as {@code 1000x1x10}; all of them if there is none.
	 * With {@code cold} first: each call in a JVM of its own, as a leader that has never
	 * planned; else in one that has
	 * @throws RunnerException if a measurement fails
	 */
	public static void main(String[] args) throws RunnerException {
		List<String> cells = new ArrayList<>(List.of(args));
		boolean isCold = cells.remove("cold");
		ChainedOptionsBuilder options = new OptionsBuilder().include(AssignorBenchmark.class.getName())
			.jvmArgsAppend("-Xmx4g");
		if (isCold) {
			options.mode(Mode.SingleShotTime).forks(7).warmupIterations(0).measurementIterations(1);
		}
		else {
			options.forks(1).warmupTime(ITERATION).measurementTime(ITERATION);
		}
		if (!cells.isEmpty()) {
			options.param("cell", cells.toArray(String[]::new));
		}
		print(new Runner(options.build()).run());
	}

	private static void print(Collection<RunResult> results) {
		Map<String, Map<String, Result<?>>> byCell = new LinkedHashMap<>();
		results
			.forEach((result) -> byCell.computeIfAbsent(result.getParams().getParam("cell"), (cell) -> new HashMap<>())
				.put(result.getParams().getParam("event") + " " + result.getPrimaryResult().getLabel(),
						result.getPrimaryResult()));
		out.println("| tasks x shards x members | first | one leaves | one joins | first | one leaves | one joins | "
				+ "moves and spread, ours | theirs |");
		out.println("|---|---|---|---|---|---|---|---|---|");
		byCell.forEach((cell, ofCell) -> {
			StringBuilder ratios = new StringBuilder();
			StringBuilder times = new StringBuilder();
			for (Event event : Event.values()) {
				Result<?> ours = Objects.requireNonNull(ofCell.get(event + " sticky"));
				Result<?> theirs = Objects.requireNonNull(ofCell.get(event + " cooperativeSticky"));
				ratios.append(" %.1f |".formatted(median(ours) / median(theirs)));
				times.append(" %.1f (%.1f-%.1f) ms |".formatted(median(ours), ours.getStatistics().getMin(),
						ours.getStatistics().getMax()));
			}
			out.println("| " + cell + " |" + ratios + times + quality(Cell.parse(cell)));
		});
	}

	private static double median(Result<?> result) {
		return result.getStatistics().getPercentile(50);
	}

	private static String quality(Cell cell) {
		TaskAssignor sticky = TaskAssignor.sticky();
		List<Quality> ours = new ArrayList<>();
		List<Quality> theirs = new ArrayList<>();
		for (Event event : new Event[] { Event.LEAVES, Event.JOINS }) {
			GroupState group = cell.after(cell.before(event, sticky));
			ours.add(Quality.of(group, sticky.assign(group).owners()));
			KafkaAssignor kafka = new KafkaAssignor(group);
			// the first round only takes away; the next one gives to whom it is meant for
			theirs.add(Quality.of(group, kafka.target()));
		}
		return " %s | %s |".formatted(Quality.describe(ours), Quality.describe(theirs));
	}

}
