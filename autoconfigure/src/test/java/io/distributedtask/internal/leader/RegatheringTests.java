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
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link Regathering}.
 */
class RegatheringTests {

	private static final Duration SESSION = Duration.ofSeconds(10);

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(4);

	private final ManualClocks clocks = new ManualClocks();

	private final Instant frozen = Instant.ofEpochMilli(this.clocks.millis()).minusSeconds(40);

	private final Leader planner = new Leader(Map.of("sticky", TaskAssignor.sticky()),
			new AssignorInvoker(Duration.ofMinutes(1)), Duration.ZERO, this.clocks);

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private final Set<TaskId> own = Set.of(new TaskId("crawler", 0), new TaskId("crawler", 1));

	private int generation = 6;

	private int lostIn = 5;

	@Test
	void whoIsBackFirstTakesNothingButItsOwn() {
		join("a");
		MemberAssignment alone = plan(2).get("a");
		assertThat(shards(alone)).isEqualTo(ShardSet.of(0, 1));
		assertThat(alone.unassigned()).singleElement().satisfies((nobodys) -> {
			assertThat(nobodys.shards()).isEqualTo(ShardSet.of(2, 3));
			assertThat(nobodys.reason()).startsWith("reserved for instances that are not back yet, until 20");
		});
		assertThat(this.planner.retryAfter()).isEqualTo(SESSION);
	}

	@Test
	void whatTheOthersTellIsWhereItGoesOn() {
		join("a");
		plan(2);
		owns("a", 0, 1);
		Instant done = this.frozen.plusSeconds(5);
		join("b", Progress.lost(new TaskId("crawler", 2), List.of(done), 5),
				Progress.lost(new TaskId("crawler", 3), List.of(done), 5));
		MemberAssignment assignment = plan(0).get("b");
		assertThat(shards(assignment)).isEqualTo(ShardSet.of(2, 3));
		assertThat(assignment.progress()).extracting(Progress::anchors).containsOnly(List.of(done));
		assertThat(assignment.grants()).extracting(Grant::ownerless).containsOnly(this.frozen);
		assertThat(this.planner.retryAfter()).isNull();
	}

	@Test
	void whatTheOthersDoNotTellHasHadAnOwner() {
		join("a");
		plan(2);
		owns("a", 0, 1);
		join("b");
		assertThat(plan(0).get("b").grants()).containsExactly(new Grant("crawler", 4, this.clocks.millis() + 1,
				Instant.ofEpochMilli(this.clocks.millis()), 8, Origin.FAILED_OVER, this.frozen, ShardSet.of(2, 3)));
	}

	@Test
	void afterASessionNobodyIsWaitedFor() {
		join("a");
		plan(2);
		owns("a", 0, 1);
		this.clocks.advance(SESSION.minusMillis(1));
		assertThat(shards(plan(0).get("a"))).isEqualTo(ShardSet.of(0, 1));
		assertThat(this.planner.retryAfter()).isEqualTo(Duration.ofMillis(1));
		this.clocks.advance(Duration.ofMillis(1));
		MemberAssignment all = plan(0).get("a");
		assertThat(shards(all)).isEqualTo(ShardSet.of(0, 1, 2, 3));
		assertThat(all.grants()).filteredOn((grant) -> grant.generation() == this.generation)
			.extracting(Grant::origin, Grant::ownerless)
			.containsExactly(tuple(Origin.FAILED_OVER, this.frozen));
	}

	@Test
	void ofAGroupThatHasGoneOnMeanwhileNothingIsKnown() {
		this.lostIn = 2;
		join("a");
		plan(2);
		owns("a", 0, 1);
		join("b");
		assertThat(plan(0).get("b").grants()).extracting(Grant::origin, Grant::ownerless)
			.containsExactly(tuple(Origin.HANDED_OVER, null));
	}

	@Test
	void aRoundThatIsPlannedAgainIsNoSecondBeginning() {
		join("a");
		plan(2);
		this.clocks.advance(SESSION.dividedBy(2));
		plan(2);
		assertThat(this.planner.retryAfter()).isEqualTo(SESSION.dividedBy(2));
	}

	@Test
	void whoComesForTheFirstTimeIsNobodyWhoIsBack() {
		join("a");
		newcomer("c");
		Map<String, MemberAssignment> both = plan(2);
		assertThat(shards(both.get("a")).size() + shards(both.get("c")).size()).isEqualTo(2);
		owns("a", 0, 1);
		member("c", 7, List.of());
		assertThat(shards(plan(0).get("c"))).as("the next time, too").isEqualTo(ShardSet.EMPTY);
		join("b");
		Map<String, MemberAssignment> plan = plan(0);
		assertThat(shards(plan.get("b")).size() + shards(plan.get("c")).size()).isEqualTo(2);
	}

