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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
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
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Reservations}, by the rounds of a group: whose shards go where when
 * somebody leaves and comes back.
 */
class ReservationsTests {

	private static final Duration SESSION = Duration.ofSeconds(10);

	private static final Duration DELAY = Duration.ofSeconds(60);

	private static final Progress FIRED = new Progress(new TaskId("crawler", 0),
			List.of(Instant.parse("2026-11-24T10:00:00Z")));

	private final ManualClocks clocks = new ManualClocks();

	private final Map<String, Peer> group = new TreeMap<>();

	private TaskDefinition task = TaskDefinition.of("crawler").withShards(8);

	private Duration delay = DELAY;

	private int generation;

	private String leader = "a";

	private long budget = Long.MAX_VALUE;

	private @Nullable Duration retryAfter;

	private Map<String, MemberAssignment> plan = Map.of();

	@BeforeEach
	void fourInstancesOwnTwoShardsEach() {
		begin(DELAY, false);
	}

	private void begin(Duration delay, boolean isStatic) {
		this.delay = delay;
		this.generation = 0;
		this.group.clear();
		List.of("a", "b", "c", "d").forEach(this::join);
		this.group.values().forEach((peer) -> peer.isStatic = isStatic);
		settle();
		assertThat(this.group.values()).allSatisfy((peer) -> assertThat(peer.owned().size()).isEqualTo(2));
	}

	@Test
	void withoutADelayOthersGetThemAtOnce() {
		begin(Duration.ZERO, false);
		ShardSet orphans = vanish("d");
		round();
		assertThat(granted(orphans)).isTrue();
		assertThat(this.retryAfter).isNull();
		assertThat(this.plan.values()).allSatisfy((assignment) -> assertThat(assignment.kept()).isEmpty());
	}

	@Test
	void shardsOfAnInstanceThatIsGoneAreKeptUntilTheDelayIsOver() {
		ShardSet orphans = vanish("d");
		round();
		Instant until = now().plus(DELAY);
		assertThat(unassigned()).containsExactly(new Unassigned("crawler", orphans,
				"reserved for d until " + until.toString().replaceAll("\\..*Z", "Z")));
		assertThat(this.retryAfter).isEqualTo(DELAY);
		this.clocks.advance(Duration.ofSeconds(20));
		round();
		assertThat(unassigned()).extracting(Unassigned::shards).containsExactly(orphans);
		assertThat(this.retryAfter).isEqualTo(Duration.ofSeconds(40));
		this.clocks.advance(Duration.ofSeconds(40));
		round();
		assertThat(unassigned()).isEmpty();
		assertThat(newGrants()).allSatisfy((grant) -> {
			assertThat(grant.origin()).isEqualTo(Origin.FAILED_OVER);
			assertThat(grant.ownerless()).as("to look for missed instants from there").isEqualTo(until.minus(DELAY));
		});
	}

	@Test
	void aKeptShardThatAnOperatorWantsElsewhereGoesThere() {
		ShardSet orphans = vanish("d");
		round();
		int wanted = orphans.stream().min().orElseThrow();
		this.group.get("a").control = List
			.of(new OperatorCommand(new Key(Kind.MOVE, "crawler", wanted), "b", this.clocks.millis(), "a"));
		round();
		assertThat(owned().get("b").contains(wanted)).isTrue();
		assertThat(unassigned()).extracting(Unassigned::shards)
			.containsExactly(orphans.filter((shard) -> shard != wanted));
	}

