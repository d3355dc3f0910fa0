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

package io.distributedtask.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Source;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import io.distributedtask.actuate.endpoint.ChangeDescriptor.ChangeKind;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.OperatorDecisionEvent.Decision;
import io.distributedtask.event.TaskLostEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link AssignmentHistory}.
 */
class AssignmentHistoryTests {

	private static final Instant AT = Instant.parse("2026-11-24T10:15:30.123456789Z");

	private static final Instant SINCE = Instant.parse("2026-11-24T10:15:29.5Z");

	private final DistributedTasks distributedTasks = mock(DistributedTasks.class);

	private final AssignmentHistory history = new AssignmentHistory(this.distributedTasks);

	@BeforeEach
	void self() {
		given(this.distributedTasks.membership())
			.willReturn(new Membership("shop-1", GroupStatus.STABLE, 12, null, 0, List.of(), null, false));
	}

	@AfterEach
	void close() {
		this.history.close();
	}

	@Test
	void whatIsThereAtFirstIsAssigned() {
		see(group(12, "shop-1", "shop-2"), owned("shop-1", 7L), owned("shop-1", 7L), owned("shop-2", 8L), nobody());
		assertThat(this.history.changes()).containsExactly(
				change(SINCE, ChangeKind.ASSIGNED, "0-1", null, "shop-1", 12, null),
				change(SINCE, ChangeKind.ASSIGNED, "2", null, "shop-2", 12, null));
	}

	@Test
	void whatDoesNotChangeIsNotTold() {
		see(group(12, "shop-1"), owned("shop-1", 7L));
		see(group(13, "shop-1"), owned("shop-1", 7L));
		assertThat(this.history.changes()).hasSize(1);
	}

	@Test
	void aHandOverIsRevokedAndMoved() {
		see(group(12, "shop-1"), owned("shop-1", 7L), owned("shop-1", 7L));
		see(group(13, "shop-1", "shop-2"), owned("shop-1", 7L), revoking("shop-1"));
		see(group(14, "shop-1", "shop-2"), owned("shop-1", 7L), owned("shop-2", 9L));
		assertThat(this.history.changes().subList(1, 4)).containsExactly(
				ChangeDescriptor.ofInstance(AT, ChangeKind.JOINED, null, "shop-2", 13),
				change(AT, ChangeKind.REVOKED, "1", "shop-1", null, 13, "told to stop"),
				change(SINCE, ChangeKind.MOVED, "1", "shop-1", "shop-2", 14, "hand-over"));
	}

	@Test
	void whatIsTakenOverFromAnInstanceThatIsGoneSaysSo() {
		see(group(12, "shop-1", "shop-2"), owned("shop-2", 7L), owned("shop-2", 7L));
		see(group(13, "shop-1"), owned("shop-1", 9L), nobody());
		assertThat(this.history.changes().subList(1, 4)).containsExactly(
				ChangeDescriptor.ofInstance(AT, ChangeKind.LEFT, "shop-2", null, 13),
				change(SINCE, ChangeKind.MOVED, "0", "shop-2", "shop-1", 13, "shop-2 is gone"),
				change(AT, ChangeKind.LOST, "1", "shop-2", null, 13, "shop-2 is gone"));
	}

	@Test
	void whatIsTakenOverFromAnInstanceThatIsStillThereWasLostByIt() {
		see(group(12, "shop-1", "shop-2"), owned("shop-2", 7L), owned("shop-2", 7L));
		see(group(13, "shop-1", "shop-2"), takenOver("shop-1", true), takenOver("shop-1", false));
		assertThat(this.history.changes().subList(1, 3)).containsExactly(
				change(SINCE, ChangeKind.MOVED, "0", "shop-2", "shop-1", 13, "shop-2 had lost it"),
				change(SINCE, ChangeKind.MOVED, "1", "shop-2", "shop-1", 13, "hand-over"));
	}

	@Test
	void anInstanceThatHasDrainedIsNotGone() {
		see(group(12, "shop-1", "shop-2"), owned("shop-2", 7L), owned("shop-2", 7L));
		see(group(13, "shop-1"), takenOver("shop-1", false), takenOver("shop-1", true));
		assertThat(this.history.changes().subList(2, 4)).containsExactly(
				change(SINCE, ChangeKind.MOVED, "0", "shop-2", "shop-1", 13, "shop-2 has handed it over and left"),
				change(SINCE, ChangeKind.MOVED, "1", "shop-2", "shop-1", 13, "shop-2 is gone"));
	}

