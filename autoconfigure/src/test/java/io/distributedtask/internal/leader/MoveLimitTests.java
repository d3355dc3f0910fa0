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

package io.distributedtask.internal.leader;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MoveLimit} in a {@link Leader} that plays out whole hand-overs.
 */
class MoveLimitTests {

	private final ManualClocks clocks = new ManualClocks();

	private TaskDefinition task = TaskDefinition.of("crawler").withShards(12);

	private Leader leader = leader(2, Duration.ZERO);

	private final Map<String, List<Claim>> claims = new TreeMap<>();

	private final Set<String> draining = new HashSet<>();

	private final Set<String> slow = new HashSet<>();

	private final Set<TaskId> released = new HashSet<>();

	private List<OperatorCommand> control = List.of();

	private int generation = 6;

	@Test
	void soManyMovesBeginAtATimeUntilTheTargetIsReached() {
		join("a");
		round();
		join("b");
		List<Integer> begun = new ArrayList<>();
		List<String> told = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			Map<String, MemberAssignment> plan = round();
			begun.add(revoked(plan, "a"));
			told.add(plan.get("b").occasion().text());
		}
		assertThat(begun).containsExactly(2, 2, 2, 0, 0);
		assertThat(told.get(0)).isEqualTo("b joined; 4 moves wait: max-moves-per-rebalance=2");
		assertThat(told.get(1)).endsWith("; 2 moves wait: max-moves-per-rebalance=2");
		assertThat(told.subList(2, 5)).allSatisfy((text) -> assertThat(text).doesNotContain("wait"));
		assertThat(held("a")).isEqualTo(6);
		assertThat(held("b")).isEqualTo(6);
	}

	@Test
	void nothingMoreBeginsWhileThoseHaveNotStopped() {
		join("a");
		round();
		join("b");
		this.slow.add("a");
		round();
		for (int i = 0; i < 3; i++) {
			Map<String, MemberAssignment> plan = round();
			assertThat(revoked(plan, "a")).as("the first two still").isEqualTo(2);
			assertThat(held("a")).isEqualTo(12);
			assertThat(plan.get("a").occasion().text()).endsWith("; 4 moves wait: max-moves-per-rebalance=2");
		}
		this.slow.clear();
		settle();
		assertThat(held("b")).isEqualTo(6);
	}

	@Test
	void oneMoveThatWaitsIsSaidSo() {
		this.leader = leader(5, Duration.ZERO);
		join("a");
		round();
		join("b");
		assertThat(round().get("a").occasion().text()).endsWith("; 1 move waits: max-moves-per-rebalance=5");
	}

	@Test
	void withoutALimitAllMovesBeginAtOnce() {
		this.leader = leader(Integer.MAX_VALUE, Duration.ZERO);
		join("a");
		round();
		join("b");
		Map<String, MemberAssignment> plan = round();
		assertThat(revoked(plan, "a")).isEqualTo(6);
		assertThat(plan.get("a").occasion().text()).isEqualTo("b joined");
	}

	@Test
	void anInstanceThatStopsGivesBackEverythingAtOnce() {
		join("a", "b");
		settle();
		this.draining.add("a");
		assertThat(revoked(round(), "a")).isEqualTo(6);
		assertThat(held("a")).isZero();
		round();
		assertThat(held("b")).isEqualTo(12);
	}

	@Test
	void whatAnInstanceThatStopsGivesBackDoesNotHoldUpTheMovesOfOthers() {
		join("a", "b");
		settle();
		join("c");
		this.slow.add("a");
		this.draining.add("a");
		// c is to have half of all, and b has to give nothing for that
		assertThat(revoked(round(), "a")).isEqualTo(6);
		join("d");
		assertThat(revoked(round(), "b")).isEqualTo(2);
	}

	@Test
	void theShardsOfAnInstanceThatIsGoneAreGivenAwayAtOnce() {
		join("a", "b");
		settle();
		this.claims.remove("a");
		round();
		assertThat(held("b")).isEqualTo(12);
	}

	@Test
	void whatAnInstanceMayNoLongerOwnIsStoppedAtOnce() {
		join("a", "zoneless");
		settle();
		this.task = this.task.withRequires("zone=eu");
		assertThat(revoked(round(), "zoneless")).isEqualTo(6);
	}

	@Test
	void whatOperatorsWantElsewhereIsMovedAtOnceAndTheRestWithinTheLimit() {
		join("a");
		round();
		join("b");
		this.slow.add("a");
		round();
		List<OperatorCommand> moves = new ArrayList<>();
		for (int shard = 0; shard < 12; shard++) {
			if (owns("a", shard) && moves.size() < 3) {
				moves.add(new OperatorCommand(new Key(Kind.MOVE, "crawler", shard), "b", this.clocks.millis(), "a"));
			}
		}
		this.control = moves;
		assertThat(revoked(round(), "a")).as("two of before, three of operators").isEqualTo(5);
		this.slow.clear();
		settle();
		assertThat(moves).allSatisfy((move) -> assertThat(owns("b", move.key().shard())).isTrue());
		assertThat(held("a")).isEqualTo(6);
	}

	@Test
	void whileAnInstanceIsExpectedBackNothingWaitsForTheLimit() {
		this.leader = leader(2, Duration.ofSeconds(30));
		join("a", "b");
		settle();
		this.claims.remove("a");
		join("c");
		Map<String, MemberAssignment> plan = round();
		assertThat(revoked(plan, "b")).isZero();
		assertThat(plan.get("b").occasion().text()).doesNotContain("wait");
	}

	@Test
	void groupsComeToRestWhereTheyDoWithoutALimitWithAsManyMoves() {
		for (int seed = 0; seed < 50; seed++) {
			List<Integer> moves = new ArrayList<>();
			List<Integer> spread = new ArrayList<>();
			for (int limit : new int[] { Integer.MAX_VALUE, 1 + seed % 5 }) {
				Random random = new Random(seed);
				this.claims.clear();
				this.draining.clear();
				this.leader = leader(limit, Duration.ZERO);
				this.task = TaskDefinition.of("crawler").withShards(1 + random.nextInt(20));
				join("a");
				settle();
				int revoked = 0;
				for (int change = 0; change < 4; change++) {
					join("i" + random.nextInt(4));
					for (int i = 0; i < 25; i++) {
						Map<String, MemberAssignment> plan = round();
						int now = this.claims.keySet().stream().mapToInt((name) -> revoked(plan, name)).sum();
						assertThat(now).as("seed %d", seed).isLessThanOrEqualTo(limit);
						revoked += now;
					}
				}
				moves.add(revoked);
				spread.add(this.claims.keySet().stream().mapToInt(this::held).max().orElse(0)
						- this.claims.keySet().stream().mapToInt(this::held).min().orElse(0));
			}
			assertThat(moves.get(1)).as("moves, seed %d", seed).isEqualTo(moves.get(0));
			assertThat(spread).as("seed %d", seed).allMatch((difference) -> difference <= 1);
		}
	}

	private Leader leader(int limit, Duration delay) {
		return new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofMinutes(1)), delay,
				limit, this.clocks);
	}

	private void join(String... names) {
		for (String name : names) {
			this.claims.putIfAbsent(name, List.of());
		}
	}

	private void settle() {
		for (int i = 0; i < 12; i++) {
			round();
		}
	}

	/**
	 * Plan a round, and let all members do as they are told: who is not slow has stopped
	 * by the next one.
	 */
	private Map<String, MemberAssignment> round() {
		this.clocks.advance(Duration.ofSeconds(1));
		Map<String, MemberMetadata> members = new HashMap<>();
		this.claims.forEach((name, claims) -> members.put(name,
				new MemberMetadata(name, "i", 0, null, name.equals("zoneless") ? Map.of() : Map.of("zone", "eu"), 1.0,
						this.draining.contains(name), this.generation, 0, List.of(this.task), claims, releases(),
						List.of(), Duration.ZERO, false, this.control, Map.of(), null)));
		this.generation++;
		Map<String, MemberAssignment> plan = this.leader.plan(
				new Round(this.generation, "sticky", "a", members, Map.of(), true, Budget.UNLIMITED),
				PlanningRounds.ownedUntil(this.clocks));
		this.released.clear();
		plan.forEach(this::follow);
		return plan;
	}

	private void follow(String name, MemberAssignment assignment) {
		List<Claim> claims = new ArrayList<>();
		for (Grant grant : assignment.grants()) {
			claims.add(new Claim("crawler", grant.shardCount(), grant.token(), grant.since(), grant.generation(),
					Hold.OWNED, grant.shards()));
		}
		assignment.revoked().forEach((revoked) -> {
			if (this.slow.contains(name)) {
				claims.add(new Claim("crawler", this.task.shards(), 1, Instant.EPOCH, this.generation, Hold.REVOKING,
						revoked.shards()));
			}
			else {
				revoked.ids().forEach(this.released::add);
			}
		});
		this.claims.put(name, claims);
	}

	private List<Progress> releases() {
		return this.released.stream().map((id) -> new Progress(id, List.of())).toList();
	}

	private static int revoked(Map<String, MemberAssignment> plan, String name) {
		return plan.get(name).revoked().stream().mapToInt((revoked) -> revoked.shards().size()).sum();
	}

	private boolean owns(String name, int shard) {
		return this.claims.get(name)
			.stream()
			.anyMatch((claim) -> claim.hold() == Hold.OWNED && claim.shards().contains(shard));
	}

	private int held(String name) {
		return this.claims.get(name).stream().mapToInt((claim) -> claim.shards().size()).sum();
	}

}
