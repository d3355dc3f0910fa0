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
import java.util.stream.IntStream;

import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoundReason}.
 */
class RoundReasonTests {

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private final Map<String, MemberAssignment> plan = new HashMap<>();

	private int generation = 6;

	private long limit = Long.MAX_VALUE;

	private @Nullable String formerLeader;

	private LastRound last = LastRound.NONE;

	@Test
	void namesWhoCameAndWhoWentToAllMembers() {
		round("a", "b");
		assertThat(round("a", "c")).hasSize(2)
			.allSatisfy((memberId, assignment) -> assertThat(assignment.occasion())
				.isEqualTo(new Occasion(Cause.LEFT, "b left, c joined")));
		assertThat(occasion("a", "c", "d")).isEqualTo(new Occasion(Cause.JOINED, "d joined"));
	}

	@Test
	void manyNamesAreCut() {
		round("i00");
		String[] names = IntStream.range(0, 16).mapToObj((i) -> "i%02d".formatted(i)).toArray(String[]::new);
		assertThat(occasion(names).text())
			.isEqualTo("i01, i02, i03, i04, i05, i06, i07, i08, i09, i10 and 5 more joined");
	}

	@Test
	void shardsThatComeOrAreToGoAreAHandOver() {
		round("a");
		assertThat(occasion(granted(8), "a")).isEqualTo(new Occasion(Cause.HAND_OVER, "shards change owner"));
		assertThat(occasion(granted(8), "a")).as("kept")
			.isEqualTo(new Occasion(Cause.OTHER, "an instance has joined again"));
		assertThat(
				occasion(assignment(10, "a", List.of(), List.of(new Shards("crawler", ShardSet.of(1)))), "a").cause())
			.isEqualTo(Cause.HAND_OVER);
	}

	@Test
	void tellsWhoAskedAndWhy() {
		round("a", "b");
		join("a", 7, null);
		join("b", 7, "tasks were registered");
		assertThat(tell().get("id-a").occasion())
			.isEqualTo(new Occasion(Cause.OTHER, "requested by b, because tasks were registered"));
	}

	@Test
	void aNewLeaderKnowsNewcomersByWhatTheyReport() {
		join("a", 7, null);
		join("b", 7, null);
		join("c", -1, null);
		this.generation = 7;
		assertThat(tell().get("id-a").occasion()).isEqualTo(new Occasion(Cause.JOINED, "c joined"));
	}

	@Test
	void aNewLeaderKnowsThatTheFormerOneLeft() {
		this.formerLeader = "b";
		join("a", 7, null);
		join("c", 7, null);
		this.generation = 7;
		assertThat(tell().get("id-a").occasion()).isEqualTo(new Occasion(Cause.LEFT, "b left"));
	}

	@Test
	void nothingIsToldWhereThereIsNoRoom() {
		this.limit = 0;
		assertThat(round("a").get("id-a").occasion()).isNull();
	}

	@Test
	void inALargeGroupTheReasonIsShort() {
		String text = "x".repeat(1000);
		assertThat(new Occasion(Cause.OTHER, text).forAll(2).text()).hasSize(400);
		assertThat(new Occasion(Cause.OTHER, text).forAll(1000).text()).hasSize(40).endsWith("…");
	}

	private Occasion occasion(String... names) {
		return round(names).get("id-" + names[0]).occasion();
	}

	private Occasion occasion(MemberAssignment planned, String name) {
		join(name, this.generation, null);
		this.plan.put("id-" + name, planned);
		return tell().get("id-" + name).occasion();
	}

	private Map<String, MemberAssignment> round(String... names) {
		for (String name : names) {
			join(name, this.generation, null);
		}
		return tell();
	}

	private void join(String name, int generation, @Nullable String asked) {
		this.members.put("id-" + name, new MemberMetadata(name, "me", 0, null, Map.of(), 1.0, false, generation, 0,
				List.of(), List.of(), List.of(), List.of(), Duration.ZERO, false, List.of(), Map.of(), asked));
		this.plan.put("id-" + name, assignment(this.generation + 1, name, List.of(), List.of()));
	}

	private Map<String, MemberAssignment> tell() {
		this.generation++;
		Round round = new Round(this.generation, "sticky", "id-a", this.members, Map.of(), true, new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return 1;
			}

			@Override
			public long limit() {
				return RoundReasonTests.this.limit;
			}

		});
		FormerGroup former = new FormerGroup(Instant.EPOCH, 0, -1, Set.of(), Duration.ZERO, this.formerLeader);
		Map<String, MemberAssignment> told = RoundReason
			.tell(RoundFacts.of(round, former, this.last, Duration.ZERO, Instant.EPOCH, 0), Map.copyOf(this.plan), "");
		this.last = LastRound.of(round, told);
		this.members.clear();
		this.plan.clear();
		return told;
	}

	private static MemberAssignment granted(int generation) {
		return assignment(generation, "a",
				List.of(new Grant("crawler", 8, 100, Instant.EPOCH, generation, Origin.HANDED_OVER, ShardSet.of(0))),
				List.of());
	}

	private static MemberAssignment assignment(int generation, String name, List<Grant> grants, List<Shards> revoked) {
		return new MemberAssignment(generation, "a", name, "me", 2, 1, grants, revoked, List.of(), List.of(), null);
	}

}
