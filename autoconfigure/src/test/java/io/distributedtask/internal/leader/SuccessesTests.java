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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Successes}.
 */
class SuccessesTests {

	private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");

	private static final Instant LONG_AGO = NOW.minus(Duration.ofHours(9));

	private static final Instant SINCE = NOW.minus(Duration.ofHours(5));

	private final TaskDefinition nightly = TaskDefinition.of("nightly");

	private final TaskDefinition crawler = TaskDefinition.of("crawler").withShards(4);

	private Successes successes = Successes.NONE;

	private long limit = Long.MAX_VALUE;

	@Test
	void theNextOwnerOfAnOwnerThatCrashedCountsFromWhatThatOneHasClaimed() {
		round(7, state("a"), state("b", Map.of("nightly", LONG_AGO), claim("nightly", 0)));
		Map<String, MemberAssignment> plan = round(8, Map.of("a", List.of(grant("nightly", 8, 0))), state("a"));
		assertThat(plan.get("a").successes()).containsExactlyEntriesOf(Map.of("nightly", new Success(LONG_AGO)));
	}

	@Test
	void ownersThatCrashOneAfterTheOtherWithoutAWordDoNotBeginAnew() {
		round(7, Map.of("b", List.of(grant("nightly", 7, 0))), state("a"), state("b"));
		Map<String, MemberAssignment> plan = round(8, Map.of("c", List.of(grant("nightly", 8, 0))), state("a"),
				state("c"));
		assertThat(plan.get("c").successes()).as("a task that is new").containsEntry("nightly", new Success(SINCE));
		plan = round(9, Map.of("d", List.of(grant("nightly", 9, 0))), state("a"), state("d"));
		assertThat(plan.get("d").successes()).containsEntry("nightly", new Success(SINCE));
	}

	@Test
	void whatIsHandedOverCarriesTheLastWordOfItsOwner() {
		round(7, state("a"), state("b", Map.of("nightly", LONG_AGO), claim("nightly", 0)));
		Map<String, MemberAssignment> plan = round(8, Map.of("a", List.of(grant("nightly", 8, 0))), state("a"),
				released("b", Map.of("nightly", NOW.minusSeconds(3)), "nightly"));
		assertThat(plan.get("a").successes()).containsEntry("nightly", new Success(NOW.minusSeconds(3)));
	}

	@Test
	void ofSeveralShardsTheOldestCounts() {
		round(7, state("a"), state("b", Map.of("crawler", LONG_AGO), claim("crawler", 0, 1)),
				state("c", Map.of("crawler", NOW), claim("crawler", 2, 3)));
		Map<String, MemberAssignment> plan = round(8, Map.of("a", List.of(grant("crawler", 8, 1, 2))), state("a"));
		assertThat(plan.get("a").successes()).containsEntry("crawler", new Success(LONG_AGO));
	}

	@Test
	void deputiesRememberWhatTheLeaderOwns() {
		Map<String, MemberAssignment> plan = round(7,
				Map.of("a", List.of(grant("nightly", 3, 0)), "b", List.of(), "c", List.of(), "d", List.of()),
				state("a", Map.of("nightly", LONG_AGO), claim("nightly", 0)), state("b"), state("c"), state("d"));
		assertThat(List.of("b", "c")).allSatisfy(
				(deputy) -> assertThat(plan.get(deputy).successes()).containsEntry("nightly", new Success(LONG_AGO)));
		assertThat(plan.get("d").successes()).isEmpty();
		assertThat(plan.get("a").successes()).as("it knows").isEmpty();
		MemberMetadata deputy = state("b", plan.get("b").successes(), List.of(), List.of());
		Round round = roundOf(8, deputy);
		Successes next = Successes.NONE.learn(facts(round));
		assertThat(next.tell(round, plan(8, Map.of("b", List.of(grant("nightly", 8, 0))))).get("b").successes())
			.containsEntry("nightly", new Success(LONG_AGO));
	}

	@Test
	void deputiesLearnWhatTheLeaderHasTakenInTheSameRound() {
		Map<String, MemberAssignment> plan = round(7, Map.of("a", List.of(grant("nightly", 7, 0)), "b", List.of()),
				state("a"), state("b"));
		assertThat(plan.get("b").successes()).containsExactlyEntriesOf(Map.of("nightly", new Success(SINCE)));
		plan = round(8, Map.of("a", List.of(grant("nightly", 7, 0)), "b", List.of()),
				state("a", Map.of(), claim("nightly", 0)), state("b", plan.get("b").successes(), List.of(), List.of()));
		assertThat(plan.get("b").successes()).as("its runs do not end").isEmpty();
	}

