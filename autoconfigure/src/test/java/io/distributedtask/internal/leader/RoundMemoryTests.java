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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoundMemory}.
 */
class RoundMemoryTests {

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(4);

	private final ManualClocks clocks = new ManualClocks();

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private RoundMemory memory = RoundMemory.NONE;

	private int generation = 6;

	private boolean complete = true;

	@Test
	void lostIsWhatWasGrantedAndIsNeitherClaimedNorReleasedNorDeleted() {
		member("a");
		member("b");
		round(Map.of(0, "a", 1, "a", 2, "b", 3, "b"));
		member("a", 0);
		this.members.remove("b");
		assertThat(learn().lost()).containsExactlyInAnyOrder(id(1), id(2), id(3));
		release("a", 1);
		assertThat(learn().lost()).containsExactlyInAnyOrder(id(0), id(2), id(3));
		this.members.put("a", metadata("a", TaskDefinition.of("other"), List.of(), List.of()));
		assertThat(learn().lost()).isEmpty();
		this.complete = false;
		assertThat(learn().lost()).as("others may have the task").hasSize(4);
	}

	@Test
	void whatIsLostStaysLostUntilSomebodyClaimsIt() {
		member("a");
		round(Map.of(0, "a", 1, "a"));
		member("c");
		this.members.remove("a");
		round(Map.of());
		assertThat(learn().isLost(id(0))).isTrue();
		round(Map.of(0, "c"));
		member("c", 0);
		assertThat(learn().lost()).contains(id(1)).doesNotContain(id(0));
	}

	@Test
	void ifTheLastRoundIsNotKnownAllShardsOfTheMembersTasksHadOwners() {
		member("a", 0);
		assertThat(learn().lost()).containsExactlyInAnyOrder(id(1), id(2), id(3));
		this.members.put("b", metadata("b", TaskDefinition.of("new"), List.of(), List.of()));
		this.members.put("b", withGeneration(this.members.get("b"), -1));
		assertThat(learn().isLost(new TaskId("new", 0))).as("it comes with somebody who is new").isFalse();
		round(Map.of());
		this.memory = this.memory.doubtful();
		assertThat(learn().lost()).containsExactlyInAnyOrder(id(1), id(2), id(3));
		this.complete = false;
		assertThat(learn().lost()).isNull();
	}

	@Test
	void neitherARoundNorAPlanChangesTheMemoryThatTheyAreMadeFrom() {
		member("a");
		member("b");
		round(Map.of(0, "a", 1, "b"));
		String before = this.memory.toString();
		release("a", 0);
		RoundMemory learned = learn();
		String learnedBefore = learned.toString();
		RoundFacts facts = facts();
		learned.planned(facts, plan(Map.of(0, "b")), Map.of(id(0), "b"), null, Map.of());
		assertThat(this.memory).hasToString(before);
		assertThat(learned).hasToString(learnedBefore);
		assertThat(learned.progress().released()).containsExactly(id(0));
	}

