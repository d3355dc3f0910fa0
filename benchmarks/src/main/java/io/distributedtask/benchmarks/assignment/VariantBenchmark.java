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

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long our assignors take for groups that are not of one kind.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class VariantBenchmark {

	/** The names of the assignors. */
	@Param({ "sticky", "zone-spread", "rendezvous" })
	public String assignor = "";

	/** Tasks, shards of each, and members. */
	@Param({ "1000x10x100", "1000x100x1000", "100000x1x1000" })
	public String cell = "";

	/** What is not equal. */
	@Param({ "EQUAL", "WEIGHTS", "CAPACITIES", "LABELS", "ALL" })
	public String variant = "";

	/** What happens. */
	@Param({ "FIRST", "LEAVES", "JOINS" })
	public String event = "";

	private GroupState group = new GroupState(List.of(), List.of(), Map.of());

	/**
	 * Make the group.
	 */
	@Setup(Level.Trial)
	public void setUp() {
		this.group = Variant.valueOf(this.variant)
			.group(Cell.parse(this.cell), Cell.Event.valueOf(this.event), assignor(this.assignor));
	}

	static TaskAssignor assignor(String name) {
		return switch (name) {
			case "zone-spread" -> TaskAssignor.zoneSpread("zone");
			case "rendezvous" -> TaskAssignor.rendezvous();
			default -> TaskAssignor.sticky();
		};
	}

	/**
	 * Assign.
	 * @return the assignment
	 */
	@Benchmark
	public Object assign() {
		return assignor(this.assignor).assign(this.group);
	}

}
