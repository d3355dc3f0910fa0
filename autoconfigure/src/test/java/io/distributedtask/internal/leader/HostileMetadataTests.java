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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.member.AssignmentCheck;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a leader makes of words that are well-formed and lies. Two honest members run the
 * real assignor's assignment; a third one says what it likes.
 */
class HostileMetadataTests {

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(8);

	private static final String LEADER = "m-a";

	private final ManualClocks clocks = new ManualClocks();

	private final Leader planner = new Leader(Map.of("sticky", new Poisonable()),
			new AssignorInvoker(Duration.ofSeconds(60)), Duration.ZERO, this.clocks);

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private int generation;

	private long budget = Long.MAX_VALUE;

	private Map<String, MemberAssignment> plan = Map.of();

	@Test
	void aTokenFromTheFarFutureIsNotBelievedAndLaterTokensGrowAsBefore() {
		startHonest();
		long before = highest();
		this.members.put("m-z", member("z", Long.MAX_VALUE - 1, List.of(), List.of(), List.of()));
		round();
		assertThat(this.plan.get("m-z").isNothing()).isTrue();
		assertThat(this.plan.get("m-z").problem()).contains("hours ahead of the leader's clock");
		assertHonestRunAll();
		this.members.remove("m-b");
		round();
		round();
		assertThat(this.plan.get(LEADER).highestToken()).isGreaterThan(before)
			.isLessThanOrEqualTo(this.clocks.millis() + 1);
	}

	@Test
	void aClaimWithATokenFromTheFarFutureTakesNothing() {
		startHonest();
		this.members.put("m-z", claimant(this.clocks.millis() + Duration.ofDays(365).toMillis()));
		rounds(3);
		assertThat(this.plan.get("m-z").isNothing()).isTrue();
		assertHonestRunAll();
	}

	@Test
	void aTokenThatIsBelievedMakesLaterOnesGrowBeyondIt() {
		startHonest();
		long forged = this.clocks.millis() + Duration.ofHours(23).toMillis();
		this.members.put("m-z", member("z", forged, List.of(), List.of(), List.of()));
		round();
		this.members.remove("m-z");
		this.members.remove("m-b");
		rounds(2);
		assertThat(this.plan.get(LEADER).grants()).extracting(Grant::token).anyMatch((token) -> token > forged);
		assertThat(highest()).isLessThan(forged + 10);
	}

	@Test
	void whatTheLeaderHasBelievedItGoesOnBelieving() {
		startHonest();
		long ahead = this.clocks.millis() + Duration.ofHours(23).toMillis();
		this.members.put("m-z", member("z", ahead, List.of(), List.of(), List.of()));
		round();
		this.members.remove("m-z");
		this.clocks.advanceWallClock(Duration.ofHours(-20));
		rounds(2);
		assertThat(this.plan.values()).noneMatch(MemberAssignment::isNothing);
		assertHonestRunAll();
	}

	@Test
	void ofTwoClaimsTheOneWinsThatTheLeaderKnowsToBeTrue() {
		startHonest();
		this.members.put("m-z", claimant(this.clocks.millis() + Duration.ofHours(1).toMillis()));
		rounds(3);
		assertHonestRunAll();
		assertThat(this.plan.get("m-z").grants()).isEmpty();
	}

	@Test
	void aTaskIsNotRedefinedByOneOtherMember() {
		this.members.put(LEADER, member("a", 0, List.of(CRAWLER), List.of(), List.of()));
		rounds(2);
		assertThat(granted(LEADER)).hasSize(8);
		this.members.put("m-z",
				member("z", 0, List.of(CRAWLER.withWeight(9).withRequires("zone=nowhere")), List.of(), List.of()));
		rounds(2);
		assertThat(granted(LEADER)).as("the definition of the leader is in force").isNotEmpty();
		assertThat(unassigned()).isEmpty();
	}

	@Test
	void aFloodOfTasksIsRefusedAndTheOthersAreAssigned() {
		startHonest();
		List<TaskDefinition> flood = IntStream.range(0, 3)
			.mapToObj((i) -> TaskDefinition.of("flood-" + i).withShards(100_000))
			.toList();
		this.members.put("m-z", member("z", 0, flood, List.of(), List.of()));
		rounds(2);
		assertThat(this.plan.get("m-z").problem()).contains("more than 200000 shards");
		assertHonestRunAll();
		this.members.put("m-c", member("c", -1, List.of(CRAWLER), List.of(), List.of()));
		rounds(4);
		assertThat(granted("m-c")).as("a later instance has its share").isNotEmpty();
		assertThat(this.plan.values()).allSatisfy(
				(assignment) -> assertThat(assignment.grants()).noneMatch((grant) -> grant.task().startsWith("flood")));
	}

