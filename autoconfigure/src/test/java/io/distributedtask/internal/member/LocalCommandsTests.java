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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.OperatorDecisionEvent.Decision;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalCommands} in an {@link MemberLifecycle}.
 */
class LocalCommandsTests {

	private static final Key PAUSE = Key.of(Kind.PAUSE, "crawler");

	private static final Key RUN = new Key(Kind.RUN, "crawler", 0);

	private final List<Record> events = new ArrayList<>();

	private final ManualClocks clocks = new ManualClocks();

	private final RecordingRunner runner = new RecordingRunner(TaskDefinition.of("crawler").withShards(4),
			TaskDefinition.of("leader"));

	private final OwnedShards shards = new OwnedShards(this.runner, this.events::add, this.clocks);

	private final MemberLifecycle life = new MemberLifecycle(
			new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500), Duration.ofSeconds(10),
					Duration.ofSeconds(20), Duration.ofSeconds(30)),
			"me", this.runner, this.shards,
			new Leader(Map.of(), new AssignorInvoker(Duration.ofSeconds(1)), Duration.ZERO, this.clocks), this.clocks,
			() -> {
			});

	@Test
	void whatIsDecidedHereIsInEffectHereAtOnceAndToldToTheGroup() {
		assigned(1, 100, Origin.HANDED_OVER, List.of());
		this.life.memberMetadata();
		this.life.decide(PAUSE, "", "test");
		assertThat(this.runner.isPaused("crawler")).isTrue();
		assertThat(this.life.rejoin().due()).isEqualTo("test");
		assertThat(this.life.memberMetadata().control()).extracting(OperatorCommand::key).containsExactly(PAUSE);
		assertThat(this.life.memberMetadata().control()).extracting(OperatorCommand::author).containsExactly("a");
	}

	@Test
	void everyDecisionIsToldOnceWhereverItWasMade() {
		long now = this.clocks.millis();
		OperatorCommand heard = new OperatorCommand(RUN, "100", now, "b");
		assigned(1, 100, Origin.HANDED_OVER, List.of(heard));
		assigned(2, 100, Origin.HANDED_OVER, List.of(heard.takenBack(0, "a")));
		this.life.decide(PAUSE, "", "test");
		OperatorCommand paused = this.life.memberMetadata().control().get(0);
		assigned(3, 100, Origin.HANDED_OVER, List.of(paused, heard.takenBack(0, "a")));
		assigned(4, 100, Origin.HANDED_OVER, List.of(paused.takenBack(now + 5, "c"), heard.takenBack(0, "a")));
		assertThat(this.events).filteredOn(OperatorDecisionEvent.class::isInstance)
			.containsExactly(
					new OperatorDecisionEvent(Instant.ofEpochMilli(now), Decision.RUN, "crawler", 0, null, "b"),
					new OperatorDecisionEvent(Instant.ofEpochMilli(now), Decision.PAUSE, "crawler", null, null, "a"),
					new OperatorDecisionEvent(Instant.ofEpochMilli(now + 5), Decision.RESUME, "crawler", null, null,
							"c"));
	}

	@Test
	void whatIsDecidedWhileAJoinIsUnderWayIsToldInAnotherOne() {
		assigned(1, 100, Origin.HANDED_OVER, List.of());
		this.life.rejoin().request("something else", Duration.ZERO);
		assertThat(this.life.memberMetadata().control()).isEmpty();
		this.life.decide(PAUSE, "", "test");
		assigned(2, 100, Origin.HANDED_OVER, List.of());
		assertThat(this.runner.isPaused("crawler")).as("the leader has not heard of it").isTrue();
		assertThat(this.life.rejoin().due()).isEqualTo("test");
		assertThat(this.life.memberMetadata().control()).hasSize(1);
	}

	@Test
	void whatTheLeaderSaysIsHeededBeforeShardsAreStarted() {
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, "", 0)));
		assertThat(this.runner.isPaused("crawler")).isTrue();
		assertThat(this.runner.isPaused("other")).isFalse();
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, null, 1)));
		assertThat(this.runner.isPaused("crawler")).isFalse();
		assertThat(this.life.memberMetadata().control()).containsExactly(entry(PAUSE, null, 1));
	}

	@Test
	void aLongNameOfTheInstanceIsCutSoThatOthersCanReadIt() {
		assertThat(new OperatorCommand(PAUSE, "", 1, "a".repeat(400)).author()).hasSize(255);
	}

	@Test
	void whatWasDecidedOutlivesTheMembership() {
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, "", 0)));
		this.life.membershipLost("test");
		assertThat(this.life.memberMetadata().control()).hasSize(1);
		assertThat(this.runner.isPaused("crawler")).isTrue();
	}

	@Test
	void timesFromTheFarFutureAreNotBelieved() {
		long tooLate = Duration.ofHours(48).toMillis() + 1;
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, "", tooLate)));
		assertThat(this.runner.isPaused("crawler")).isFalse();
		assertThat(this.life.memberMetadata().control()).isEmpty();
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, "", tooLate - 1)));
		assertThat(this.runner.isPaused("crawler")).isTrue();
		this.life.decide(PAUSE, null, "test");
		assertThat(this.runner.isPaused("crawler")).as("it does not block later ones").isFalse();
	}

	@Test
	void aRequestedRunIsHandedOverOnceAndDoneWhenItBegins() {
		this.runner.beginRuns(false);
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 0)));
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 0)));
		assertThat(runs()).containsExactly("run crawler[0] 100");
		assertThat(this.life.memberMetadata().control()).allMatch(OperatorCommand::isSet);
		this.runner.waitingRuns().forEach(Runnable::run);
		assertThat(this.life.memberMetadata().control()).singleElement().matches((entry) -> !entry.isSet());
		assigned(3, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 0)));
		assertThat(runs()).hasSize(1);
		assigned(4, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 5000)));
		assertThat(runs()).as("another request").hasSize(2);
	}

	@Test
	void anotherRequestThatComesBeforeTheFirstHasBegunIsNotLost() {
		this.runner.beginRuns(false);
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 0)));
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(RUN, "100", 400)));
		this.clocks.advance(Duration.ofSeconds(2));
		this.runner.waitingRuns().get(0).run();
		assertThat(this.life.memberMetadata().control()).allMatch(OperatorCommand::isSet);
	}

	@Test
	void whoeverIsHandedTheShardInOrderMakesTheRunThatHasNotBegun() {
		assigned(1, 100, Origin.HANDED_OVER, List.of());
		assigned(2, 200, Origin.HANDED_OVER, List.of(entry(RUN, "100", 0)));
		assertThat(runs()).containsExactly("run crawler[0] 200");
	}

	@Test
	void noRunIsMadeWhenTheOwnerThatMayHaveMadeItHasCrashed() {
		assigned(1, 200, Origin.FAILED_OVER, List.of(entry(RUN, "100", 0)));
		assertThat(runs()).isEmpty();
		assertThat(this.life.memberMetadata().control()).as("nor by anybody later").noneMatch(OperatorCommand::isSet);
		assigned(2, 200, Origin.FAILED_OVER, List.of(entry(RUN, "200", 7)));
		assertThat(runs()).as("asked of the new owner").hasSize(1);
	}

	@Test
	void aRunWaitsForTheOwnershipUnderWhichItWasAskedFor() {
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(RUN, "150", 0)));
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(RUN, "nonsense", 1)));
		assertThat(runs()).isEmpty();
	}

	@Test
	void aShardThatIsBeingHandedOverIsNotRun() {
		this.runner.stopAtOnce(false);
		assigned(1, 100, Origin.HANDED_OVER, List.of());
		contact();
		this.life.assigned("member", 2, "sticky",
				new MemberAssignment(2, "a", "a", "me", 1, 100, List.of(),
						List.of(new Shards("crawler", ShardSet.of(0))), List.of(), List.of(), null)
					.withControl(List.of(entry(RUN, "100", 0))));
		assertThat(runs()).isEmpty();
		assertThat(this.life.memberMetadata().control()).as("the next owner does it").allMatch(OperatorCommand::isSet);
	}

	@Test
	void aRunOfATaskThatWasPausedMeanwhileIsNotMadeLaterEither() {
		assigned(1, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, "", 0), entry(RUN, "100", 0)));
		assigned(2, 100, Origin.HANDED_OVER, List.of(entry(PAUSE, null, 1)));
		assertThat(runs()).isEmpty();
		assertThat(this.life.memberMetadata().control()).noneMatch(OperatorCommand::isSet);
	}

	private List<String> runs() {
		return this.runner.calls().stream().filter((call) -> call.startsWith("run")).toList();
	}

	private OperatorCommand entry(Key key, String value, long later) {
		return new OperatorCommand(key, value, 1_795_500_000_000L + later, "b");
	}

	private void contact() {
		this.life.contact(this.clocks.nanos(), this.clocks.millis(), false);
	}

	private void assigned(int generation, long token, Origin origin, List<OperatorCommand> control) {
		contact();
		TaskId held = new TaskId("crawler", 0);
		OwnedShard shard = this.shards.get(held);
		int granted = (shard != null && shard.fencingToken() == token) ? shard.grant().generation() : generation;
		if (shard != null && shard.fencingToken() != token) {
			this.runner.finish(held);
			this.life.beforePoll();
			contact();
			this.life.assigned("member", generation, "sticky", assignment(generation, List.of()));
			this.life.beforePoll();
		}
		contact();
		this.life.assigned("member", generation, "sticky",
				assignment(generation, List
					.of(new Grant("crawler", 4, token, Instant.ofEpochMilli(5), granted, origin, ShardSet.of(0))))
					.withControl(control));
	}

	private static MemberAssignment assignment(int generation, List<Grant> grants) {
		return new MemberAssignment(generation, "a", "a", "me", 1, 100, grants, List.of(), List.of(), List.of(), null);
	}

}
