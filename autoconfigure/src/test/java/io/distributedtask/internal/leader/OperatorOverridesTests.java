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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.control.OperatorState;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OperatorOverrides} in a {@link Leader} that plays out whole
 * hand-overs.
 */
class OperatorOverridesTests {

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler").withShards(4);

	private final ManualClocks clocks = new ManualClocks();

	private final Leader planner = new Leader(Map.of("sticky", TaskAssignor.sticky()),
			new AssignorInvoker(Duration.ofSeconds(10)), Duration.ZERO, this.clocks);

	private final Map<String, List<Claim>> claims = new HashMap<>();

	private final Map<String, List<OperatorCommand>> control = new HashMap<>();

	private TaskDefinition task = CRAWLER;

	private long limit = Long.MAX_VALUE;

	private int generation = 6;

	private boolean complete = true;

	private final Set<TaskId> released = new HashSet<>();

	@Test
	void aMovedShardGoesToItsInstanceAndStaysThereWhateverElseHappens() {
		join("a", "b");
		settle();
		String holder = holder(0);
		String other = holder.equals("a") ? "b" : "a";
		control("b", new Key(Kind.MOVE, "crawler", 0), other, 0);
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get(holder).revoked()).extracting(Shards::shards).containsExactly(ShardSet.of(0));
		settle();
		assertThat(holder(0)).isEqualTo(other);
		join("c", "d", "e");
		settle();
		assertThat(holder(0)).isEqualTo(other);
		leave(holder);
		settle();
		assertThat(holder(0)).isEqualTo(other);
	}

	@Test
	void aMoveEndsWhenItsInstanceLeavesAndDoesNotComeBackWithIt() {
		join("a", "b", "c");
		settle();
		control("a", new Key(Kind.MOVE, "crawler", 0), "b", 0);
		settle();
		assertThat(holder(0)).isEqualTo("b");
		leave("b");
		settle();
		assertThat(holder(0)).isNotEqualTo("b");
		assertThat(this.control.get("a")).singleElement().matches((entry) -> !entry.isSet());
		join("b");
		settle();
		assertThat(this.control.get("b")).noneMatch(OperatorCommand::isSet);
	}

	@Test
	void aMoveThatIsNotPossibleIsLeftToTheAssignorUntilItIs() {
		this.task = new TaskDefinition("crawler", 4, 1, LabelSelector.parse("zone=eu"));
		join("a", "zoneless");
		settle();
		control("a", new Key(Kind.MOVE, "crawler", 0), "zoneless", 0);
		settle();
		assertThat(holder(0)).isEqualTo("a");
		assertThat(this.control.get("a")).as("it may change").allMatch(OperatorCommand::isSet);
	}

	@Test
	void aDrainedInstanceGivesEverythingBackAndGetsNothingUntilItIsEnded() {
		join("a", "b");
		settle();
		control("a", Key.of(Kind.DRAIN, "b"), "", 0);
		settle();
		assertThat(this.claims.get("b")).isEmpty();
		assertThat(held("a")).isEqualTo(4);
		control("a", Key.of(Kind.DRAIN, "a"), "", 0);
		settle();
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").unassigned()).containsExactly(
				new Unassigned("crawler", ShardSet.of(0, 1, 2, 3), "every instance that knows the task is draining"));
		control("b", Key.of(Kind.DRAIN, "b"), null, 1);
		settle();
		assertThat(held("b")).isEqualTo(4);
	}

	@Test
	void everybodyIsToldWhatAnybodyHasSaid() {
		join("a", "b", "c");
		settle();
		control("b", Key.of(Kind.PAUSE, "crawler"), "", 0);
		control("c", Key.of(Kind.PAUSE_ALL, ""), "", 0);
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.values()).allSatisfy((assignment) -> assertThat(assignment.control()).hasSize(2));
	}

	@Test
	void nobodyIsToldAnythingWhereNothingWasDecided() {
		join("a", "b");
		settle();
		assertThat(plan().values()).allSatisfy((assignment) -> assertThat(assignment.control()).isEmpty());
	}

	@Test
	void forgedTimesDoNotBlockLaterRequests() {
		join("a", "b", "evil");
		settle();
		long day = Duration.ofHours(24).toMillis();
		control("evil", Key.of(Kind.PAUSE, "crawler"), "", 2 * day);
		assertThat(plan().get("a").control()).as("not believed").isEmpty();
		this.control.put("evil", List.of());
		control("evil", Key.of(Kind.PAUSE, "crawler"), "", day);
		settle();
		assertThat(this.control.get("a")).hasSize(1);
		OperatorState resumed = OperatorState.EMPTY.with(this.control.get("a"))
			.decide(Key.of(Kind.PAUSE, "crawler"), null, this.clocks.millis(), "a");
		this.control.put("a", resumed.entries());
		settle();
		assertThat(this.control.get("b")).singleElement().matches((entry) -> !entry.isSet());
	}

	@Test
	void aRunIsNotLeftToAnOwnerToWhomNobodyHasHandedTheShardOver() {
		join("a");
		settle();
		control("a", new Key(Kind.RUN, "crawler", 0), "1", 0);
		List<OperatorCommand> said = this.control.get("a");
		leave("a");
		join("b");
		this.control.put("b", said);
		assertThat(plan().get("b").control()).singleElement().matches((entry) -> !entry.isSet());
	}

	@Test
	void aRunIsLeftToTheNextOwnerInAnUnbrokenLine() {
		join("a");
		settle();
		control("a", new Key(Kind.RUN, "crawler", 0), "1", 0);
		settle();
		assertThat(this.control.get("a")).as("it keeps its owner").allMatch(OperatorCommand::isSet);
		join("b");
		this.claims.put("a", List.of());
		this.released.add(new TaskId("crawler", 0));
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("a").control()).allMatch(OperatorCommand::isSet);
	}

	@Test
	void whatWasDecidedLongAgoOutlivesAMomentaryAbsence() {
		join("a", "b");
		settle();
		control("a", Key.of(Kind.DRAIN, "b"), "", 0);
		settle();
		this.clocks.advance(OperatorState.RETENTION.multipliedBy(3));
		leave("b");
		control("a", Key.of(Kind.PAUSE, "not here"), "", 0);
		settle();
		assertThat(this.control.get("a")).hasSize(2).allMatch(OperatorCommand::isSet);
		this.clocks.advance(OperatorState.RETENTION.minusMinutes(1));
		join("b");
		settle();
		leave("b");
		this.clocks.advance(Duration.ofMinutes(2));
		settle();
		assertThat(this.control.get("a")).filteredOn(OperatorCommand::isSet)
			.extracting(OperatorCommand::key)
			.containsExactly(Key.of(Kind.DRAIN, "b"));
		this.clocks.advance(OperatorState.RETENTION);
		settle();
		assertThat(this.control.get("a")).noneMatch(OperatorCommand::isSet);
	}

	@Test
	void nothingIsTakenBackWhileTheTasksOfAMemberAreNotKnown() {
		join("a", "b");
		control("a", Key.of(Kind.PAUSE, "not here"), "", 0);
		settle();
		this.clocks.advance(OperatorState.RETENTION.multipliedBy(2));
		this.complete = false;
		settle();
		assertThat(this.control.get("a")).allMatch(OperatorCommand::isSet);
	}

	@Test
	void aMoveThatWasAskedForBeforeTheLastOneEndedHolds() {
		join("a", "b", "c");
		settle();
		control("a", new Key(Kind.MOVE, "crawler", 0), "b", 0);
		settle();
		leave("b");
		this.clocks.advance(Duration.ofSeconds(1));
		control("c", new Key(Kind.MOVE, "crawler", 0), "c", 0);
		List<OperatorCommand> newer = this.control.get("c");
		this.control.put("c", List.of());
		this.clocks.advance(Duration.ofSeconds(1));
		settle();
		assertThat(this.control.get("a")).noneMatch(OperatorCommand::isSet);
		this.control.put("c", newer);
		settle();
		assertThat(holder(0)).isEqualTo("c");
	}

	@Test
	void whoBelievesWhatIsNotSoAnyMoreIsToldWhereThereIsLittleRoom() {
		for (int i = 0; i < 20; i++) {
			join("i" + i);
		}
		settle();
		for (int i = 0; i < 100; i++) {
			control("i0", Key.of(Kind.PAUSE, "t" + i), "", 0);
		}
		control("i19", Key.of(Kind.DRAIN, "elsewhere"), "", 0);
		control("i0", Key.of(Kind.DRAIN, "elsewhere"), null, 1);
		this.limit = 100;
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.get("i19").control()).singleElement().matches((entry) -> !entry.isSet());
		assertThat(plan.get("i18").control()).isEmpty();
	}

	@Test
	void aFloodIsCutAndDoesNotTakeTheRoomOfAssignments() {
		join("a", "b", "evil");
		settle();
		List<OperatorCommand> flood = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			flood.add(new OperatorCommand(Key.of(Kind.PAUSE, "t" + i), "", this.clocks.millis(), "evil"));
		}
		flood.add(new OperatorCommand(Key.of(Kind.PAUSE_ALL, ""), "", this.clocks.millis() + 1, "evil"));
		this.control.put("evil", flood);
		assertThat(plan().get("a").control()).as("and the switch for all").hasSize(OperatorState.MAX_SETTINGS + 1);
		this.limit = 20_000;
		for (int i = 0; i < 20; i++) {
			join("i" + i);
		}
		Map<String, MemberAssignment> plan = plan();
		assertThat(plan.values()).extracting((assignment) -> assignment.control().size())
			.as("most are told what concerns them, and some everything")
			.contains(1)
			.contains(OperatorState.MAX_SETTINGS + 1);
		this.limit = 100;
		plan = plan();
		assertThat(plan.values()).as("what concerns everybody")
			.extracting((assignment) -> assignment.control().size())
			.containsOnly(1);
		this.limit = 10;
		plan = plan();
		assertThat(plan.values()).allSatisfy((assignment) -> assertThat(assignment.control()).isEmpty());
		assertThat(plan.values()).flatExtracting(MemberAssignment::grants).isNotEmpty();
	}

	private void join(String... names) {
		for (String name : names) {
			this.claims.put(name, List.of());
			this.control.putIfAbsent(name, List.of());
		}
	}

	private void leave(String name) {
		this.claims.remove(name);
		this.control.remove(name);
	}

	private void control(String by, Key key, String value, long later) {
		this.control.compute(by,
				(name, known) -> OperatorState.EMPTY.with((known != null) ? known : List.of())
					.with(List.of(new OperatorCommand(key, value, this.clocks.millis() + later, by)))
					.entries());
	}

	/**
	 * Play rounds until nothing changes.
	 */
	private void settle() {
		for (int i = 0; i < 4; i++) {
			this.clocks.advance(Duration.ofSeconds(1));
			plan().forEach((name, assignment) -> {
				List<Claim> claims = new ArrayList<>();
				for (Grant grant : assignment.grants()) {
					claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
							grant.generation(), Hold.OWNED, grant.shards()));
				}
				this.claims.put(name, claims);
				this.control.computeIfPresent(name,
						(key, known) -> OperatorState.EMPTY.with(known).with(assignment.control()).entries());
			});
		}
	}

	private Map<String, MemberAssignment> plan() {
		Map<String, MemberMetadata> members = new HashMap<>();
		this.claims.forEach((name, claims) -> members.put(name,
				new MemberMetadata(name, "i", 0, null, name.equals("zoneless") ? Map.of() : Map.of("zone", "eu"), 1.0,
						false, this.generation, 0, List.of(this.task), claims, releases(), List.of(), Duration.ZERO,
						false, this.control.getOrDefault(name, List.of()), Map.of(), null)));
		Budget budget = new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return assignments.values().stream().mapToLong((assignment) -> assignment.control().size()).sum();
			}

			@Override
			public long limit() {
				return OperatorOverridesTests.this.limit;
			}

		};
		this.generation++;
		String leader = members.keySet().stream().sorted().findFirst().orElseThrow();
		return this.planner.plan(new Round(this.generation, "sticky", leader, members, Map.of(), this.complete, budget),
				PlanningRounds.ownedUntil(this.clocks));
	}

	private List<Progress> releases() {
		return this.released.stream().map((id) -> new Progress(id, List.of())).toList();
	}

	private String holder(int shard) {
		return this.claims.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().stream().anyMatch((claim) -> claim.shards().contains(shard)))
			.map(Map.Entry::getKey)
			.findFirst()
			.orElseThrow(() -> new AssertionError(new TaskId("crawler", shard) + " has no owner"));
	}

	private int held(String name) {
		return this.claims.get(name).stream().mapToInt((claim) -> claim.shards().size()).sum();
	}

}