	@Test
	void membersWithManyNamesAreRefusedWhenTheirSumIsTooLarge() {
		startHonest();
		for (String name : List.of("x", "y", "z")) {
			List<TaskDefinition> flood = IntStream.range(0, 9_000)
				.mapToObj((i) -> TaskDefinition.of(name + "-" + i))
				.toList();
			this.members.put("m-" + name, member(name, 0, flood, List.of(), List.of()));
		}
		rounds(2);
		assertThat(this.plan.values()).filteredOn(MemberAssignment::isNothing)
			.singleElement()
			.extracting(MemberAssignment::problem)
			.asString()
			.contains("more than 20000 tasks");
		assertHonestRunAll();
	}

	// takes about a second; the limit stands for "never ends"
	@Test
	@Timeout(120)
	void theTimeForAPlanGrowsWithTheNumberOfTasksAndNotWithItsSquare() {
		startHonest();
		List<TaskDefinition> many = IntStream.range(0, 19_000).mapToObj((i) -> TaskDefinition.of("t-" + i)).toList();
		this.members.put("m-z",
				new MemberMetadata("z", "i", 0, null, Map.of(), 1.0, false, 1, 0, many, List.of(), List.of()));
		round();
		assertThat(this.plan.get("m-z").grants()).hasSize(19_000);
	}

	@Test
	void aFloodThatFillsTheRecordIsTurnedAwayAndTheOthersAreAssigned() {
		this.budget = 1000;
		startHonest();
		this.members.put("m-z",
				member("z", 0, List.of(TaskDefinition.of("flood").withShards(5000)), List.of(), List.of()));
		this.members.put("m-c", member("c", -1, List.of(CRAWLER), List.of(), List.of()));
		rounds(5);
		assertThat(this.plan.get("m-z").problem()).contains("the group's record is full");
		assertThat(this.plan.get(LEADER).problem()).isNull();
		assertThat(granted("m-c")).isNotEmpty();
		assertThat(this.planner.retryAfter()).as("the group comes to rest").isNull();
	}

	@Test
	void aFloodThatTheAssignorCannotManageIsTurnedAwayAndTheOthersAreAssigned() {
		startHonest();
		this.members.put("m-z", member("z", 0, List.of(TaskDefinition.of("poison")), List.of(), List.of()));
		this.members.put("m-c", member("c", -1, List.of(CRAWLER), List.of(), List.of()));
		rounds(5);
		assertThat(this.plan.get("m-z").problem()).contains("assignor 'sticky' failed");
		assertThat(this.plan.get(LEADER).problem()).isNull();
		assertThat(granted("m-c")).isNotEmpty();
	}

	@Test
	void aFloodOfClaimsIsRefused() {
		startHonest();
		Claim all = new Claim("crawler", 100_000, 1, Instant.EPOCH, 1, Hold.OWNED,
				ShardSet.of(IntStream.range(0, 100_000).toArray()));
		this.members.put("m-z", member("z", 0, List.of(), Collections.nCopies(2000, all), List.of()));
		rounds(2);
		assertThat(this.plan.get("m-z").problem()).contains("claims and releases");
		assertHonestRunAll();
	}

	@Test
	void progressOfTasksThatNobodyKnowsIsNotRemembered() {
		startHonest();
		List<Progress> lies = IntStream.range(0, 50_000)
			.mapToObj((i) -> new Progress(new TaskId("unknown-" + i, 0), List.of(Instant.EPOCH)))
			.toList();
		this.members.put("m-z", member("z", 0, List.of(), List.of(), lies));
		round();
		assertThat(this.planner.progress(this.generation)).isEmpty();
	}