	@Test
	void afterAnOutageNobodyIsSaidToHaveHandedOverAnything() {
		see(group(12, "shop-1", "shop-2"), owned("shop-1", 7L), owned("shop-2", 8L), owned("shop-2", 8L),
				owned("shop-2", 8L));
		this.history.lost(new TaskLostEvent(new TaskId("crawler", 0), 7, TaskLostEvent.Cause.LEASE_EXPIRED));
		Instant lastContact = Instant.parse("2026-11-24T10:15:20Z");
		this.history.membershipLost(new MembershipLostEvent(lastContact, "the lease has expired"));
		see(group(14, "shop-1", "shop-2"), takenOver("shop-2", true), takenOver("shop-1", true), owned("shop-2", 8L),
				nobody());
		assertThat(this.history.changes().subList(2, this.history.changes().size()))
			.extracting(ChangeDescriptor::kind, ChangeDescriptor::shards, ChangeDescriptor::from, ChangeDescriptor::to,
					ChangeDescriptor::reason)
			.containsExactly(tuple(ChangeKind.LOST, "0", "shop-1", null, "its lease has expired"),
					tuple(ChangeKind.UNKNOWN, null, null, null, "the lease has expired"),
					tuple(ChangeKind.ASSIGNED, "0", null, "shop-2", null),
					tuple(ChangeKind.ASSIGNED, "1", null, "shop-1", "shop-2 owned it when it was last known"),
					tuple(ChangeKind.LOST, "3", null, null, "shop-2 owned it when it was last known"));
		assertThat(this.history.changes()).filteredOn((change) -> change.kind() == ChangeKind.UNKNOWN)
			.extracting(ChangeDescriptor::at)
			.containsExactly(lastContact);
	}

	@Test
	void decisionsOfOperatorsAreTold() {
		Instant at = Instant.parse("2026-11-24T10:15:20Z");
		this.history.decided(new OperatorDecisionEvent(at, Decision.PAUSE, null, null, null, "shop-2"));
		this.history.decided(new OperatorDecisionEvent(at, Decision.MOVE, "crawler", 3, "shop-3", "shop-2"));
		assertThat(this.history.changes())
			.extracting(ChangeDescriptor::kind, ChangeDescriptor::task, ChangeDescriptor::shards, ChangeDescriptor::to,
					ChangeDescriptor::reason, ChangeDescriptor::askedOn)
			.containsExactly(tuple(ChangeKind.DECIDED, null, null, null, "pause", "shop-2"),
					tuple(ChangeKind.DECIDED, "crawler", "3", "shop-3", "move", "shop-2"));
	}

	@Test
	void aNewOwnershipOfTheSameInstanceIsToldToo() {
		see(group(12, "shop-1"), owned("shop-1", 7L));
		see(group(13, "shop-1"), owned("shop-1", 9L));
		assertThat(this.history.changes()).last()
			.isEqualTo(change(SINCE, ChangeKind.ASSIGNED, "0", null, "shop-1", 13, "again"));
	}

	@Test
	void ownLossesOfAMomentAreOneChangeAndAreNotToldAgain() {
		see(group(12, "shop-1"), owned("shop-1", 7L), owned("shop-1", 7L), owned("shop-1", 7L));
		for (int shard = 0; shard < 3; shard++) {
			this.history.lost(new TaskLostEvent(new TaskId("crawler", shard), 7, TaskLostEvent.Cause.LEASE_EXPIRED));
		}
		await().untilAsserted(() -> assertThat(this.history.changes()).last().satisfies((change) -> {
			assertThat(change.kind()).isEqualTo(ChangeKind.LOST);
			assertThat(change.shards()).isEqualTo("0-2");
			assertThat(change.from()).isEqualTo("shop-1");
			assertThat(change.reason()).isEqualTo("its lease has expired");
		}));
		see(group(14, "shop-2"), owned("shop-2", 9L), owned("shop-2", 9L), nobody());
		assertThat(this.history.changes()).filteredOn((change) -> change.kind() == ChangeKind.LOST).hasSize(1);
		assertThat(this.history.changes()).last()
			.isEqualTo(change(SINCE, ChangeKind.ASSIGNED, "0-1", null, "shop-2", 14, null));
	}

	@Test
	void aRebalanceInProgressAndAnOwnViewTeachNothing() {
		see(group(12, "shop-1"), owned("shop-1", 7L));
		Assignments.Group rebalancing = new Assignments.Group("shop-tasks", GroupStatus.REBALANCING, 12, null, null,
				null);
		assertThat(this.history.see(assignments(rebalancing, Source.COORDINATOR, List.of(), nobody()))).isFalse();
		assertThat(
				this.history.see(assignments(group(12, "shop-1").group(), Source.LOCAL, List.of("shop-1"), nobody())))
			.isFalse();
		assertThat(this.history.changes()).hasSize(1);
	}

