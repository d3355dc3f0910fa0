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

package io.distributedtask.internal.group;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.TestInstance.Settings;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberMetadata;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What other systems that share out work have got wrong, done to real instances at a real
 * broker.
 */
class OwnershipIntegrationTests {

	private static final Duration SHORT = Duration.ofSeconds(2);

	private static final Duration LONG = Duration.ofSeconds(20);

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anInstanceThatStalledPastItsTimeoutsComesBackOnce(boolean alone) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SHORT)) {
			TestInstance stalled = group.instance("stalled").start();
			TestInstance other = alone ? null : group.instance("other").start();
			group.awaitRest("at first");
			String memberId = group.memberId(stalled);
			CountDownLatch wait = new CountDownLatch(1);
			AtomicInteger waiting = new AtomicInteger();
			stalled.beforeJoin(() -> {
				waiting.incrementAndGet();
				awaitQuietly(wait);
			});
			stalled.engine().rebalance("in order to stall");
			TestGroup.await().until(() -> waiting.get() > 0);
			if (other != null) {
				TestGroup.await().until(() -> other.running().equals(group.allShards()));
			}
			// the broker drops it, too
			TestGroup.await().until(() -> !group.memberIds().contains(memberId));
			TestGroup.await().until(() -> stalled.owned().isEmpty());
			wait.countDown();
			group.awaitRest("after the stall");
			assertThat(group.names()).isEqualTo(alone ? Set.of("stalled") : Set.of("stalled", "other"));
		}
	}

	@Test
	void anInstanceThatComesBackBesideItsOwnGhostOwnsEverything() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SHORT)) {
			GroupProxy proxy = group.proxy();
			TestInstance ghost = group.instance("a", proxy).start();
			group.awaitRest("at first");
			group.crash(ghost, proxy);
			TestInstance a = group.instance("a").start();
			group.awaitRest("after the return");
			assertThat(a.running()).isEqualTo(group.allShards());
			assertThat(group.names()).containsExactly("a");
		}
	}

	@ParameterizedTest
	@Tag("kafka")
	@CsvSource({ "reset, false, false", "silent, true, true", "towards the broker, true, false",
			"from the broker, false, true" })
	void anInstanceThatIsCutOffStopsBeforeAnotherStarts(String how, boolean toBroker, boolean fromBroker) {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SHORT)) {
			GroupProxy proxy = group.proxy();
			TestInstance cut = group.instance("cut", proxy).start();
			TestInstance other = group.instance("other").start();
			group.awaitRest("at first");
			Set<TaskId> before = cut.running();
			assertThat(before).isNotEmpty();
			if (toBroker || fromBroker) {
				proxy.stall(toBroker, fromBroker);
			}
			else {
				proxy.cut();
			}
			// that nothing runs twice meanwhile, the instances' book tells
			TestGroup.await().until(() -> other.running().equals(group.allShards()));
			assertThat(cut.owned()).as(how).isEmpty();
			assertThat(cut.running()).as(how).isEmpty();
			assertThat(cut.calls("lost")).as(how).hasSameSizeAs(before);
			assertThat(cut.engine().membership().state()).isEqualTo(GroupStatus.DISCONNECTED);
			proxy.heal();
			group.awaitRest("after it is back, " + how);
			assertThat(cut.calls("lost")).as(how).hasSameSizeAs(before);
			assertThat(cut.running()).hasSize(4);
		}
	}

	@Test
	void anInstanceThatAnAdministratorRemovesLosesItsShardsAndComesBack() {
		// an eviction may let two own a shard for a heartbeat, so there is one only
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG)) {
			TestInstance evicted = group.instance("evicted").start();
			group.awaitRest("at first");
			for (int time = 1; time <= 3; time++) {
				int lost = 8 * time;
				group.evict(evicted);
				TestGroup.await().until(() -> evicted.calls("lost").size() == lost);
				group.awaitRest("after the eviction");
				assertThat(evicted.calls("start")).hasSize(lost + 8);
			}
			assertThat(evicted.calls("revoke")).isEmpty();
		}
	}

	@Test
	void aLostAnswerToSyncGroupMovesNothing() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG)) {
			GroupProxy proxy = group.proxy();
			TestInstance leader = group.instance("leader").start();
			TestInstance hit = group.instance("hit", proxy).start();
			group.awaitRest("at first");
			List<String> before = new ArrayList<>(hit.calls());
			before.addAll(leader.calls());
			SpoiledAnswer answer = proxy.spoil(SpoiledAnswer.lost(ApiKeys.SYNC_GROUP, 0, 1));
			int rebalances = hit.rebalances();
			hit.engine().rebalance("to be answered by nothing");
			TestGroup.await().until(answer::isDone);
			TestGroup.await().until(() -> hit.rebalances() > rebalances);
			group.awaitRest("after the next round");
			List<String> after = new ArrayList<>(hit.calls());
			after.addAll(leader.calls());
			assertThat(after).isEqualTo(before);
		}
	}

	@Test
	void anInstanceThatDrainsForLongerThanItsSessionStaysAMember() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), SHORT)) {
			TestInstance leaving = group.instance("leaving").start();
			group.awaitRest("at first");
			leaving.stopsAtOnce(false);
			TestInstance next = group.instance("next").start();
			CountDownLatch left = leaving.beginStop();
			Instant begin = Instant.now();
			TestGroup.await()
				.until(() -> leaving.engine().membership().lastContact().isAfter(begin.plus(SHORT.multipliedBy(2))));
			assertThat(group.names()).contains("leaving");
			assertThat(leaving.calls("lost")).isEmpty();
			assertThat(leaving.running()).isEqualTo(group.allShards());
			assertThat(next.running()).as("nothing has been stopped yet").isEmpty();
			Set<TaskId> finished = new TreeSet<>();
			for (TaskId id : group.allShards()) {
				leaving.finish(id);
				finished.add(id);
				// each is handed over as it stops, and no other with it
				TestGroup.await().until(() -> next.running().equals(finished));
			}
			TestGroup.await().until(() -> left.getCount() == 0);
			assertThat(leaving.calls("lost")).isEmpty();
			group.stop(leaving);
			group.awaitRest("after the drain");
		}
	}

	@Test
	void whatRunsIsWhatIsOwnedAfterManyRebalancesInQuickSuccession() {
		long seed = Long.getLong("tests.seed", 1);
		Random random = new Random(seed);
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG)) {
			List<TestInstance> instances = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				instances.add(group.instance("i" + i).start());
			}
			for (int round = 0; round < 60; round++) {
				int which = random.nextInt(3);
				if (random.nextInt(6) == 0) {
					group.stop(instances.get(which));
					instances.set(which, group.instance("i" + which + "-" + round).start());
				}
				else {
					instances.get(which).engine().rebalance("one of many");
				}
				LockSupport.parkNanos(random.nextInt(50_000_000));
			}
			group.awaitRest("seed " + seed);
			assertThat(instances).as("seed %d", seed)
				.allSatisfy((instance) -> assertThat(instance.calls("lost")).isEmpty());
		}
	}

	@Test
	void anInstanceThatComesAndGoesStopsNothingOfTheOthers() {
		Settings settings = Settings.of("group-" + System.nanoTime(), LONG, TaskDefinition.of("one"),
				TaskDefinition.of("two"));
		Settings flappy = new Settings(settings.groupId(), settings.tasks(), settings.assignor(), settings.heartbeat(),
				Duration.ofSeconds(1), Duration.ofSeconds(2));
		try (TestGroup group = new TestGroup(SharedBroker.get(), settings)) {
			TestInstance a = group.instance("a").start();
			TestInstance b = group.instance("b").start();
			group.awaitRest("at first");
			List<String> callsOfA = a.calls();
			List<String> callsOfB = b.calls();
			for (int time = 0; time < 6; time++) {
				GroupProxy proxy = group.proxy();
				TestInstance flapping = group.instance("flapping", flappy, proxy.address()).start();
				group.awaitRest("with the third");
				if (time % 2 == 0) {
					group.stop(flapping);
				}
				else {
					group.crash(flapping, proxy);
				}
				group.awaitRest("without the third");
			}
			assertThat(a.calls()).as("what was begun before").isEqualTo(callsOfA);
			assertThat(b.calls()).as("what was begun before").isEqualTo(callsOfB);
		}
	}

	@Test
	@Tag("kafka")
	void theFormerOwnerThatReturnsDoesNotTakeItsTaskBack() {
		Settings settings = Settings.of("group-" + System.nanoTime(), LONG, TaskDefinition.of("leader"));
		try (TestGroup group = new TestGroup(SharedBroker.get(), settings)) {
			TestInstance first = group.instance("a").start();
			group.awaitRest("at first");
			TestInstance second = group.instance("b").start();
			group.awaitRest("with two");
			group.stop(first);
			group.awaitRest("after the owner has left");
			group.instance("a").start();
			group.awaitRest("after it is back");
			assertThat(second.calls()).containsExactly("start leader[0]");
		}
	}

	@Test
	void membersClaimTheGenerationInWhichTheyWereGranted() {
		try (TestGroup group = new TestGroup(SharedBroker.get(), LONG)) {
			GroupProxy proxy = group.proxy();
			Queue<MemberMetadata> said = new ConcurrentLinkedQueue<>();
			MessageCodec codec = new MessageCodec();
			proxy.rewrite((bytes) -> {
				if (bytes[0] == 'M') {
					said.add(codec.decodeMember(ByteBuffer.wrap(bytes)).state());
				}
				return bytes;
			});
			TestInstance a = group.instance("a", proxy).start();
			group.awaitRest("at first");
			int granted = a.engine().membership().generation();
			said.clear();
			a.engine().rebalance("in order to claim");
			TestGroup.await().until(() -> a.engine().membership().generation() > granted);
			assertThat(said).isNotEmpty().first().satisfies((state) -> {
				assertThat(state.generation()).isEqualTo(granted).isPositive();
				assertThat(state.claims()).isNotEmpty()
					.allSatisfy((claim) -> assertThat(claim.generation()).isBetween(1, granted));
			});
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
