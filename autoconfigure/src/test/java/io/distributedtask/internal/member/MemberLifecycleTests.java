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
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import io.distributedtask.internal.engine.EngineFigures;
import io.distributedtask.internal.engine.FiguresView;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.leader.RecordFullness;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link MemberLifecycle}.
 */
class MemberLifecycleTests {

	private static final TaskId FIRST = new TaskId("crawler", 0);

	private static final Instant SINCE = Instant.ofEpochMilli(5);

	private final ManualClocks clocks = new ManualClocks();

	private final RecordingRunner runner = new RecordingRunner(TaskDefinition.of("crawler").withShards(4));

	private final List<Record> events = new ArrayList<>();

	private final OwnedShards shards = new OwnedShards(this.runner, this.events::add, this.clocks);

	private final MemberLifecycle life = new MemberLifecycle(
			new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500), Duration.ofSeconds(10),
					Duration.ofSeconds(20), Duration.ofSeconds(30)),
			"me", this.runner, this.shards,
			new Leader(Map.of(), new AssignorInvoker(Duration.ofSeconds(1)), Duration.ZERO, this.clocks), this.clocks,
			() -> {
			});

	@Test
	void startsWhatIsGrantedAndClaimsIt() {
		assigned(1, List.of(grant(100, 1, 0, 1)), List.of());
		assertThat(this.life.phase()).isEqualTo(MemberPhase.STABLE);
		assertThat(this.runner.calls()).containsExactlyInAnyOrder("start crawler[0]", "start crawler[1]");
		assertThat(this.life.memberMetadata().claims())
			.containsExactly(new Claim("crawler", 4, 100, SINCE, 1, Hold.OWNED, ShardSet.of(0, 1)));
		assertThat(this.events).contains(new TaskAssignedEvent(FIRST, 100));
		assertThat(this.events).hasAtLeastOneElementOfType(GroupRebalancedEvent.class);
	}

	@Test
	void aRebalanceTouchesNothingThatStays() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.runner.calls().clear();
		contact(true);
		assertThat(this.life.phase()).isEqualTo(MemberPhase.REBALANCING);
		assertThat(this.shards.get(FIRST)).extracting(OwnedShard::phase).isEqualTo(Phase.OWNED);
		assigned(2, List.of(grant(100, 1, 0)), List.of());
		assertThat(this.runner.calls()).isEmpty();
	}

	@Test
	void aNewcomerWhoseFirstHeartbeatMeetsTheNextRebalanceStartsWhatItIsGranted() {
		this.life.waitsAnew(this.clocks.nanos(), this.clocks.millis());
		this.clocks.advance(Duration.ofSeconds(1));
		contact(true);
		apply(1, List.of(grant(100, 1, 0)), List.of());
		assertThat(this.runner.calls()).containsExactly("start crawler[0]");
		assertThat(this.life.leaseRemaining()).isEqualTo(Duration.ofMillis(9500));
	}

	@Test
	void theLeaseOfSuchANewcomerEndsWithTheRebalanceTimeoutAfterItsSyncGroup() {
		this.life.waitsAnew(this.clocks.nanos(), this.clocks.millis());
		for (int second = 0; second < 15; second++) {
			this.clocks.advance(Duration.ofSeconds(1));
			contact(true);
		}
		apply(1, List.of(grant(100, 1, 0)), List.of());
		assertThat(this.life.leaseRemaining()).isEqualTo(Duration.ofMillis(4500));
		this.clocks.advance(Duration.ofSeconds(3));
		contact(true);
		assertThat(this.life.leaseRemaining()).isEqualTo(Duration.ofMillis(1500));
	}

	@Test
	void aRebalanceProvesNothingWithoutASyncGroup() {
		contact(true);
		apply(1, List.of(grant(100, 1, 0)), List.of());
		assertThat(this.runner.calls()).isEmpty();
		assertThat(this.life.rejoin().due()).isNotNull();
		this.life.waitsAnew(this.clocks.nanos(), this.clocks.millis());
		contact(true);
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		apply(2, List.of(grant(100, 2, 0)), List.of());
		assertThat(this.runner.calls()).as("nor does one before the membership was lost").isEmpty();
	}

	@Test
	void givesBackWhatIsRevokedWhenItHasStopped() {
		this.runner.stopAtOnce(false);
		Instant fired = Instant.ofEpochMilli(77);
		this.runner.progress(fired);
		assigned(1, List.of(grant(100, 1, 0, 1)), List.of());
		this.life.memberMetadata();
		assigned(2, List.of(grant(100, 1, 1)), List.of(new Shards("crawler", ShardSet.of(0))));
		assertThat(this.life.rejoin().due()).isNull();
		assertThat(this.life.memberMetadata().claims()).extracting(Claim::hold)
			.containsExactlyInAnyOrder(Hold.REVOKING, Hold.OWNED);
		this.runner.finish(FIRST);
		this.life.beforePoll();
		assertThat(this.life.rejoin().due()).isNotNull();
		MemberMetadata state = this.life.memberMetadata();
		assertThat(state.claims()).extracting(Claim::shards).containsExactly(ShardSet.of(1));
		assertThat(state.releases()).containsExactly(new Progress(FIRST, List.of(fired)));
		assertThat(this.events).contains(new TaskRevokedEvent(FIRST, 100));
		assigned(3, List.of(grant(100, 1, 1)), List.of());
		assertThat(this.life.memberMetadata().releases()).as("the leader knows it now").isEmpty();
	}

	@Test
	void aWishToRejoinOutlivesTheJoinUnderWay() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		assigned(2, List.of(), List.of(new Shards("crawler", ShardSet.of(0))));
		this.life.memberMetadata();
		this.runner.finish(FIRST);
		this.life.beforePoll();
		assigned(3, List.of(), List.of(new Shards("crawler", ShardSet.of(0))));
		assertThat(this.life.rejoin().due()).as("the leader has not seen the release").isNotNull();
	}

	@Test
	void losesEverythingWhenTheLeaseExpires() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		Ownership ownership = this.runner.running().get(FIRST);
		this.clocks.advance(Duration.ofMillis(9500));
		assertThat(ownership.phase()).as("before anybody was told").isEqualTo(Phase.LOST);
		this.life.checkLease();
		assertThat(this.life.phase()).isEqualTo(MemberPhase.DISCONNECTED);
		assertThat(this.runner.calls()).contains("lost crawler[0]");
		assertThat(this.events).contains(new TaskLostEvent(FIRST, 100, TaskLostEvent.Cause.LEASE_EXPIRED));
		contact(false);
		assertThat(ownership.phase()).as("an answer comes too late").isEqualTo(Phase.LOST);
		assertThat(this.life.rejoin().due()).isNotNull();
	}

	@Test
	void whatItHadReleasedWhenTheLeaseExpiresIsWhatItKnowsAndNoMore() {
		this.runner.stopAtOnce(false);
		this.runner.progress(Instant.ofEpochMilli(77));
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		assigned(2, List.of(), List.of(new Shards("crawler", ShardSet.of(0))));
		this.runner.finish(FIRST);
		this.clocks.advance(Duration.ofSeconds(10));
		this.life.checkLease();
		this.life.beforePoll();
		assertThat(this.life.memberMetadata().releases()).as("its next owner may have gone further")
			.containsExactly(Progress.lost(FIRST, List.of(Instant.ofEpochMilli(77)), 2));
	}

	@Test
	void doesNotResumeUnderItsOldTokenWhatItHasLost() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.clocks.advance(Duration.ofSeconds(10));
		this.life.checkLease();
		this.life.beforePoll();
		this.life.memberMetadata();
		this.runner.calls().clear();
		assigned(2, List.of(grant(100, 1, 0)), List.of());
		assertThat(this.runner.calls()).isEmpty();
		assertThat(this.life.rejoin().due()).isNotNull();
		assigned(3, List.of(grant(200, 3, 0)), List.of());
		assertThat(this.runner.calls()).containsExactly("start crawler[0]");
	}

	@Test
	void losesEverythingWhenTheCoordinatorForgetsTheMember() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		assertThat(this.life.phase()).isEqualTo(MemberPhase.JOINING);
		assertThat(this.runner.calls()).contains("lost crawler[0]");
		assertThat(this.life.memberMetadata().generation()).isEqualTo(-1);
	}

	@Test
	void announcesWhatStillRunsAfterALoss() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		assertThat(this.life.memberMetadata().claims()).extracting(Claim::hold).containsExactly(Hold.LOST);
		this.runner.finish(FIRST);
		this.life.beforePoll();
		assertThat(this.life.rejoin().due()).isNotNull();
		assertThat(this.life.memberMetadata().claims()).isEmpty();
	}

	@Test
	void losesAtOnceWhatTheLeaderDoesNotMention() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		assigned(2, List.of(), List.of());
		assertThat(this.runner.calls()).containsExactly("start crawler[0]", "lost crawler[0]");
	}

	@Test
	void startsNothingFromTheAssignmentOfAFormerStart() {
		contact(false);
		this.life.assigned("member", 1, "sticky", new MemberAssignment(1, "a", "a", "another", 1, 100,
				List.of(grant(100, 1, 0)), List.of(), List.of(), List.of(), null));
		assertThat(this.runner.calls()).isEmpty();
		assertThat(this.life.rejoin().due()).isNotNull();
	}

	@Test
	void stopsEverythingWhenItsAssignmentCannotBeRead() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.life.assigned("member", 2, "sticky", null);
		this.life.setProblem(null, false);
		assertThat(this.life.snapshot().needsRemedy()).as("being in the group does not mend it").isTrue();
		assertThat(this.runner.calls()).contains("lost crawler[0]");
	}

	@Test
	void drainsThenIsHandedOver() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0, 1)), List.of());
		this.life.drain();
		assertThat(this.runner.calls()).contains("revoke crawler[0]", "revoke crawler[1]");
		this.runner.finish(FIRST);
		this.life.beforePoll();
		this.clocks.advance(Duration.ofMillis(150));
		assertThat(this.life.rejoin().due()).as("others take the first at once").isNotNull();
		MemberMetadata state = this.life.memberMetadata();
		assertThat(state.draining()).isTrue();
		assertThat(state.claims()).extracting(Claim::shards).containsExactly(ShardSet.of(1));
		assertThat(this.life.isHandedOver()).isFalse();
		this.runner.finish(new TaskId("crawler", 1));
		this.life.beforePoll();
		assertThat(this.life.isHandedOver()).as("nobody knows it yet").isFalse();
		this.life.memberMetadata();
		assigned(2, List.of(), List.of());
		assertThat(this.life.isHandedOver()).isTrue();
		this.life.left();
		assertThat(this.life.phase()).isEqualTo(MemberPhase.STOPPED);
	}

	@Test
	void takesNothingNewWhileItDrains() {
		assigned(1, List.of(), List.of());
		this.life.drain();
		assigned(2, List.of(grant(100, 2, 0)), List.of());
		assertThat(this.runner.calls()).isEmpty();
	}

	@Test
	void aHandOverTakesFromTheWordToStopUntilTheLeaderHasGivenTheShardOn() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0, 1)), List.of());
		assigned(2, List.of(grant(100, 1, 1)), List.of(new Shards("crawler", ShardSet.of(0))));
		this.clocks.advance(Duration.ofMillis(300));
		this.runner.finish(FIRST);
		this.life.beforePoll();
		assigned(3, List.of(grant(100, 1, 1)), List.of(new Shards("crawler", ShardSet.of(0))));
		assertThat(lastRebalance().handedOver()).as("the leader has not heard of it").isEmpty();
		this.clocks.advance(Duration.ofMillis(40));
		this.life.memberMetadata();
		this.clocks.advance(Duration.ofMillis(2));
		assigned(4, List.of(grant(100, 1, 1)), List.of());
		assertThat(lastRebalance().handedOver()).containsExactly(Map.entry(FIRST, Duration.ofMillis(342)));
		assertThat(lastRebalance().duration()).isEqualTo(Duration.ofMillis(2));
	}

	@Test
	void whatComesFromAnOwnerThatHasJustVanishedHasRestedSinceTheGroupGatheredAtMost() {
		assigned(1, List.of(), List.of());
		contact(true);
		this.clocks.advance(Duration.ofMillis(70));
		assigned(2,
				List.of(new Grant("crawler", 4, 200, SINCE, 2, Origin.FAILED_OVER, ShardSet.of(0)), grant(200, 2, 1)),
				List.of());
		assertThat(lastRebalance().failedOver()).containsExactly(Map.entry(FIRST, Duration.ofMillis(570)));
		assigned(3,
				List.of(new Grant("crawler", 4, 200, SINCE, 2, Origin.FAILED_OVER, ShardSet.of(0)), grant(200, 2, 1)),
				List.of());
		assertThat(lastRebalance().failedOver()).as("once").isEmpty();
	}

	@Test
	void whatComesBackToItsOwnerComesFromNobodyWhoHasVanished() {
		assigned(1, List.of(grant(100, 1, 0, 1)), List.of());
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		this.life.beforePoll();
		assigned(2, List.of(vanished(200, 2, 0, 2)), List.of());
		assertThat(lastRebalance().failedOver()).containsOnlyKeys(new TaskId("crawler", 2));
		assigned(3, List.of(vanished(200, 2, 0, 2), vanished(300, 3, 1)), List.of());
		assertThat(lastRebalance().failedOver()).as("another one may have had it meanwhile")
			.containsOnlyKeys(new TaskId("crawler", 1));
	}

	@Test
	void whatIsStillStoppingWhenTheGroupIsBackComesBackToItsOwnerToo() {
		this.runner.stopAtOnce(false);
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		assigned(2, List.of(), List.of());
		this.runner.finish(FIRST);
		this.life.beforePoll();
		assigned(3, List.of(vanished(300, 3, 0)), List.of());
		assertThat(lastRebalance().failedOver()).isEmpty();
	}

	@Test
	void whoseLastWordIsKnownHasNotVanished() {
		contact(false);
		TaskId id = new TaskId("crawler", 3);
		this.life.assigned("member", 1, "sticky", new MemberAssignment(1, "a", "a", "me", 1, 100,
				List.of(vanished(100, 1, 3)), List.of(), List.of(new Progress(id, List.of(SINCE))), List.of(), null));
		assertThat(this.runner.running()).containsKey(id);
		assertThat(lastRebalance().failedOver()).isEmpty();
	}

	private static Grant vanished(long token, int generation, int... shards) {
		return new Grant("crawler", 4, token, SINCE, generation, Origin.FAILED_OVER, ShardSet.of(shards));
	}

	@Test
	void aLossSaysHow() {
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		this.life.membershipLost("UNKNOWN_MEMBER_ID");
		this.life.beforePoll();
		assigned(2, List.of(grant(200, 2, 0)), List.of());
		assigned(3, List.of(), List.of());
		this.life.beforePoll();
		assigned(4, List.of(grant(300, 4, 0)), List.of());
		this.life.assigned("member", 5, "sticky", null);
		this.life.beforePoll();
		this.runner.stopAtOnce(false);
		assigned(6, List.of(grant(400, 6, 0)), List.of());
		this.life.drain();
		this.life.abandon();
		assertThat(this.events).filteredOn(TaskLostEvent.class::isInstance)
			.extracting((event) -> ((TaskLostEvent) event).cause())
			.containsExactly(TaskLostEvent.Cause.MEMBERSHIP_LOST, TaskLostEvent.Cause.TAKEN_AWAY,
					TaskLostEvent.Cause.TAKEN_AWAY, TaskLostEvent.Cause.LEFT_BEHIND);
	}

	private GroupRebalancedEvent lastRebalance() {
		return this.events.stream()
			.filter(GroupRebalancedEvent.class::isInstance)
			.map(GroupRebalancedEvent.class::cast)
			.reduce((one, other) -> other)
			.orElseThrow();
	}

	@Test
	void itsFiguresSayNothingOfAGroupThatItIsCutOffFrom() {
		FiguresView figures = new FiguresView(this.life, new RecordFullness(), this.clocks);
		assigned(1, List.of(grant(100, 1, 0)), List.of());
		assertThat(figures.now().generation()).isEqualTo(1);
		assertThat(figures.now().instances()).isPositive();
		this.clocks.advance(Duration.ofSeconds(11));
		this.life.checkLease();
		assertThat(figures.now()).isEqualTo(new EngineFigures(-1, 0, false, Map.of(), Map.of(), Map.of(),
				Duration.ofSeconds(11), Duration.ZERO, 0, 0));
	}

	@Test
	void isDisconnectedWhenTheCoordinatorIsNotThereFromTheBeginning() {
		this.life.checkLease();
		assertThat(this.life.phase()).isEqualTo(MemberPhase.JOINING);
		this.clocks.advance(Duration.ofSeconds(11));
		this.life.checkLease();
		assertThat(this.life.phase()).isEqualTo(MemberPhase.DISCONNECTED);
	}

	@Test
	void aStaticMemberLetsNobodyRunForASessionWhatItsFormerProcessMayRun() {
		MemberLifecycle life = staticLife();
		life.replaces(former(List.of(grant(100, 1, 0)), List.of()));
		assertThat(life.memberMetadata().replacing()).as("it does not know what until it has the assignment").isTrue();
		assertThat(life.memberMetadata().session()).isEqualTo(Duration.ofSeconds(10));
		contact(life);
		life.assigned("member", 1, "sticky",
				former(List.of(grant(100, 1, 0)), List.of(new Shards("crawler", ShardSet.of(3)))));
		assertThat(this.runner.calls()).isEmpty();
		assertThat(life.rejoin().due()).isNotNull();
		MemberMetadata state = life.memberMetadata();
		assertThat(state.replacing()).isFalse();
		assertThat(state.claims()).containsExactly(new Claim("crawler", 4, 100, SINCE, 1, Hold.LOST, ShardSet.of(0)),
				new Claim("crawler", 4, 0, Instant.EPOCH, 1, Hold.LOST, ShardSet.of(3)));
		this.clocks.advance(Duration.ofMillis(9999));
		life.beforePoll();
		assertThat(life.memberMetadata().claims()).hasSize(2);
		this.clocks.advance(Duration.ofMillis(1));
		life.beforePoll();
		assertThat(life.rejoin().due()).isNotNull();
		assertThat(life.memberMetadata().claims()).isEmpty();
	}

	@Test
	void theSessionThatCountsIsThatOfTheFormerProcess() {
		MemberLifecycle life = staticLife();
		contact(life);
		life.assigned("member", 1, "sticky",
				new MemberAssignment(1, "a", "a", "another", 1, 100, List.of(grant(100, 1, 0)), List.of(), List.of(),
						List.of(), null, List.of(), Duration.ofSeconds(60), false, List.of(), Map.of(), null));
		this.clocks.advance(Duration.ofSeconds(59));
		life.beforePoll();
		assertThat(life.memberMetadata().claims()).isNotEmpty();
		assertThat(life.memberMetadata().session()).as("for the next process").isEqualTo(Duration.ofSeconds(60));
		this.clocks.advance(Duration.ofSeconds(1));
		life.beforePoll();
		assertThat(life.memberMetadata().session()).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void whoseFormerProcessMayRunSomethingDoesNotLeave() {
		MemberLifecycle life = staticLife();
		assertThat(life.guardsTakenOver()).isFalse();
		life.replaces(null);
		assertThat(life.guardsTakenOver()).isTrue();
		contact(life);
		life.assigned("member", 1, "sticky", former(List.of(grant(100, 1, 0)), List.of()));
		assertThat(life.guardsTakenOver()).isTrue();
		this.clocks.advance(Duration.ofSeconds(10));
		life.beforePoll();
		assertThat(life.guardsTakenOver()).isFalse();
	}

	@Test
	void aStaticMemberWhoseFormerProcessStoppedInOrderStartsAtOnce() {
		MemberLifecycle life = staticLife();
		MemberAssignment away = former(List.of(), List.of());
		life.replaces(away);
		assertThat(life.memberMetadata().replacing()).isFalse();
		contact(life);
		life.assigned("member", 1, "sticky", away);
		assertThat(life.memberMetadata().claims()).isEmpty();
		assertThat(life.memberMetadata().kept()).as("it tells the leader, or is the leader").isEqualTo(away.kept());
		contact(life);
		life.assigned("member", 2, "sticky", mine(2, List.of(grant(200, 2, 0))));
		assertThat(this.runner.calls()).containsExactly("start crawler[0]");
	}

	@Test
	void whoCannotReadWhatItsFormerProcessWasAssignedSaysSoForASession() {
		MemberLifecycle life = staticLife();
		life.replaces(null);
		contact(life);
		life.assigned("member", 3, "sticky", mine(3, List.of()));
		assertThat(life.memberMetadata().replacing()).isTrue();
		this.clocks.advance(Duration.ofSeconds(10));
		life.beforePoll();
		assertThat(life.rejoin().due()).isNotNull();
		assertThat(life.memberMetadata().replacing()).isFalse();
	}

	@Test
	void oneProcessIsNotItsOwnFormerOne() {
		MemberLifecycle life = staticLife();
		life.replaces(mine(3, List.of(grant(100, 3, 0))));
		assertThat(life.memberMetadata().replacing()).isFalse();
	}

	@Test
	void whatItHasLostIsNotBegunAgainWhenTheSameAssignmentIsHandedOutOnceMore() {
		MemberLifecycle life = staticLife();
		contact(life);
		life.assigned("member", 1, "sticky", mine(1, List.of(grant(100, 1, 0))));
		this.clocks.advance(Duration.ofSeconds(10));
		life.checkLease();
		this.runner.calls().clear();
		life.beforePoll();
		life.memberMetadata();
		contact(life);
		life.assigned("member-2", 1, "sticky", mine(1, List.of(grant(100, 1, 0))));
		assertThat(this.runner.calls()).isEmpty();
		assertThat(life.rejoin().due()).as("the leader has not heard it").isNotNull();
	}

	@Test
	void aStaticMemberSaysThatItIsAwayWhenEverythingHasStopped() {
		this.runner.stopAtOnce(false);
		MemberLifecycle life = staticLife();
		contact(life);
		life.assigned("member", 1, "sticky", mine(1, List.of(grant(100, 1, 0, 1))));
		life.memberMetadata();
		life.drain();
		this.runner.finish(FIRST);
		life.beforePoll();
		this.clocks.advance(Duration.ofSeconds(1));
		assertThat(life.rejoin().due()).as("nobody takes the first before").isNull();
		this.runner.finish(new TaskId("crawler", 1));
		life.beforePoll();
		assertThat(life.rejoin().due()).isNotNull();
		assertThat(life.isHandedOver()).isFalse();
		MemberMetadata state = life.memberMetadata();
		assertThat(state.draining()).isTrue();
		assertThat(state.claims()).isEmpty();
		assertThat(state.releases()).hasSize(2);
		contact(life);
		life.assigned("member", 2, "sticky", mine(2, List.of()));
		assertThat(life.isHandedOver()).isTrue();
	}

	@Test
	void aStaticMemberDoesNotWaitForEverToBeHeard() {
		MemberLifecycle life = staticLife();
		contact(life);
		life.assigned("member", 1, "sticky", mine(1, List.of()));
		life.drain();
		assertThat(life.isHandedOver()).isFalse();
		this.clocks.advance(Duration.ofMillis(5001));
		assertThat(life.isHandedOver()).isTrue();
	}

	private MemberLifecycle staticLife() {
		return new MemberLifecycle(new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500),
				Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ZERO, true, false),
				"me", this.runner, this.shards,
				new Leader(Map.of(), new AssignorInvoker(Duration.ofSeconds(1)), Duration.ZERO, this.clocks),
				this.clocks, () -> {
				});
	}

	private MemberAssignment former(List<Grant> grants, List<Shards> revoked) {
		return new MemberAssignment(1, "a", "a", "another", 1, 100, grants, revoked, List.of(), List.of(), null,
				List.of(new Reservation("a", null, null, "crawler", 4, ShardSet.of(0), List.of())), Duration.ZERO,
				false, List.of(), Map.of(), null);
	}

	private static MemberAssignment mine(int generation, List<Grant> grants) {
		return new MemberAssignment(generation, "a", "a", "me", 1, 200, grants, List.of(), List.of(), List.of(), null);
	}

	private void contact(MemberLifecycle life) {
		life.contact(this.clocks.nanos(), this.clocks.millis(), false);
	}

	@Test
	void knowsNoWayBackFromTheEnd() {
		assertThatIllegalStateException().isThrownBy(() -> MemberPhase.STOPPED.moveTo(MemberPhase.STABLE))
			.withMessage("An instance cannot go from STOPPED to STABLE");
	}

	private void contact(boolean rebalancing) {
		this.life.contact(this.clocks.nanos(), this.clocks.millis(), rebalancing);
	}

	private void assigned(int generation, List<Grant> grants, List<Shards> revoked) {
		contact(false);
		apply(generation, grants, revoked);
	}

	private void apply(int generation, List<Grant> grants, List<Shards> revoked) {
		this.life.assigned("member", generation, "sticky",
				new MemberAssignment(generation, "a", "a", "me", 1, 100, grants, revoked, List.of(), List.of(), null));
	}

	private static Grant grant(long token, int generation, int... shards) {
		return new Grant("crawler", 4, token, SINCE, generation, Origin.HANDED_OVER, ShardSet.of(shards));
	}

}