	@Test
	void aRebalanceIsToldAndTheGroupLookedAtAfterIt() {
		given(this.distributedTasks.assignments()).willReturn(
				assignments(group(12, "shop-1").group(), Source.COORDINATOR, List.of("shop-1"), owned("shop-1", 7L)));
		this.history.rebalanced(new GroupRebalancedEvent(12, "shop-1", 1, GroupRebalancedEvent.Cause.STARTED,
				Duration.ofMillis(5), Map.of(), Map.of()));
		assertThat(this.history.changes()).singleElement().satisfies((change) -> {
			assertThat(change.kind()).isEqualTo(ChangeKind.REBALANCED);
			assertThat(change.reason()).isEqualTo("this instance joined");
			assertThat(change.leader()).isEqualTo("shop-1");
			assertThat(change.instances()).isEqualTo(1);
		});
		await().untilAsserted(() -> assertThat(this.history.changes()).extracting(ChangeDescriptor::kind)
			.containsExactly(ChangeKind.REBALANCED, ChangeKind.ASSIGNED));
	}

	@Test
	void remembersTheLastFiveHundred() {
		for (int i = 0; i < 300; i++) {
			see(group(i, "shop-1", "shop-2"), owned("shop-1", 2L * i));
			see(group(i, "shop-1", "shop-2"), owned("shop-2", 2L * i + 1));
		}
		assertThat(this.history.changes()).hasSize(500).last().satisfies((change) -> {
			assertThat(change.generation()).isEqualTo(299);
			assertThat(change.to()).isEqualTo("shop-2");
		});
	}

	@Test
	void moreThanAHundredChangesAtOnceAreSummedUp() {
		List<Assignments.Task> tasks = new ArrayList<>();
		for (int i = 0; i < 150; i++) {
			tasks.add(new Assignments.Task("tenant-" + i, 2, 1, "", false,
					List.of(owned("shop-1", 7L).at(0), owned("shop-1", 7L).at(1))));
		}
		Group group = group(12, "shop-1");
		this.history.see(new Assignments(group.group(), "shop-1", Source.COORDINATOR, AT, group.list(), tasks));
		assertThat(this.history.changes()).hasSize(101).last().satisfies((change) -> {
			assertThat(change.kind()).isEqualTo(ChangeKind.MORE);
			assertThat(change.reason()).isEqualTo("100 more shards of 50 tasks");
		});
	}

	private static ChangeDescriptor change(Instant at, ChangeKind kind, String shards, @Nullable String from,
			@Nullable String to, int generation, @Nullable String reason) {
		return ChangeDescriptor.ofTask(at, kind, "crawler", from, to, generation, reason).withShards(shards);
	}

	private void see(Group group, Shard... shards) {
		assertThat(this.history.see(assignments(group.group(), Source.COORDINATOR, group.names(), shards))).isTrue();
	}

	private static Assignments assignments(Assignments.Group group, Source source, List<String> names,
			Shard... shards) {
		List<Assignment> list = new ArrayList<>();
		for (int i = 0; i < shards.length; i++) {
			list.add(shards[i].at(i));
		}
		return new Assignments(group, "shop-1", source, AT, new Group(group, names).list(),
				List.of(new Assignments.Task("crawler", shards.length, 1, "", false, list)));
	}

	private static Group group(int generation, String... names) {
		return new Group(new Assignments.Group("shop-tasks", GroupStatus.STABLE, generation, "sticky", "shop-1", null),
				Arrays.asList(names));
	}

	private static Shard owned(String owner, Long token) {
		return (shard) -> new Assignment(shard, owner, AssignmentStatus.OWNED, token, SINCE, null, null);
	}

	private static Shard takenOver(String owner, boolean takenOver) {
		return (shard) -> new Assignment(shard, owner, AssignmentStatus.OWNED, 9L, SINCE, null, null, takenOver);
	}

	private static Shard revoking(String owner) {
		return (shard) -> new Assignment(shard, owner, AssignmentStatus.REVOKING, null, null, "told to stop", null);
	}

	private static Shard nobody() {
		return (shard) -> new Assignment(shard, null, AssignmentStatus.UNASSIGNED, null, null, "why", null);
	}

	private record Group(Assignments.Group group, List<String> names) {

		List<Instance> list() {
			return this.names.stream()
				.map((name) -> new Instance(name, name + "-id", "10.0.0.1", Map.of(), 1, false, false, false, null, 0))
				.toList();
		}

	}

	private interface Shard {

		Assignment at(int shard);

	}

}