	@Test
	void whoComesBackInTimeGetsItsOwnAndNothingMoves() {
		Map<String, ShardSet> before = owned();
		vanish("d");
		round();
		join("d");
		settle();
		assertThat(owned()).isEqualTo(before);
		assertThat(revocations()).isZero();
		assertThat(this.retryAfter).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2 })
	void whoComesBackBeforeItsCrashedProcessIsMissedGetsItsOwn(int memberNumber) {
		// one shard each, or balance would give another one's to the returner
		List.of("e", "f", "g", "h").forEach(this::join);
		settle();
		Peer returner = returner("d", memberNumber);
		round();
		ShardSet orphans = vanish("d");
		round();
		assertThat(unassigned()).isEmpty();
		assertThat(returner.owned()).isEqualTo(orphans);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 2 })
	void whoComesBackBeforeItsFormerProcessHasStoppedGetsItsOwn(int memberNumber) {
		ShardSet before = this.group.get("d").owned();
		this.group.get("d").draining = true;
		Peer returner = returner("d", memberNumber);
		round();
		round();
		vanish("d");
		round();
		assertThat(unassigned()).isEmpty();
		assertThat(returner.owned().stream()).containsAll(() -> before.stream().iterator());
	}

	@Test
	void severalThatAreGoneAtATimeGetEachItsOwn() {
		Map<String, ShardSet> before = owned();
		vanish("b");
		round();
		vanish("d");
		round();
		join("d");
		settle();
		join("b");
		settle();
		assertThat(owned()).isEqualTo(before);
		assertThat(revocations()).isZero();
	}

	@Test
	void nothingMovesForANewcomerWhileSomebodyIsExpectedBack() {
		Map<String, ShardSet> before = owned();
		vanish("d");
		join("e");
		settle();
		assertThat(revocations()).isZero();
		assertThat(this.group.get("e").owned().isEmpty()).isTrue();
		join("d");
		round();
		assertThat(owned().get("d").size()).isPositive();
		assertThat(before.get("d").stream()).containsAll(() -> owned().get("d").stream().iterator());
		this.clocks.advance(DELAY);
		settle();
		assertThat(this.group.get("e").owned().size()).as("once everybody is here, loads are balanced").isPositive();
	}

	@Test
	void afterAStopInOrderSchedulesGoOnWhereTheyWere() {
		Map<String, ShardSet> before = owned();
		Peer stopping = ownerOf(0);
		stopInOrder(stopping);
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.containsOnly("reserved for %s while it restarts".formatted(stopping.name));
		this.group.remove(stopping.name);
		if (this.leader.equals(stopping.name)) {
			this.leader = "d";
		}
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.allMatch((reason) -> reason.startsWith("reserved for %s until".formatted(stopping.name)));
		join(stopping.name);
		round();
		assertThat(newGrants()).allSatisfy((grant) -> assertThat(grant.origin()).isEqualTo(Origin.HANDED_OVER));
		assertThat(told(stopping.name).progress()).containsExactly(FIRED);
		settle();
		assertThat(owned()).isEqualTo(before);
		assertThat(revocations()).isZero();
	}

	@Test
	void theNextLeaderKnowsWhoHasGoneWithTheLastOne() {
		Map<String, ShardSet> before = owned();
		vanish("a");
		this.leader = "c";
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.allMatch((reason) -> reason.startsWith("reserved for a"));
		join("a");
		settle();
		assertThat(owned()).isEqualTo(before);
	}

	@Test
	void aNewcomerThatLeadsKnowsItFromTheOthers() {
		Map<String, ShardSet> before = owned();
		vanish("a");
		join("a");
		this.leader = "a";
		settle();
		assertThat(owned()).isEqualTo(before);
		assertThat(revocations()).isZero();
	}

	@Test
	void theDeadlineOutlivesTheLeader() {
		vanish("d");
		round();
		this.clocks.advance(Duration.ofSeconds(50));
		vanish("a");
		this.leader = "b";
		round();
		assertThat(this.retryAfter).isEqualTo(Duration.ofSeconds(10));
	}

	@Test
	void whoOnlyMissedAnAssignmentIsNotWaitedFor() {
		Peer peer = this.group.get("d");
		ShardSet lost = peer.owned();
		peer.forgetEverything();
		round();
		assertThat(unassigned()).isEmpty();
		assertThat(granted(lost)).isTrue();
		assertThat(peer.owned()).isEqualTo(lost);
	}

	@Test
	void withoutRoomForTheListOfOwnersTheLeadersOwnEndIsNotWaitedFor() {
		this.budget = 90;
		round();
		assertThat(told("b").kept()).isEmpty();
		vanish("d");
		round();
		assertThat(unassigned()).as("the leader remembers").isNotEmpty();
		assertThat(told("b").kept()).extracting(Reservation::instance).as("there is room for that").containsOnly("d");
		vanish("a");
		this.leader = "b";
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.allMatch((reason) -> reason.startsWith("reserved for d"));
		assertThat(newGrants()).isNotEmpty();
	}

	@Test
	void withoutAnyRoomNothingIsTold() {
		this.budget = 10;
		vanish("d");
		round();
		assertThat(this.plan.values()).allSatisfy((assignment) -> assertThat(assignment.kept()).isEmpty());
		assertThat(unassigned()).isNotEmpty();
	}

	@Test
	void aTaskWithAnotherNumberOfShardsIsKeptForNobody() {
		vanish("d");
		this.task = this.task.withShards(4);
		this.group.values().forEach(Peer::forgetEverything);
		round();
		assertThat(unassigned()).isEmpty();
	}

	@Test
	void nonsenseOfAMemberIsNotBelieved() {
		vanish("a");
		this.leader = "b";
		Peer liar = this.group.get("c");
		liar.generation = Integer.MAX_VALUE;
		liar.kept = List
			.of(new Reservation("z", null, null, "crawler", 8, ShardSet.of(0, 1, 2, 3, 4, 5, 6, 7), List.of()));
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.allMatch((reason) -> reason.startsWith("reserved for a"));
	}

	@Test
	void aClockThatWasAheadKeepsNothingForLonger() {
		vanish("d");
		round();
		this.clocks.advance(Duration.ofSeconds(-30));
		vanish("a");
		this.leader = "b";
		round();
		assertThat(this.retryAfter).isEqualTo(DELAY);
	}

	@Test
	void aStaticMemberThatStopsIsWaitedForAsLongAsItIsListed() {
		begin(Duration.ZERO, true);
		Map<String, ShardSet> before = owned();
		Peer stopping = ownerOf(0);
		stopInOrder(stopping);
		round();
		this.clocks.advance(Duration.ofHours(1));
		join("e");
		round();
		assertThat(newGrants()).isEmpty();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.containsOnly("reserved for %s while it restarts".formatted(stopping.name));
		this.group.remove("e");
		replace(stopping);
		stopping.generation = this.generation;
		stopping.kept = this.plan.get(stopping.memberId(1)).kept();
		round();
		assertThat(told(stopping.name).progress()).containsExactly(FIRED);
		settle();
		assertThat(owned()).isEqualTo(before);
	}

	@Test
	void aStaticMemberThatIsDroppedIsNotWaitedFor() {
		begin(Duration.ZERO, true);
		Peer stopping = ownerOf(0);
		stopInOrder(stopping);
		round();
		this.group.remove(stopping.name);
		this.leader = "d";
		round();
		assertThat(unassigned()).isEmpty();
		assertThat(newGrants()).allSatisfy((grant) -> assertThat(grant.origin()).isEqualTo(Origin.HANDED_OVER));
	}

	@Test
	void whatAReplacedProcessMayStillRunIsGivenToNobodyForASession() {
		begin(Duration.ZERO, true);
		Map<String, ShardSet> before = owned();
		Peer replaced = this.group.get("d");
		ShardSet ghosts = replaced.owned();
		replace(replaced);
		round();
		assertThat(unassigned())
			.containsExactly(new Unassigned("crawler", ghosts, "an earlier process of d may still run it"));
		assertThat(this.retryAfter).isEqualTo(SESSION);
		assertThat(told("d").revoked()).as("for the next process, if there is one")
			.containsExactly(new Shards("crawler", ghosts));
		this.clocks.advance(SESSION.minusMillis(1));
		round();
		assertThat(newGrants()).isEmpty();
		this.clocks.advance(Duration.ofMillis(1));
		round();
		assertThat(owned()).isEqualTo(before);
		assertThat(newGrants()).allSatisfy((grant) -> assertThat(grant.origin()).isEqualTo(Origin.FAILED_OVER));
	}

	@Test
	void aMemberThatIsRefusedTakesNoneOfThisAway() {
		begin(Duration.ZERO, true);
		join("liar");
		this.group.get("liar").highestToken = Long.MAX_VALUE / 2;
		Peer replaced = this.group.get("d");
		ShardSet ghosts = replaced.owned();
		replace(replaced);
		round();
		assertThat(told("liar").problem()).isNotNull();
		round();
		assertThat(unassigned())
			.containsExactly(new Unassigned("crawler", ghosts, "an earlier process of d may still run it"));
	}

	@Test
	void whatAReplacedProcessMayStillRunIsWithheldAlsoIfNobodyUnderstandsTheNextOne() {
		begin(Duration.ZERO, true);
		Peer replaced = this.group.get("d");
		ShardSet ghosts = replaced.owned();
		replace(replaced);
		this.group.get("d").highestToken = Long.MAX_VALUE / 2;
		round();
		this.group.get("d").highestToken = 0;
		this.group.remove("d");
		round();
		assertThat(unassigned())
			.containsExactly(new Unassigned("crawler", ghosts, "an earlier process of id-d may still run it"));
	}

	@Test
	void theSameProcessUnderANewMemberIdIsNoDanger() {
		begin(Duration.ZERO, true);
		Peer peer = this.group.get("d");
		peer.memberNumber++;
		peer.forgetEverything();
		round();
		assertThat(unassigned()).isEmpty();
	}

	@Test
	void aLeaderWithoutMemoryGivesNothingAwayThatAReplacedProcessMayRun() {
		begin(Duration.ZERO, true);
		replace(this.group.get("a"));
		Peer other = this.group.get("d");
		replace(other);
		other.replacing = true;
		round();
		assertThat(unassigned()).extracting(Unassigned::reason)
			.containsOnly("an earlier process of d may still run it");
		assertThat(newGrants()).isEmpty();
		assertThat(told("d").replacing()).as("for the next process, if there is one").isTrue();
		round();
		assertThat(newGrants()).as("to have led one round does not make it know").isEmpty();
		other.replacing = false;
		settle();
		assertThat(unassigned()).isEmpty();
	}

	private void join(String name) {
		this.group.put(name, new Peer(name, "x" + this.generation));
	}

	/**
	 * Another process of an instance that is still counted in.
	 * @param memberNumber says which of the two comes first by member id
	 */
	private Peer returner(String name, int memberNumber) {
		Peer peer = new Peer(name, "returner");
		peer.memberNumber = memberNumber;
		this.group.put("returner", peer);
		return peer;
	}

	private ShardSet vanish(String name) {
		return this.group.remove(name).owned();
	}

	private void replace(Peer peer) {
		peer.memberNumber++;
		peer.incarnation += "'";
		peer.draining = false;
		peer.generation = -1;
		peer.kept = List.of();
		peer.planner = peer.newPlanner();
		peer.forgetEverything();
	}

	private void stopInOrder(Peer peer) {
		peer.draining = true;
		peer.releases = peer.owned()
			.stream()
			.mapToObj((shard) -> (shard == 0) ? FIRED : new Progress(new TaskId("crawler", shard), List.of()))
			.toList();
		peer.claims.clear();
	}

	private Peer ownerOf(int shard) {
		return this.group.values().stream().filter((peer) -> peer.owned().contains(shard)).findFirst().orElseThrow();
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.clocks.millis());
	}

	private Map<String, ShardSet> owned() {
		Map<String, ShardSet> owned = new TreeMap<>();
		this.group.forEach((name, peer) -> owned.put(name, peer.owned()));
		return owned;
	}

	private MemberAssignment told(String name) {
		return this.plan.get(this.group.get(name).memberId());
	}

	private List<Unassigned> unassigned() {
		return told(this.leader).unassigned();
	}

	private List<Grant> newGrants() {
		return this.plan.values()
			.stream()
			.flatMap((assignment) -> assignment.grants().stream())
			.filter((grant) -> grant.generation() == this.generation)
			.toList();
	}

	private boolean granted(ShardSet shards) {
		return shards.stream()
			.allMatch((shard) -> newGrants().stream().anyMatch((grant) -> grant.shards().contains(shard)));
	}

	private int revocations() {
		return this.group.values().stream().mapToInt((peer) -> peer.revocations).sum();
	}

	private void settle() {
		for (int i = 0; i < 4; i++) {
			round();
		}
		this.group.values().forEach((peer) -> assertThat(peer.claims).allMatch((claim) -> claim.hold() == Hold.OWNED));
	}

	/**
	 * One round, and what the members make of it.
	 */
	private void round() {
		this.generation++;
		Map<String, MemberMetadata> members = new HashMap<>();
		Map<String, String> staticIds = new HashMap<>();
		this.group.forEach((name, peer) -> {
			members.put(peer.memberId(), peer.state());
			if (peer.isStatic) {
				staticIds.put(peer.memberId(), "id-" + name);
			}
		});
		Peer leading = this.group.get(this.leader);
		this.plan = leading.planner.plan(new Round(this.generation, "sticky", leading.memberId(), members, Map.of(),
				true, new Characters(), staticIds), PlanningRounds.ownedUntil(now()));
		this.retryAfter = leading.planner.retryAfter();
		this.group.values().forEach((peer) -> peer.hear(this.plan.get(peer.memberId())));
	}

	private final class Characters implements Budget {

		@Override
		public long size(Map<String, MemberAssignment> assignments) {
			return assignments.values()
				.stream()
				.flatMap((assignment) -> assignment.kept().stream())
				.mapToLong((kept) -> 2L + kept.shards().size())
				.sum();
		}

		@Override
		public long limit() {
			return ReservationsTests.this.budget;
		}

	}

	/**
	 * A member that does what it is told, and stops at once what it has to.
	 */
	private final class Peer {

		private final String name;

		private Leader planner = newPlanner();

		private String incarnation;

		private List<Claim> claims = new ArrayList<>();

		private List<Progress> releases = List.of();

		private List<Reservation> kept = List.of();

		private List<OperatorCommand> control = List.of();

		private boolean draining;

		private boolean replacing;

		private boolean isStatic;

		private int memberNumber = 1;

		private int generation = -1;

		private long highestToken;

		private int revocations;

		private Peer(String name, String incarnation) {
			this.name = name;
			this.incarnation = incarnation;
		}

		private Leader newPlanner() {
			return new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofSeconds(10)),
					ReservationsTests.this.delay, ReservationsTests.this.clocks);
		}

		String memberId() {
			return memberId(this.memberNumber);
		}

		String memberId(int number) {
			return this.name + "-" + number;
		}

		void forgetEverything() {
			this.claims.clear();
		}

		ShardSet owned() {
			List<Integer> shards = new ArrayList<>();
			this.claims.forEach((claim) -> claim.shards().stream().forEach(shards::add));
			return ShardSet.of(shards);
		}

		MemberMetadata state() {
			return new MemberMetadata(this.name, this.incarnation, 0, null, Map.of(), 1.0, this.draining,
					this.generation, this.highestToken, List.of(ReservationsTests.this.task), this.claims,
					this.releases, this.kept, this.isStatic ? SESSION : Duration.ZERO, this.replacing, this.control,
					Map.of(), null);
		}

		void hear(MemberAssignment assignment) {
			this.generation = assignment.generation();
			this.kept = assignment.kept();
			ShardSet held = owned();
			this.releases = List.of();
			this.claims = new ArrayList<>();
			for (Grant grant : assignment.grants()) {
				this.claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
						grant.generation(), Hold.OWNED, grant.shards()));
			}
			for (Shards revoked : assignment.revoked()) {
				this.revocations += revoked.shards().size();
				this.releases = revoked.shards()
					.filter(held::contains)
					.stream()
					.mapToObj((shard) -> new Progress(new TaskId(revoked.task(), shard), List.of()))
					.toList();
			}
		}

	}

}
