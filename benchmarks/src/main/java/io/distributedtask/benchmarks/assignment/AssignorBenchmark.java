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
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long an assignor takes for a first assignment, and when one member leaves or joins.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 7, time = 1)
public class AssignorBenchmark {

	/** Tasks, shards of each, and members. */
	@Param({ "1000x1x10", "1000x1x100", "1000x1x1000", "10000x1x10", "10000x1x100", "10000x1x1000", "100000x1x10",
			"100000x1x100", "100000x1x1000", "100x100x10", "100x100x100", "100x100x1000", "1000x100x10", "1000x100x100",
			"1000x100x1000", "10x10000x10", "10x10000x100", "10x10000x1000", "1x1000x10", "1x1000x100", "1x1000x1000",
			"1x100000x10", "1x100000x100", "1x100000x1000" })
	public String cell = "";

	/** What happens. */
	@Param({ "FIRST", "LEAVES", "JOINS" })
	public String event = "";

	private final TaskAssignor sticky = TaskAssignor.sticky();

	private GroupState group = new GroupState(List.of(), List.of(), Map.of());

	private KafkaAssignor kafka = new KafkaAssignor(this.group);

	/**
	 * Make the group.
	 */
	@Setup
	public void setUp() {
		Cell cell = Cell.parse(this.cell);
		this.group = cell.after(cell.before(Cell.Event.valueOf(this.event), this.sticky));
		this.kafka = new KafkaAssignor(this.group);
	}

	/**
	 * Ours.
	 * @return the assignment
	 */
	@Benchmark
	public Object sticky() {
		return this.sticky.assign(this.group);
	}

	/**
	 * That of kafka-clients.
	 * @return the assignment
	 */
	@Benchmark
	public Object cooperativeSticky() {
		return this.kafka.assign();
	}

}
