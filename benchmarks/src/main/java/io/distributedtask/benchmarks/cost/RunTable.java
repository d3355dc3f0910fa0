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

package io.distributedtask.benchmarks.cost;

import java.io.PrintStream;
import java.util.Collection;
import java.util.Objects;

import io.distributedtask.benchmarks.processes.Machine;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs {@link RunBenchmark} and prints a table.
 */
public final class RunTable {

	private static final PrintStream out = System.out;

	private RunTable() {
	}

	/**
	 * Measure.
	 * @param args names of benchmarks; all if there are none
	 * @throws RunnerException if a measurement fails
	 */
	public static void main(String[] args) throws RunnerException {
		String pattern = RunBenchmark.class.getName() + ((args.length > 0) ? ".(" + String.join("|", args) + ")" : "");
		Collection<RunResult> results = new Runner(
				new OptionsBuilder().include(pattern).addProfiler(GCProfiler.class).jvmArgsAppend("-Xmx1g").build())
			.run();
		out.println(Machine.describe("spring-boot", "distributed-task-autoconfigure", "shedlock-core", "h2"));
		out.println();
		out.println(
				"Goal: contextIsOwned less than 50 ns and 0 bytes. On an instance that is not the owner ours has no "
						+ "schedule, ShedLock's is skipped.");
		out.println();
		out.println("| what | ns | allocated, bytes |");
		out.println("|---|---|---|");
		for (RunResult result : results) {
			Result<?> time = result.getPrimaryResult();
			Result<?> allocated = Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"));
			out.printf("| %s | %.0f (%.0f-%.0f) | %.0f |%n", time.getLabel(), time.getStatistics().getPercentile(50),
					time.getStatistics().getMin(), time.getStatistics().getMax(), allocated.getScore());
		}
	}

}
