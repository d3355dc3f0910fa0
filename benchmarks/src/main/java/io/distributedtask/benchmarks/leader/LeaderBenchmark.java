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

package io.distributedtask.benchmarks.leader;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.FormerGroup;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Round;
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
 * The leader's part of a rebalance in which one member is gone, from the bytes of the
 * members to those of their assignments.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 7, time = 2)
public class LeaderBenchmark {

	/** Tasks, shards of each, and members. */
	@Param({ "10x10000x1000", "1000x100x1000", "10x1000x100", "1000x1x100", "10000x1x1000" })
	public String cell = "";

	private final MessageCodec codec = new MessageCodec();

	private final List<ByteBuffer> reported = new ArrayList<>();

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private final Map<String, Reported> claimed = new HashMap<>();

	private Leader leader = leader();

	private Map<String, MemberAssignment> plan = Map.of();

	/**
	 * Let a group come to rest, and a member leave.
	 */
	@Setup
	public void setUp() {
		String[] numbers = this.cell.split("x");
		List<TaskDefinition> definitions = new ArrayList<>();
		for (int i = 0; i < Integer.parseInt(numbers[0]); i++) {
			definitions.add(TaskDefinition.of("task-%05d".formatted(i)).withShards(Integer.parseInt(numbers[1])));
		}
		// one list for all, as that of a digest is
		List<TaskDefinition> tasks = List.copyOf(definitions);
		for (int i = 0; i < Integer.parseInt(numbers[2]); i++) {
			String name = "instance-%04d".formatted(i);
			this.members.put(name, member(name, -1, tasks, List.of()));
		}
		this.plan = this.leader.plan(round(1), former());
		this.members
			.replaceAll((name, member) -> member(name, 1, tasks, claims(Objects.requireNonNull(this.plan.get(name)))));
		this.members.remove("instance-0007");
		this.members.forEach((name, member) -> {
			ByteBuffer bytes = this.codec.encode(member, "digest", true);
			this.reported.add(bytes);
			this.claimed.put(name, new Reported(this.codec.decodeMember(bytes).state().claims()));
		});
		this.plan = this.leader.plan(round(2), former());
	}

	private static Leader leader() {
		return new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofMinutes(1)),
				Duration.ZERO, Clocks.SYSTEM);
	}

	private static MemberMetadata member(String name, int generation, List<TaskDefinition> tasks, List<Claim> claims) {
		return new MemberMetadata(name, "incarnation", 0, null, Map.of(), 1, false, generation, 0, tasks, claims,
				List.of());
	}

	private static List<Claim> claims(MemberAssignment assignment) {
		return assignment.grants()
			.stream()
			.map((grant) -> new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
					grant.generation(), Hold.OWNED, grant.shards()))
			.toList();
	}

	private static FormerGroup former() {
		return new FormerGroup(Instant.now(), 0, -1, Set.of(), Duration.ZERO, null);
	}

	private Round round(int generation) {
		Map<MemberAssignment, Integer> sizes = new IdentityHashMap<>();
		return new Round(generation, "sticky", "instance-0000", this.members, Map.of(), true, new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return assignments.entrySet()
					.stream()
					.mapToLong((entry) -> sizes.computeIfAbsent(entry.getValue(),
							(key) -> LeaderBenchmark.this.encode(entry.getKey(), key).remaining()))
					.sum();
			}

			@Override
			public long limit() {
				return Long.MAX_VALUE;
			}

		});
	}

	/**
	 * Read what the members report.
	 * @return their metadata
	 */
	@Benchmark
	public Object decode() {
		List<MemberMetadata> decoded = new ArrayList<>();
		this.reported.forEach((bytes) -> decoded.add(this.codec.decodeMember(bytes.duplicate()).state()));
		return decoded;
	}

	/**
	 * Plan, which includes to look whether the plan fits into the group's record.
	 * @return the plan
	 */
	@Benchmark
	public Object plan() {
		return this.leader.plan(round(2), former());
	}

	/**
	 * Write the assignments.
	 * @return their bytes
	 */
	@Benchmark
	public Object encode() {
		List<ByteBuffer> encoded = new ArrayList<>();
		this.plan.forEach((name, assignment) -> encoded.add(encode(name, assignment)));
		return encoded;
	}

	private ByteBuffer encode(String name, MemberAssignment assignment) {
		return this.codec.encode(assignment, false, this.claimed.getOrDefault(name, Reported.NOTHING));
	}

}
