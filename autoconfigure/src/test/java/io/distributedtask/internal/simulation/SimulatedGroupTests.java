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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SimulatedBroker} and {@link SimulatedMembership}: they have to behave
 * as a broker and kafka-clients do, or the simulation proves nothing.
 */
class SimulatedGroupTests {

	private static final Duration SESSION = Duration.ofSeconds(4);

	private final VirtualTime time = new VirtualTime();

	private final Random random = new Random(1);

	private final SimulatedNetwork network = new SimulatedNetwork(this.time, this.random);

	private final SimulatedBroker broker = new SimulatedBroker(this.time, this.random, (line) -> {
	});

	private final Peer first = new Peer("a");

	private final Peer second = new Peer("b");

	private final Peer third = new Peer("c");

	@Test
	void membersThatJoinGetOneGeneration() {
		startAll();
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.STABLE);
		assertThat(List.of(this.first.generation, this.second.generation, this.third.generation))
			.containsOnly(this.broker.generation());
	}

	@Test
	void aLeaveIsNoticedWithinOneHeartbeat() {
		startAll();
		int before = this.broker.generation();
		this.third.membership.leave("test", Duration.ZERO);
		this.third.polls = false;
		this.time.pass(Duration.ofMillis(600));
		assertThat(this.broker.generation()).isEqualTo(before + 1);
		assertThat(this.broker.members()).hasSize(2);
		assertThat(this.first.generation).isEqualTo(before + 1);
	}

	@Test
	void aCrashIsNoticedAfterTheSession() {
		startAll();
		this.third.process.kill();
		this.time.pass(SESSION.minusMillis(600));
		assertThat(this.broker.members()).hasSize(3);
		this.time.pass(Duration.ofMillis(1200));
		assertThat(this.broker.members()).hasSize(2);
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.STABLE);
	}

	@Test
	void onlyChangedWordsOfAFollowerStartARebalance() {
		startAll();
		int before = this.broker.generation();
		Peer follower = all().stream()
			.filter((peer) -> !peer.membership.memberId().equals(this.broker.leader()))
			.findFirst()
			.orElseThrow();
		follower.membership.requestRejoin("test");
		this.time.pass(Duration.ofSeconds(1));
		assertThat(this.broker.generation()).isEqualTo(before);
		follower.rejoins++;
		follower.membership.requestRejoin("test");
		this.time.pass(Duration.ofSeconds(1));
		assertThat(this.broker.generation()).isEqualTo(before + 1);
	}

	@Test
	void theLeaderAlwaysStartsARebalance() {
		startAll();
		int before = this.broker.generation();
		Peer leader = all().stream()
			.filter((peer) -> peer.membership.memberId().equals(this.broker.leader()))
			.findFirst()
			.orElseThrow();
		leader.membership.requestRejoin("test");
		this.time.pass(Duration.ofSeconds(1));
		assertThat(this.broker.generation()).isEqualTo(before + 1);
	}

	@Test
	void heartbeatsGoOnWhileJoinGroupWaits() {
		startAll();
		this.third.process.freeze();
		this.first.rejoins++;
		this.first.membership.requestRejoin("test");
		this.time.pass(Duration.ofMillis(300));
		int before = this.first.rebalancing;
		this.time.pass(Duration.ofMillis(2500));
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.PREPARING_REBALANCE);
		assertThat(this.first.rebalancing - before).isGreaterThanOrEqualTo(4);
		this.time.pass(SESSION);
		assertThat(this.broker.members()).hasSize(2);
		assertThat(this.first.lost).isZero();
	}

	@Test
	void aBrokenConnectionIsNoEndOfTheMembership() {
		startAll();
		this.first.rejoins++;
		this.first.membership.requestRejoin("test");
		this.time.pass(Duration.ofMillis(30));
		this.first.link.reset();
		this.time.pass(Duration.ofSeconds(10));
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.STABLE);
		assertThat(this.broker.members()).hasSize(3);
		assertThat(this.first.lost).isZero();
		assertThat(this.first.generation).isEqualTo(this.broker.generation());
	}

	@Test
	void aRemovedMemberLearnsOfItAndJoinsAnew() {
		startAll();
		this.broker.leave(this.second.membership.memberId());
		this.time.pass(Duration.ofSeconds(3));
		assertThat(this.second.lost).isOne();
		assertThat(this.broker.members()).hasSize(3);
		assertThat(this.second.generation).isEqualTo(this.broker.generation());
	}

	@Test
	void aBrokerThatComesBackKnowsItsMembers() {
		startAll();
		int before = this.broker.generation();
		this.network.brokerGone();
		this.broker.unload();
		this.time.pass(Duration.ofSeconds(2));
		this.network.brokerBack();
		this.broker.load();
		this.time.pass(Duration.ofSeconds(2));
		assertThat(this.broker.generation()).isEqualTo(before);
		assertThat(this.broker.members()).hasSize(3);
		assertThat(all()).allMatch((peer) -> peer.lost == 0);
	}

	@Test
	void anAssignorThatThrowsFailsThePollAndIsAskedAgain() {
		all().forEach((peer) -> peer.failures = 1);
		startAll();
		this.time.pass(Duration.ofSeconds(3));
		assertThat(all().stream().mapToInt((peer) -> peer.failedPolls).sum()).isPositive();
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.STABLE);
	}

	@Test
	void aStaticMemberTakesThePlaceOfTheFormerOneWithoutARebalance() {
		Peer former = new Peer("s", true);
		startAll();
		former.turn();
		this.time.pass(Duration.ofSeconds(3));
		former.process.kill();
		int before = this.broker.generation();
		Peer next = new Peer("s", true);
		next.turn();
		this.time.pass(Duration.ofSeconds(1));
		assertThat(this.broker.generation()).isEqualTo(before);
		assertThat(next.generation).isEqualTo(before);
		assertThat(next.replaced).isOne();
		assertThat(this.broker.members()).hasSize(4);
	}

	@Test
	void aStaticMemberThatIsReplacedIsFencedAndWaitsUntilTheOtherIsGone() {
		Peer former = new Peer("s", true);
		former.turn();
		this.time.pass(Duration.ofSeconds(3));
		Peer next = new Peer("s", true);
		next.turn();
		this.time.pass(Duration.ofSeconds(2));
		assertThat(former.lost).isOne();
		int generation = this.broker.generation();
		this.time.pass(Duration.ofSeconds(20));
		assertThat(this.broker.generation()).as("they do not drive each other out").isEqualTo(generation);
		assertThat(next.lost).isZero();
		next.process.kill();
		this.time.pass(Duration.ofSeconds(6));
		assertThat(former.membership.isStable()).isTrue();
		assertThat(this.broker.members()).hasSize(1);
	}

	@Test
	void aStaticMemberThatMissesARebalanceStaysUntilItsSessionEnds() {
		Peer away = new Peer("s", true);
		startAll();
		away.turn();
		this.time.pass(Duration.ofSeconds(3));
		away.process.kill();
		this.first.rejoins++;
		this.first.membership.requestRejoin("test");
		this.time.pass(Duration.ofSeconds(2));
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.PREPARING_REBALANCE);
		assertThat(this.broker.members()).hasSize(4);
		this.time.pass(Duration.ofSeconds(3));
		assertThat(this.broker.members()).hasSize(3);
		assertThat(this.broker.state()).isEqualTo(SimulatedBroker.State.STABLE);
	}

	private List<Peer> all() {
		return List.of(this.first, this.second, this.third);
	}

	private void startAll() {
		all().forEach(Peer::turn);
		this.time.pass(Duration.ofSeconds(3));
	}

	/**
	 * A member with the simplest of callbacks.
	 */
	private final class Peer implements Callbacks {

		private final String name;

		private final SimulatedProcess process = new SimulatedProcess(SimulatedGroupTests.this.time);

		private final SimulatedNetwork.Link link = SimulatedGroupTests.this.network.link(this.process);

		private final SimulatedMembership membership;

		private int rejoins;

		private int generation = -1;

		private int rebalancing;

		private int lost;

		private int failures;

		private int failedPolls;

		private boolean polls = true;

		private int replaced;

		private Peer(String name) {
			this(name, false);
		}

		private Peer(String name, boolean isStatic) {
			this.name = name;
			MemberSettings settings = new MemberSettings("g", name, () -> null, Map.of(), 1.0, Duration.ofMillis(500),
					SESSION, Duration.ofSeconds(8), Duration.ofSeconds(30), Duration.ZERO, isStatic, false);
			this.membership = new SimulatedMembership(SimulatedGroupTests.this.time, this.process, this.link,
					SimulatedGroupTests.this.broker, settings, List.of("p"),
					new SimulatedClocks(SimulatedGroupTests.this.time, 1, 0, 0), SimulatedGroupTests.this.random,
					() -> {
					}, (line) -> {
					}, (failure) -> {
					});
		}

		private void turn() {
			this.process.after(VirtualTime.millis(10), this::turn);
			if (this.polls) {
				try {
					this.membership.poll(Duration.ZERO, this);
				}
				catch (IllegalStateException | GroupException ex) {
					this.failedPolls++;
				}
			}
		}

		@Override
		public MemberMetadata memberMetadata() {
			return new MemberMetadata(this.name, this.name, this.rejoins, null, Map.of(), 1.0, false, -1, 0, List.of(),
					List.of(), new ArrayList<>());
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			if (this.failures-- > 0) {
				throw new IllegalStateException("on purpose");
			}
			return new LinkedHashMap<>();
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			this.generation = generation;
		}

		@Override
		public void contact(long sentNanos, long sentMillis, boolean rebalancing) {
			this.rebalancing += rebalancing ? 1 : 0;
		}

		@Override
		public void waitsAnew(long sentNanos, long sentMillis) {
		}

		@Override
		public void replaces(@Nullable MemberAssignment assignment) {
			this.replaced++;
		}

		@Override
		public void membershipLost(String reason) {
			this.lost++;
		}

	}

}
