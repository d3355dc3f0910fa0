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
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.TaskAssignment;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link Leader} and {@link HandOverPlanner}.
 */
@ExtendWith(OutputCaptureExtension.class)
class LeaderTests {

	private static final Instant SINCE = Instant.ofEpochMilli(5);

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(4);

	private final ManualClocks clocks = new ManualClocks();

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private final Map<String, String> unreadable = new HashMap<>();

	private Function<GroupState, Map<TaskId, String>> assignor = (group) -> Map.of();

	private boolean complete = true;

	private int generation = 6;

	private long budget = Long.MAX_VALUE;

	private Duration budgetRetry;

	private Leader planner = planner(Duration.ofMinutes(1));

	private Leader planner(Duration limit) {
		TaskAssignor assignor = new TaskAssignor() {

			@Override
			public String name() {
				return "test";
			}

			@Override
			public TaskAssignment assign(GroupState group) {
				return new TaskAssignment(LeaderTests.this.assignor.apply(group));
			}

		};
		return new Leader(Map.of("test", assignor), new AssignorInvoker(limit), Duration.ZERO, this.clocks);
	}

	@Test
	void givesFreeShardsToTheirTargetsWithANewToken() {
		member("a", -1);
		target(Map.of(0, "a", 1, "a", 2, "a"));
		MemberAssignment assignment = plan().get("a");
		assertThat(assignment.grants()).containsExactly(new Grant("crawler", 4, this.clocks.millis(),
				Instant.ofEpochMilli(this.clocks.millis()), 7, Origin.HANDED_OVER, ShardSet.of(0, 1, 2)));
		assertThat(assignment.highestToken()).isEqualTo(this.clocks.millis());
		assertThat(assignment.unassigned())
			.containsExactly(new Unassigned("crawler", ShardSet.of(3), "assignor 'test' gives it to nobody"));
	}

	@Test
	void aTokenIsHigherThanAnyThatAMemberReports() {
		long ahead = this.clocks.millis() + 60_000;
		member("a", 3, claim(ahead, Hold.OWNED, 0));
		member("b", 3);
		target(Map.of(0, "a", 1, "b"));
		assertThat(plan().get("b").grants()).extracting(Grant::token).containsExactly(ahead + 1);
	}

	@Test
	void keepsWhatIsWhereItShouldBeUnderItsOldToken() {
		member("a", 3, claim(10, Hold.OWNED, 0, 1, 2, 3));
		target(Map.of(0, "a", 1, "a", 2, "a", 3, "a"));
		assertThat(plan().get("a").grants())
			.containsExactly(new Grant("crawler", 4, 10, SINCE, 3, Origin.HANDED_OVER, ShardSet.of(0, 1, 2, 3)));
	}

	@Test
	void revokesWhatHasToMoveAndGivesItToNobodyYet() {
		member("a", 3, claim(10, Hold.OWNED, 0, 1, 2, 3));
		member("b", -1);
		target(Map.of(0, "a", 1, "a", 2, "b", 3, "b"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0, 1));
		assertThat(plan.get("a").revoked()).extracting(Shards::shards).containsExactly(ShardSet.of(2, 3));
		assertThat(plan.get("b").grants()).isEmpty();
	}