	/**
	 * A leader whose join is answered twice is asked twice.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void aRoundThatIsPlannedTwiceIsPlannedFromTheSameMemory(long seed) {
		Random random = new Random(seed);
		Duration delay = Duration.ofSeconds(random.nextInt(2) * 30L);
		Leader once = leader(delay);
		Leader twice = leader(delay);
		Map<String, MemberAssignment> last = Map.of();
		for (int i = 0; i < 40; i++) {
			this.clocks.advance(Duration.ofMillis(random.nextInt(5000)));
			change(random, last);
			this.generation += (random.nextInt(10) == 0) ? 2 : 1;
			if (random.nextInt(10) == 0) {
				once.leaseEnded();
				twice.leaseEnded();
			}
			Map<String, MemberAssignment> plan = once.plan(current(), former());
			twice.plan(current(), former());
			assertThat(twice.plan(current(), former())).as("round %d", i).isEqualTo(plan);
			assertThat(twice.retryAfter()).isEqualTo(once.retryAfter());
			last = plan;
		}
	}

	@Test
	void aGroupThatIsFoundedAgainIsNotTheSameRound() {
		Leader leader = leader(Duration.ZERO);
		this.generation = 1;
		this.members.put("id-1", metadata("a", CRAWLER, List.of(), List.of()));
		leader.plan(current("id-1"), former());
		this.members.clear();
		Claim claim = new Claim("crawler", 4, 9, Instant.EPOCH, 1, Hold.OWNED, ShardSet.of(0, 1, 2, 3));
		this.members.put("id-2", metadata("a", CRAWLER, List.of(claim), List.of()));
		leader.plan(current("id-2"), former());
		this.members.put("id-2", metadata("a", CRAWLER, List.of(), List.of()));
		this.generation = 2;
		assertThat(leader.plan(current("id-2"), former()).get("id-2").grants())
			.as("it remembers who owned what in the round before")
			.isNotEmpty()
			.allSatisfy((grant) -> assertThat(grant.origin()).isEqualTo(MemberAssignment.Origin.FAILED_OVER));
	}

	private Leader leader(Duration delay) {
		return new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofMinutes(1)), delay,
				this.clocks);
	}

	/**
	 * Members come and go, hold what they were given, lose some of it and give some back.
	 */
	private void change(Random random, Map<String, MemberAssignment> last) {
		this.members.clear();
		for (String name : List.of("a", "b", "c", "d")) {
			if (!name.equals("a") && random.nextInt(4) == 0) {
				continue;
			}
			MemberAssignment assignment = last.get(name);
			List<Claim> claims = new ArrayList<>();
			List<Progress> releases = new ArrayList<>();
			if (assignment != null && random.nextInt(6) > 0) {
				assignment.grants()
					.forEach((grant) -> claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(),
							grant.since(), grant.generation(), Hold.OWNED, grant.shards())));
				assignment.revoked()
					.forEach((revoked) -> revoked.ids()
						.forEach((id) -> releases
							.add(new Progress(id, List.of(Instant.ofEpochMilli(this.clocks.millis()))))));
			}
			MemberMetadata metadata = metadata(name, CRAWLER, claims, releases);
			this.members.put(name, withGeneration(metadata, (assignment != null) ? this.generation : -1));
		}
	}

	private void member(String name, int... shards) {
		List<Claim> claims = (shards.length > 0)
				? List.of(new Claim("crawler", 4, 9, Instant.EPOCH, this.generation, Hold.OWNED, ShardSet.of(shards)))
				: List.of();
		this.members.put(name, metadata(name, CRAWLER, claims, List.of()));
	}

	private void release(String name, int shard) {
		this.members.put(name,
				metadata(name, CRAWLER, List.of(), List.of(new Progress(id(shard), List.of(Instant.EPOCH)))));
	}

	private MemberMetadata metadata(String name, TaskDefinition task, List<Claim> claims, List<Progress> releases) {
		return new MemberMetadata(name, "me", 0, null, Map.of(), 1.0, false, this.generation, 9, List.of(task), claims,
				releases);
	}

	private static MemberMetadata withGeneration(MemberMetadata member, int generation) {
		return new MemberMetadata(member.instance(), "me", 0, null, Map.of(), 1.0, false, generation,
				member.highestToken(), member.tasks(), member.claims(), member.releases());
	}

	private static TaskId id(int shard) {
		return new TaskId("crawler", shard);
	}

	private RoundMemory learn() {
		return this.memory.learn(facts());
	}

	private void round(Map<Integer, String> granted) {
		RoundFacts facts = facts();
		this.memory = this.memory.learn(facts).planned(facts, plan(granted), Map.of(), null, Map.of());
		this.generation++;
	}

	private Map<String, MemberAssignment> plan(Map<Integer, String> granted) {
		Map<String, MemberAssignment> plan = new HashMap<>();
		this.members.forEach((memberId, member) -> {
			AssignmentBuilder builder = new AssignmentBuilder();
			granted.forEach((shard, owner) -> {
				if (owner.equals(memberId)) {
					builder.grant(new MemberAssignment.Grant("crawler", 4, 9, Instant.EPOCH, this.generation + 1,
							MemberAssignment.Origin.HANDED_OVER, ShardSet.EMPTY), shard);
				}
			});
			plan.put(memberId, new MemberAssignment(this.generation + 1, "a", memberId, "me", 2, 9, builder.grants(),
					List.of(), List.of(), List.of(), null));
		});
		return plan;
	}

	private RoundFacts facts() {
		return RoundFacts.of(round(this.generation + 1, "a"), former(), this.memory.last(), Duration.ZERO,
				Instant.ofEpochMilli(this.clocks.millis()), this.clocks.nanos());
	}

	private Round current() {
		return round(this.generation, "a");
	}

	private Round current(String leader) {
		return round(this.generation, leader);
	}

	private Round round(int generation, String leader) {
		return new Round(generation, "sticky", leader, this.members, Map.of(), this.complete, Budget.UNLIMITED);
	}

	private FormerGroup former() {
		return new FormerGroup(Instant.ofEpochMilli(this.clocks.millis()), 0, -1, Set.of(), Duration.ZERO, null);
	}

}