	@Test
	void howFarSchedulesHaveComeIsTrueOfEachShard() {
		Success behind = new Success(NOW, List.of(LONG_AGO, NOW));
		Success ahead = new Success(NOW, List.of(NOW, NOW));
		round(7, state("a"), state("b", Map.of("crawler", behind), List.of(claim("crawler", 0)), List.of()),
				state("c", Map.of("crawler", ahead), List.of(claim("crawler", 1)), List.of()));
		Map<String, MemberAssignment> plan = round(8,
				Map.of("a", List.of(grant("crawler", 8, 0)), "d", List.of(grant("crawler", 8, 1)), "e",
						List.of(grant("crawler", 8, 2))),
				state("a"), state("d", Map.of("crawler", ahead), List.of(), List.of()), state("e"));
		assertThat(plan.get("a").successes()).containsEntry("crawler", behind);
		assertThat(plan.get("d").successes()).containsEntry("crawler", ahead);
	}

	@Test
	void nothingIsToldOfTasksWhoseRunsDoNotEnd() {
		round(7, Map.of("b", List.of(grant("crawler", 7, 0, 1, 2, 3))), state("a"), state("b"));
		round(8, state("a"), state("b", Map.of(), claim("crawler", 0, 1, 2, 3)));
		Map<String, MemberAssignment> plan = round(9, Map.of("a", List.of(grant("crawler", 9, 0, 1, 2, 3))),
				state("a"));
		assertThat(plan.get("a").successes()).isEmpty();
	}

	@Test
	void nothingIsToldWhereThereIsNoRoomAndNoMoreThanALimit() {
		this.limit = 0;
		round(7, state("a"), state("b", Map.of("nightly", LONG_AGO), claim("nightly", 0)));
		assertThat(round(8, Map.of("a", List.of(grant("nightly", 8, 0))), state("a")).get("a").successes()).isEmpty();
		Map<String, Success> many = new HashMap<>();
		for (int i = 0; i < 10_000; i++) {
			many.put("tenant-" + i, new Success(NOW.minusSeconds(i)));
		}
		assertThat(Successes.limited(many)).hasSize(2000).containsKey("tenant-9999").doesNotContainKey("tenant-0");
	}

	@Test
	void whatIsSaidToHaveEndedInTheFutureHasNot() {
		round(7, state("a"), state("b", Map.of("nightly", NOW.plus(Duration.ofDays(300))), claim("nightly", 0)));
		assertThat(round(8, Map.of("a", List.of(grant("nightly", 8, 0))), state("a")).get("a").successes())
			.containsEntry("nightly", new Success(NOW));
	}

	private void round(int generation, MemberMetadata... members) {
		round(generation, Map.of(), members);
	}

	private Map<String, MemberAssignment> round(int generation, Map<String, List<Grant>> grants,
			MemberMetadata... members) {
		Round round = roundOf(generation, members);
		Successes learned = this.successes.learn(facts(round));
		Map<String, MemberAssignment> plan = plan(generation, grants);
		this.successes = learned.planned(round, plan);
		return learned.tell(round, plan);
	}

	private static RoundFacts facts(Round round) {
		return RoundFacts.of(round, PlanningRounds.ownedUntil(NOW), LastRound.NONE, Duration.ZERO, NOW, 0);
	}

	private Round roundOf(int generation, MemberMetadata... members) {
		Map<String, MemberMetadata> byId = new HashMap<>();
		for (MemberMetadata member : members) {
			byId.put(member.instance(), member);
		}
		return new Round(generation, "sticky", members[0].instance(), byId, Map.of(), true, new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return 1;
			}

			@Override
			public long limit() {
				return SuccessesTests.this.limit;
			}

		});
	}

	private static Map<String, MemberAssignment> plan(int generation, Map<String, List<Grant>> grants) {
		Map<String, MemberAssignment> plan = new HashMap<>();
		grants.forEach((member, granted) -> plan.put(member, new MemberAssignment(generation, "a", member, "me",
				grants.size(), 1, granted, List.of(), List.of(), List.of(), null)));
		return plan;
	}

	private static Grant grant(String task, int generation, int... shards) {
		return new Grant(task, task.equals("crawler") ? 4 : 1, 100, SINCE, generation, Origin.FAILED_OVER,
				ShardSet.of(shards));
	}

	private static Claim claim(String task, int... shards) {
		return new Claim(task, task.equals("crawler") ? 4 : 1, 100, SINCE, 3, Hold.OWNED, ShardSet.of(shards));
	}

	private MemberMetadata state(String name) {
		return state(name, Map.of());
	}

	private MemberMetadata state(String name, Map<String, Instant> successes, Claim... claims) {
		return state(name, successes(successes), List.of(claims), List.of());
	}

	private MemberMetadata released(String name, Map<String, Instant> successes, String task) {
		return state(name, successes(successes), List.of(), List.of(new Progress(new TaskId(task, 0), List.of(NOW))));
	}

	private MemberMetadata state(String name, Map<String, Success> successes, List<Claim> claims,
			List<Progress> releases) {
		return new MemberMetadata(name, "me", 0, null, Map.of(), 1.0, false, 6, 0, List.of(this.nightly, this.crawler),
				claims, releases, List.of(), Duration.ZERO, false, List.of(), successes, null);
	}

	private static Map<String, Success> successes(Map<String, Instant> ended) {
		Map<String, Success> successes = new HashMap<>();
		ended.forEach((task, at) -> successes.put(task, new Success(at)));
		return successes;
	}

}