	@Test
	void doesNotGiveAwayWhatIsStillBeingStopped() {
		member("a", 3, claim(10, Hold.REVOKING, 2));
		member("b", 3);
		target(Map.of(2, "b"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").revoked()).extracting(Shards::shards).containsExactly(ShardSet.of(2));
		assertThat(plan.get("b").grants()).isEmpty();
	}

	@Test
	void aTaskThatIsNewIsTakenOverFromNobody() {
		TaskDefinition fresh = TaskDefinition.of("fresh");
		member("a", 3, claim(10, Hold.OWNED, 0, 1, 2));
		this.assignor = (group) -> Map.of(new TaskId("crawler", 0), "a", new TaskId("crawler", 1), "a",
				new TaskId("crawler", 2), "a");
		plan();
		this.members.put("a", new MemberMetadata("a", "i", 0, null, Map.of(), 1.0, false, 7, 0, List.of(CRAWLER, fresh),
				List.of(claim(10, Hold.OWNED, 0, 1)), List.of()));
		this.assignor = (group) -> Map.of(new TaskId("crawler", 0), "a", new TaskId("crawler", 1), "a",
				new TaskId("crawler", 2), "a", new TaskId("fresh", 0), "a");
		assertThat(plan().get("a").grants()).filteredOn((grant) -> grant.token() != 10)
			.extracting(Grant::task, Grant::origin)
			.containsExactlyInAnyOrder(tuple("crawler", Origin.FAILED_OVER), tuple("fresh", Origin.HANDED_OVER));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whatMembersCannotTellYetThatTheyRunKeepsItsFormerOwner(boolean remembers) {
		state("a", 3, TaskDefinition.of("other"), List.of(), List.of());
		member("b", 3, claim(10, Hold.OWNED, 0));
		member("c", 3);
		target(Map.of(0, "b"));
		if (remembers) {
			plan();
		}
		this.members.remove("b");
		this.members.put("c", new MemberMetadata("c", "i", 0, null, Map.of(), 1.0, false, this.generation, 0, List.of(),
				List.of(), List.of()));
		this.complete = false;
		plan();
		this.complete = true;
		member("c", this.generation);
		target(Map.of(0, "c"));
		assertThat(plan().get("c").grants()).extracting(Grant::origin).containsExactly(Origin.FAILED_OVER);
	}

	@Test
	void saysSinceWhenAShardIsToBeStopped() {
		member("a", 3, claim(10, Hold.OWNED, 2));
		member("b", 3);
		target(Map.of(2, "b"));
		Instant told = Instant.ofEpochMilli(this.clocks.millis());
		assertThat(plan().get("a").revoked()).extracting(Shards::since).containsExactly(told);
		this.clocks.advance(Duration.ofSeconds(9));
		member("a", 4, claim(10, Hold.REVOKING, 2));
		assertThat(plan().get("a").revoked()).extracting(Shards::since).containsExactly(told);
	}

	@Test
	void ofTwoClaimsTheHigherTokenKeepsTheShard() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		member("b", 5, claim(11, Hold.OWNED, 0));
		target(Map.of(0, "b"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").grants()).isEmpty();
		assertThat(plan.get("a").revoked()).isEmpty();
		assertThat(plan.get("b").grants()).extracting(Grant::token).containsExactly(11L);
	}

	@Test
	void ofTwoClaimsWithOneTokenNoneKeepsTheShard() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		member("b", 3, claim(10, Hold.OWNED, 0));
		target(Map.of(0, "b"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.values()).allSatisfy((assignment) -> {
			assertThat(assignment.grants()).isEmpty();
			assertThat(assignment.revoked()).isEmpty();
		});
		assertThat(plan.get("a").unassigned()).extracting(Unassigned::reason)
			.anyMatch((reason) -> reason.startsWith("still running on"));
	}

	@Test
	void doesNotGiveAwayWhatStillRunsAfterALoss() {
		member("a", -1, claim(10, Hold.LOST, 0));
		member("b", 3);
		target(Map.of(0, "b"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("b").grants()).isEmpty();
		assertThat(plan.get("a").unassigned())
			.contains(new Unassigned("crawler", ShardSet.of(0), "still running on a, which has lost it"));
	}

	@Test
	void progressGoesToTheNextOwnerUntilThatOneClaimsTheShard() {
		Progress progress = new Progress(new TaskId("crawler", 0), List.of(Instant.parse("2026-11-24T10:00:00Z")));
		release("a", progress);
		member("b", 3);
		target(Map.of(0, "b"));
		assertThat(plan().get("b").progress()).containsExactly(progress);
		this.members.remove("a");
		MemberAssignment repeated = plan().get("b");
		assertThat(repeated.progress()).as("the first assignment may not have arrived").containsExactly(progress);
		assertThat(repeated.grants()).extracting(Grant::origin).containsExactly(Origin.HANDED_OVER);
		assertThat(repeated.grants()).extracting(Grant::ownerless).as("it does not come directly").doesNotContainNull();
		assertThat(this.planner.progress(this.generation)).containsExactly(progress.kept());
		member("b", 8, claim(repeated.highestToken(), Hold.OWNED, 0));
		assertThat(plan().get("b").progress()).isEmpty();
		assertThat(this.planner.progress(this.generation)).isEmpty();
	}

	@Test
	void whatIsDoneIsTheLeastThatIsTrueWhenTheNextOwnerHasVanished() {
		release("a", new Progress(new TaskId("crawler", 0), List.of(Instant.EPOCH)));
		member("b", 3);
		target(Map.of(0, "b"));
		assertThat(plan().get("b").progress()).isNotEmpty();
		this.members.clear();
		member("c", 3);
		target(Map.of(0, "c"));
		MemberAssignment assignment = plan().get("c");
		assertThat(assignment.progress()).isNotEmpty();
		assertThat(assignment.grants()).extracting(Grant::ownerless)
			.as("somebody has had it since")
			.doesNotContainNull();
		assertThat(assignment.grants()).extracting(Grant::origin).containsExactly(Origin.FAILED_OVER);
	}

	@Test
	void whatIsDoneIsTheLeastThatIsTrueWhenTheNextOwnerHasLostTheShardSince() {
		release("a", new Progress(new TaskId("crawler", 0), List.of(Instant.EPOCH)));
		member("b", 3);
		target(Map.of(0, "b"));
		assertThat(plan().get("b").progress()).isNotEmpty();
		member("a", this.generation);
		// it has had its assignment and goes by the same member id, but its lease was
		// over
		member("b", this.generation);
		MemberAssignment assignment = plan().get("b");
		assertThat(assignment.progress()).isNotEmpty();
		assertThat(assignment.grants()).extracting(Grant::ownerless)
			.as("somebody has had it since")
			.doesNotContainNull();
		assertThat(assignment.grants()).extracting(Grant::origin).containsExactly(Origin.FAILED_OVER);
	}

	@Test
	void whatIsDoneIsTheLeastThatIsTrueWhenTheLeadersOwnLeaseWasOver() {
		release("a", new Progress(new TaskId("crawler", 0), List.of(Instant.EPOCH)));
		target(Map.of());
		plan();
		this.planner.leaseEnded();
		assertThat(this.planner.progress(this.generation)).isEmpty();
		member("a", 3);
		target(Map.of(0, "a"));
		MemberAssignment assignment = plan().get("a");
		assertThat(assignment.progress()).isNotEmpty();
		assertThat(assignment.grants()).extracting(Grant::ownerless)
			.as("somebody has had it since")
			.doesNotContainNull();
		assertThat(assignment.grants()).extracting(Grant::origin).containsExactly(Origin.FAILED_OVER);
	}

	@Test
	void whatIsDoneIsTheLeastThatIsTrueWhenAnotherWasTheLeaderMeanwhile() {
		release("a", new Progress(new TaskId("crawler", 0), List.of(Instant.EPOCH)));
		target(Map.of());
		plan();
		assertThat(this.planner.progress(this.generation)).hasSize(1);
		this.generation++;
		member("a", 3);
		target(Map.of(0, "a"));
		MemberAssignment assignment = plan().get("a");
		assertThat(assignment.progress()).isNotEmpty();
		assertThat(assignment.grants()).extracting(Grant::ownerless).doesNotContainNull();
	}

	@Test
	void aShardThatNobodyClaimsOrReleasedWasLeftByAVanishedOwner() {
		member("a", 3);
		target(Map.of(0, "a"));
		assertThat(plan().get("a").grants()).extracting(Grant::origin).containsExactly(Origin.FAILED_OVER);
	}

	@Test
	void saysWhyNobodyOwnsAShard() {
		task("a", CRAWLER.withRequires("zone=us"));
		assertThat(plan().get("a").unassigned())
			.containsExactly(new Unassigned("crawler", ShardSet.of(0, 1, 2, 3), "no instance has label zone=us"));
	}

	@Test
	void anAssignorThatThrowsChangesNothing() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		this.assignor = (group) -> {
			throw new IllegalStateException("no idea");
		};
		MemberAssignment assignment = plan().get("a");
		assertThat(assignment.grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0));
		assertThat(assignment.problem()).contains("Assignor 'test' failed with").contains("no idea");
		assertThat(this.planner.retryAfter()).isNotNull();
	}

	@Test
	void anAssignorThatDoesNotReturnTurnsNobodyAwayAndIsNotAskedAgainBeforeItHas() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		task("b", TaskDefinition.of("unknown"));
		CountDownLatch end = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		this.planner = planner(Duration.ofMillis(100));
		this.assignor = (group) -> {
			calls.incrementAndGet();
			while (end.getCount() > 0) {
				Thread.onSpinWait();
			}
			return Map.of(new TaskId("crawler", 0), "a", new TaskId("unknown", 0), "b");
		};
		try {
			for (int round = 0; round < 3; round++) {
				Map<String, MemberAssignment> plan = plan();
				assertThat(plan.get("a").grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0));
				assertThat(plan.values()).allSatisfy((assignment) -> assertThat(assignment.problem())
					.contains("Assignor 'test'", "has not returned", "every shard stays where it is"));
				assertThat(this.planner.retryAfter()).as("it is said when it returns").isNull();
			}
		}
		finally {
			end.countDown();
		}
		assertThat(calls).hasValue(1);
		Awaitility.await()
			.until(() -> plan().get("b"), (assignment) -> assignment.problem() == null
					&& assignment.grants().stream().anyMatch((grant) -> grant.task().equals("unknown")));
	}

	@Test
	void anAssignorThatTalksNonsenseChangesNothing() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		Map<Map<TaskId, String>, String> answers = Map.of(Map.of(new TaskId("crawler", 0), "z"), "not an instance",
				Map.of(new TaskId("crawler", 4), "a"), "does not exist", Map.of(new TaskId("x", 0), "a"),
				"does not exist");
		answers.forEach((answer, complaint) -> {
			this.assignor = (group) -> answer;
			MemberAssignment assignment = plan().get("a");
			assertThat(assignment.grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0));
			assertThat(assignment.problem()).contains(complaint);
		});
	}

	@Test
	void anAssignorMayNotBreakAConstraint() {
		task("a", CRAWLER.withRequires("zone=us"));
		target(Map.of(0, "a"));
		assertThat(plan().get("a").problem()).contains("lacks the labels 'zone=us'");
	}

	@Test
	void overTheBudgetNothingNewIsAssigned() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		target(Map.of(0, "a", 1, "a"));
		this.budget = 1;
		MemberAssignment assignment = plan().get("a");
		assertThat(assignment.grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0));
		assertThat(assignment.problem()).contains("would have 2 bytes, and 1 are safe").contains("Use fewer shards");
	}

	@Test
	void theSameWordsGiveTheSamePlan() {
		member("a", 3, claim(10, Hold.OWNED, 0, 1));
		member("b", 3);
		target(Map.of(0, "a", 1, "b", 2, "b", 3, "a"));
		Map<String, MemberAssignment> plan = plan();
		this.generation--;
		assertThat(plan()).isEqualTo(plan);
	}

	@Test
	void aBudgetThatMayGrowIsAskedForAgain() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		target(Map.of(0, "a", 1, "a"));
		this.budget = 1;
		assertThat(plan().get("a").problem()).isNotNull();
		assertThat(this.planner.retryAfter()).as("for only other members and tasks make a difference").isNull();
		this.budgetRetry = Duration.ofSeconds(50);
		assertThat(plan().get("a").problem()).isNotNull();
		assertThat(this.planner.retryAfter()).isEqualTo(Duration.ofSeconds(50));
		this.budget = 2;
		assertThat(plan().get("a").problem()).isNull();
		assertThat(this.planner.retryAfter()).isNull();
	}

	@Test
	void aFullRecordIsLoggedOnceAndNotAgainAfterATrial(CapturedOutput output) {
		member("a", 3, claim(10, Hold.OWNED, 0));
		target(Map.of(0, "a", 1, "a"));
		for (long budget : new long[] { 1, 1, 2, 1 }) {
			this.budget = budget;
			plan();
		}
		assertThat(output).containsOnlyOnce("would have 2 bytes, and 1 are safe");
		for (long budget : new long[] { 2, 2, 1 }) {
			this.budget = budget;
			plan();
		}
		assertThat(output.toString().split("would have 2 bytes", -1)).hasSize(3);
	}

	@Test
	void whileTasksAreUnknownEverythingStaysWhereItIs() {
		member("a", 3, claim(10, Hold.OWNED, 0));
		target(Map.of(1, "a"));
		this.complete = false;
		assertThat(plan().get("a").grants()).extracting(Grant::shards).containsExactly(ShardSet.of(0));
	}

	@Test
	void whatAnUnreadableMemberMayRunIsGivenAwayOneRoundLater() {
		member("a", 3);
		this.unreadable.put("b", "garbage");
		target(Map.of(0, "a"));
		assertThat(plan().get("a").grants()).isEmpty();
		assertThat(this.planner.retryAfter()).isZero();
		assertThat(plan().get("a").grants()).isNotEmpty();
	}

	@Test
	void ofTwoSplitsTheOneOfMostMembersIsInForceAndWaitsForTheOther() {
		member("a", 3, claim(10, Hold.OWNED, 0, 1));
		task("b", CRAWLER.withShards(8));
		task("c", CRAWLER.withShards(8));
		target(Map.of(0, "b", 1, "c"));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").revoked()).extracting(Shards::shards).containsExactly(ShardSet.of(0, 1));
		assertThat(plan.get("b").grants()).isEmpty();
		member("a", 3);
		assertThat(plan().get("b").grants()).extracting(Grant::shardCount).containsExactly(8);
	}

	@Test
	void instancesOfOneNameAreToldApart() {
		member("a", 3);
		MemberMetadata twin = this.members.get("a");
		this.members.put("b", twin);
		assertThat(plan().values()).extracting(MemberAssignment::instance).containsExactlyInAnyOrder("a", "a#2");
	}

	private Map<String, MemberAssignment> plan() {
		this.generation++;
		Budget budget = new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return assignments.values()
					.stream()
					.flatMap((one) -> one.grants().stream())
					.mapToLong((grant) -> grant.shards().size())
					.sum();
			}

			@Override
			public long limit() {
				return LeaderTests.this.budget;
			}

			@Override
			public Duration retryAfter() {
				return LeaderTests.this.budgetRetry;
			}

		};
		return this.planner.plan(
				new Round(this.generation, "test", "a", this.members, this.unreadable, this.complete, budget),
				PlanningRounds.ownedUntil(this.clocks));
	}

	private void target(Map<Integer, String> owners) {
		Map<TaskId, String> target = new HashMap<>();
		owners.forEach((shard, owner) -> target.put(new TaskId("crawler", shard), owner));
		this.assignor = (group) -> target;
	}

	private void member(String name, int generation, Claim... claims) {
		state(name, generation, CRAWLER, Arrays.asList(claims), List.of());
	}

	private void task(String name, TaskDefinition task) {
		state(name, -1, task, List.of(), List.of());
	}

	private void release(String name, Progress progress) {
		state(name, this.generation, CRAWLER, List.of(), List.of(progress));
	}

	private void state(String name, int generation, TaskDefinition task, List<Claim> claims, List<Progress> releases) {
		this.members.put(name, new MemberMetadata(name, "i", 0, null, Map.of(), 1.0, false, generation, 0,
				List.of(task), new ArrayList<>(claims), releases));
	}

	private static Claim claim(long token, Hold hold, int... shards) {
		return new Claim("crawler", 4, token, SINCE, 3, hold, ShardSet.of(shards));
	}

}
