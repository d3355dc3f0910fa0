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
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link KnownProgress}.
 */
class KnownProgressTests {

	private static final TaskId ID = new TaskId("task", 0);

	private static final Instant NOW = Instant.parse("2026-11-24T11:00:00Z");

	private static final Progress FIRED = new Progress(ID, List.of(Instant.parse("2026-11-24T10:00:00Z")));

	private final Map<String, MemberMetadata> members = new HashMap<>();

	private final Map<String, String> staticIds = new HashMap<>();

	private KnownProgress memory = KnownProgress.NONE;

	private LastRound last = LastRound.NONE;

	private int generation = 5;

	@Test
	void remembersUntilTheNextOwnerClaimsTheShard() {
		say("former", 5, List.of(), List.of(FIRED));
		say("next", 5, List.of(), List.of());
		learn();
		give("next");
		assertThat(this.memory.known()).containsEntry(ID, FIRED);
		say("next", 6, List.of(claim()), List.of());
		learn();
		assertThat(this.memory.known()).isEmpty();
	}

	@Test
	void whatAStaticMemberSaidInAnEarlierRoundIsNoNews() {
		this.staticIds.put("former", "id");
		theNextOwnerClaimsTheShardAndVanishes();
		assertThat(this.memory.known()).as("it has gone further").isEmpty();
	}

	@Test
	void whatAMemberRepeatsIsNoNews() {
		theNextOwnerClaimsTheShardAndVanishes();
		assertThat(this.memory.known()).as("the next owner has gone further").isEmpty();
	}

	@Test
	void whatIsGivenBackOnceMoreAtTheSameInstantIsNews() {
		say("leader", 5, List.of(claim()), List.of(FIRED));
		learn();
		assertThat(this.memory.known()).as("it holds the shard").isEmpty();
		say("leader", 6, List.of(), List.of(FIRED));
		learn();
		assertThat(this.memory.known()).containsEntry(ID, FIRED);
	}

	@Test
	void aNewLeaderDoesNotTakeOldWordsForNews() {
		this.staticIds.put("former", "id");
		this.generation = 8;
		say("former", 5, List.of(), List.of(FIRED));
		say("other", 8, List.of(), List.of());
		learn();
		assertThat(this.memory.known()).isEmpty();
	}

	@Test
	void aStaticMemberMayHaveGoneFurtherWithWhatItWasGivenAndNotSaidSo() {
		this.staticIds.put("next", "id");
		say("former", 5, List.of(), List.of(FIRED));
		say("next", 5, List.of(), List.of());
		learn();
		give("next");
		say("former", 6, List.of(), List.of());
		learn();
		assertThat(this.memory.known()).containsEntry(ID, FIRED.doubtful());
		assertThat(this.memory.isExact(ID)).isFalse();
	}

	@Test
	void whatMayHaveBeenReportedInARoundThatTheLeaderDoesNotKnowIsDoubtful() {
		say("former", 5, List.of(), List.of(FIRED));
		say("other", 8, List.of(), List.of());
		this.generation = 8;
		learn();
		assertThat(this.memory.known()).as("its next owner may have been in the group of generation 7")
			.containsEntry(ID, FIRED.doubtful());
		assertThat(this.memory.isExact(ID)).isFalse();
	}

	@Test
	void whatIsReportedInTheFirstRoundAfterAnAssignmentIsKnown() {
		say("former", 8, List.of(), List.of(FIRED));
		this.generation = 8;
		learn();
		assertThat(this.memory.known()).containsEntry(ID, FIRED);
	}

	private void theNextOwnerClaimsTheShardAndVanishes() {
		say("former", 5, List.of(), List.of(FIRED));
		say("next", 5, List.of(), List.of());
		learn();
		give("next");
		say("next", 6, List.of(claim()), List.of());
		learn();
		this.members.remove("next");
		learn();
	}

	private void say(String memberId, int generation, List<Claim> claims, List<Progress> releases) {
		this.members.put(memberId, new MemberMetadata(memberId, "x", 0, null, Map.of(), 1.0, false, generation, 0,
				List.of(TaskDefinition.of("task")), claims, releases));
	}

	private static Claim claim() {
		return new Claim("task", 1, 7, Instant.EPOCH, 6, Hold.OWNED, ShardSet.of(0));
	}

	private void learn() {
		this.generation++;
		RoundFacts facts = RoundFacts.of(round(), PlanningRounds.ownedUntil(NOW), this.last, Duration.ZERO, NOW, 0);
		this.memory = this.memory.learn(facts, facts.remembers());
		this.last = LastRound.of(round(), Map.of());
	}

	private void give(String memberId) {
		MemberAssignment assignment = new MemberAssignment(this.generation, "leader", memberId, "x", 2, 7,
				List.of(new Grant("task", 1, 7, Instant.EPOCH, this.generation, Origin.HANDED_OVER, ShardSet.of(0))),
				List.of(), List.of(FIRED), List.of(), null);
		this.last = LastRound.of(round(), Map.of(memberId, assignment));
	}

	private Round round() {
		return new Round(this.generation, "sticky", "leader", this.members, Map.of(), true, mock(Budget.class),
				this.staticIds);
	}

}
