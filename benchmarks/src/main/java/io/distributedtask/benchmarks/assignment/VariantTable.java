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
import java.util.Locale;
import java.util.SortedMap;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.util.Statistics;

/**
 * Prints how long our assignors take, how many shards they move and how even the loads
 * are, where weights, capacities and labels differ.
 */
public final class VariantTable {

	private static final PrintStream out = System.out;

	private VariantTable() {
	}

	/**
	 * Measure.
	 * @param args the sizes, such as {@code 1000x1x100}; all of them if there is none
	 * @throws RunnerException if a measurement fails
	 */
	public static void main(String[] args) throws RunnerException {
		ChainedOptionsBuilder options = new OptionsBuilder().include(VariantBenchmark.class.getName())
			.jvmArgsAppend("-Xmx4g");
		if (args.length > 0) {
			options.param("cell", args);
		}
		StringBuilder table = new StringBuilder();
		for (RunResult result : new Runner(options.build()).run()) {
			BenchmarkParams params = result.getParams();
			TaskAssignor assignor = VariantBenchmark.assignor(params.getParam("assignor"));
			GroupState group = Variant.valueOf(params.getParam("variant"))
				.group(Cell.parse(params.getParam("cell")), Cell.Event.valueOf(params.getParam("event")), assignor);
			Statistics times = result.getPrimaryResult().getStatistics();
			table.append("| %s | %s | %s | %s | %.1f (%.1f-%.1f) | %s |%n".formatted(params.getParam("cell"),
					params.getParam("variant").toLowerCase(Locale.ROOT), params.getParam("assignor"),
					params.getParam("event").toLowerCase(Locale.ROOT), times.getPercentile(50), times.getMin(),
					times.getMax(), quality(group, assignor.assign(group))));
		}
		out.println(
				"| tasks x shards x members | not equal | assignor | event | ms | moves | highest load to average |");
		out.println("|---|---|---|---|---|---|---|");
		out.print(table);
	}

	private static String quality(GroupState group, TaskAssignment assignment) {
		long moves = group.owners()
			.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().equals(owner(assignment, entry.getKey())))
			.count();
		SortedMap<String, Double> loads = assignment.loads(group);
		double highest = loads.values().stream().mapToDouble(Double::doubleValue).max().orElse(0);
		double weight = 0;
		double capacity = 0;
		for (GroupState.Instance instance : group.instances()) {
			weight += loads.getOrDefault(instance.name(), 0.0) * instance.capacity();
			capacity += instance.capacity();
		}
		return "%d | %.2f".formatted(moves, highest / (weight / capacity));
	}

	private static String owner(TaskAssignment assignment, TaskId id) {
		return assignment.owners().getOrDefault(id, "");
	}

}