	@Test
	void progressFromTheFarFutureDoesNotKeepAScheduleFromFiring() {
		startHonest();
		this.members.remove("m-b");
		List<Progress> lies = IntStream.range(0, 8)
			.mapToObj((shard) -> new Progress(new TaskId("crawler", shard),
					List.of(Instant.ofEpochMilli(this.clocks.millis()).plus(Duration.ofDays(3650)))))
			.toList();
		this.members.put("m-z", member("z", 0, List.of(), List.of(), lies));
		rounds(2);
		assertThat(this.plan.values()).allSatisfy((assignment) -> assertThat(assignment.progress()).isEmpty());
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void theProblemIsNamedOnceAndNotInEveryRound(CapturedOutput output) {
		startHonest();
		this.members.put("m-z", member("z", Long.MAX_VALUE - 1, List.of(), List.of(), List.of()));
		rounds(5);
		assertThat(output.getOut().split("Member 'm-z' gets no assignment", -1)).hasSize(2);
	}

	@Test
	void aLeadersTokenFromTheFarFutureIsNotActedUpon() {
		long now = this.clocks.millis();
		Grant grant = new Grant("crawler", 8, Long.MAX_VALUE - 1, Instant.EPOCH, 1, Origin.HANDED_OVER, ShardSet.of(1));
		MemberAssignment assignment = new MemberAssignment(1, "evil", "a", "i", 2, 7, List.of(grant), List.of(),
				List.of(), List.of(), null);
		assertThat(AssignmentCheck.problem(assignment, now, 0)).contains("'evil'").contains("clock");
		MemberAssignment honest = new MemberAssignment(1, "b", "a", "i", 2, now + Duration.ofHours(25).toMillis(),
				List.of(), List.of(), List.of(), List.of(), null);
		assertThat(AssignmentCheck.problem(honest, now, 0)).as("a leader may believe a day, on a clock ahead").isNull();
	}

	private void startHonest() {
		this.members.put(LEADER, member("a", 0, List.of(CRAWLER), List.of(), List.of()));
		this.members.put("m-b", member("b", 0, List.of(CRAWLER), List.of(), List.of()));
		rounds(2);
		assertHonestRunAll();
	}

	private MemberMetadata claimant(long token) {
		return member("z", 0, List.of(), List.of(new Claim("crawler", 8, token, Instant.EPOCH, this.generation,
				Hold.OWNED, ShardSet.of(0, 1, 2, 3, 4, 5, 6, 7))), List.of());
	}

	private void rounds(int count) {
		for (int i = 0; i < count; i++) {
			round();
		}
	}

	/**
	 * A round in which the honest members claim what the last one gave them.
	 */
	private void round() {
		this.generation++;
		this.clocks.advance(Duration.ofSeconds(1));
		for (String honest : List.of(LEADER, "m-b", "m-c")) {
			MemberAssignment last = this.plan.get(honest);
			this.members.computeIfPresent(honest, (id, member) -> (last != null) ? rejoined(member, last) : member);
		}
		this.plan = this.planner.plan(new Round(this.generation, "sticky", LEADER, this.members, Map.of(), true,
				new ShardBudget(this.budget)), PlanningRounds.ownedUntil(this.clocks));
	}

	private MemberMetadata rejoined(MemberMetadata member, MemberAssignment last) {
		List<Claim> claims = new ArrayList<>();
		last.grants()
			.forEach((grant) -> claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
					grant.generation(), Hold.OWNED, grant.shards())));
		return new MemberMetadata(member.instance(), "i", 0, null, Map.of(), 1.0, false, last.generation(),
				last.highestToken(), member.tasks(), claims, List.of());
	}

	private long highest() {
		return this.plan.get(LEADER).highestToken();
	}

	private void assertHonestRunAll() {
		Set<Integer> shards = new HashSet<>(granted(LEADER));
		shards.addAll(granted("m-b"));
		assertThat(shards).as("shards of the honest members").hasSize(8);
		assertThat(this.plan.get(LEADER).revoked()).isEmpty();
	}

	private List<Integer> granted(String memberId) {
		MemberAssignment assignment = this.plan.get(memberId);
		return (assignment != null) ? assignment.grants()
			.stream()
			.filter((grant) -> grant.task().equals("crawler"))
			.flatMap((grant) -> grant.shards().stream().boxed())
			.toList() : List.of();
	}

	private List<String> unassigned() {
		return this.plan.get(LEADER).unassigned().stream().map((one) -> one.task() + one.reason()).toList();
	}

	private static MemberMetadata member(String name, long highestToken, List<TaskDefinition> tasks, List<Claim> claims,
			List<Progress> releases) {
		return new MemberMetadata(name, "i", 0, null, Map.of(), 1.0, false, -1, highestToken, tasks, claims, releases);
	}

	private record ShardBudget(long limit) implements Budget {

		@Override
		public long size(Map<String, MemberAssignment> assignments) {
			return assignments.values()
				.stream()
				.flatMap((one) -> one.grants().stream())
				.mapToLong((grant) -> grant.shards().size())
				.sum();
		}

	}

	/**
	 * Fails on one task.
	 */
	private static final class Poisonable implements TaskAssignor {

		private final TaskAssignor sticky = TaskAssignor.sticky();

		@Override
		public String name() {
			return this.sticky.name();
		}

		@Override
		public TaskAssignment assign(GroupState group) {
			if (group.tasks().stream().anyMatch((task) -> task.name().equals("poison"))) {
				throw new IllegalStateException("poisoned");
			}
			return this.sticky.assign(group);
		}

	}

}