	@Test
	void aLeaderWhoseLeaseHasEndedWaitsForThoseThatWereDropped() {
		member("a", 6, List.of());
		MemberAssignment alone = plan(2).get("a");
		assertThat(shards(alone)).isEqualTo(ShardSet.of(0, 1));
		assertThat(this.planner.retryAfter()).isEqualTo(SESSION);
		owns("a", 0, 1);
		Instant done = this.frozen.plusSeconds(5);
		join("b", Progress.lost(new TaskId("crawler", 2), List.of(done), 5),
				Progress.lost(new TaskId("crawler", 3), List.of(done), 5));
		MemberAssignment back = plan(0).get("b");
		assertThat(shards(back)).isEqualTo(ShardSet.of(2, 3));
		assertThat(back.progress()).extracting(Progress::anchors).containsOnly(List.of(done));
		assertThat(this.planner.retryAfter()).isNull();
	}

	@Test
	void aLeaderWhoseLeaseHasEndedWaitsForNobodyIfAllAreThere() {
		member("a", 6, List.of());
		member("b", 6, List.of(new Claim("crawler", 4, 90, this.frozen, 6, Hold.OWNED, ShardSet.of(2, 3))));
		Map<String, MemberAssignment> plan = plan(2);
		assertThat(shards(plan.get("a")).size() + shards(plan.get("b")).size()).isEqualTo(4);
		assertThat(this.planner.retryAfter()).isNull();
	}

	@Test
	void whereNobodyWasDroppedNobodyIsWaitedFor() {
		newcomer("a");
		assertThat(shards(plan(0).get("a"))).isEqualTo(ShardSet.of(0, 1, 2, 3));
	}

	@Test
	void aGroupThatGoesOnWaitsForNobody() {
		// the former leader has crashed while this member, dropped before, was joining
		join("a");
		member("b", 6, List.of(new Claim("crawler", 4, 90, this.frozen, 6, Hold.OWNED, ShardSet.of(1))));
		Map<String, MemberAssignment> plan = plan(3);
		assertThat(shards(plan.get("a")).size() + shards(plan.get("b")).size()).isEqualTo(4);
	}

	@Test
	void whatIsGivenBackWhileOthersAreWaitedForIsGivenOn() {
		join("a");
		join("b");
		plan(3);
		owns("a", 0);
		member("b", 7, List.of(), new Progress(new TaskId("crawler", 1), List.of()));
		Map<String, MemberAssignment> plan = plan(0);
		assertThat(shards(plan.get("a")).size() + shards(plan.get("b")).size()).isEqualTo(2);
	}

	private void newcomer(String name) {
		this.members.put(name, new MemberMetadata(name, name, 0, null, Map.of(), 1.0, false, -1, 0, List.of(CRAWLER),
				List.of(), List.of()));
	}

	private void join(String name, Progress... releases) {
		member(name, -1, List.of(), releases);
	}

	private void owns(String name, int... shards) {
		member(name, this.generation, List.of(new Claim("crawler", 4, this.clocks.millis(),
				Instant.ofEpochMilli(this.clocks.millis()), this.generation, Hold.OWNED, ShardSet.of(shards))));
	}

	private void member(String name, int generation, List<Claim> claims, Progress... releases) {
		this.members.put(name, new MemberMetadata(name, name, 0, null, Map.of(), 1.0, false, generation, 100,
				List.of(CRAWLER), claims, List.of(releases)));
	}

	private static ShardSet shards(MemberAssignment assignment) {
		return ShardSet
			.of(assignment.grants().stream().flatMapToInt((grant) -> grant.shards().stream()).sorted().toArray());
	}

	private Map<String, MemberAssignment> plan(int lostInstances) {
		this.generation++;
		Budget budget = new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return 0;
			}

			@Override
			public long limit() {
				return 1;
			}

		};
		return this.planner.plan(new Round(this.generation, "sticky", "a", this.members, Map.of(), true, budget),
				new FormerGroup((lostInstances > 0) ? this.frozen : Instant.ofEpochMilli(this.clocks.millis()),
						lostInstances, this.lostIn, (lostInstances > 0) ? this.own : Set.of(), SESSION, null));
	}

}
