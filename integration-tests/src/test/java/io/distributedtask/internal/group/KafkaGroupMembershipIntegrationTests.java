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

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.SharedBroker;
import io.distributedtask.internal.group.wire.Fields;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.Round;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Integration tests for {@link KafkaGroupMembership}.
 */
@Tag("kafka")
class KafkaGroupMembershipIntegrationTests {

	private final List<Member> members = new ArrayList<>();

	private final String groupId = "group-" + System.nanoTime();

	@AfterEach
	void closeMembers(TestInfo test) {
		this.members.forEach(Member::end);
	}

	@Test
	void threeMembersJoinAndTheLeaderSpeaksToEach() {
		Member a = member("a");
		Member b = member("b");
		Member c = member("c");
		awaitOneGeneration(a, b, c);
		assertThat(List.of(a, b, c)).extracting((member) -> member.assignment().instances()).containsOnly(3);
		assertThat(List.of(a, b, c)).extracting((member) -> member.assignment().instance())
			.containsExactly("a", "b", "c");
		assertThat(List.of(a, b, c)).allSatisfy((member) -> assertThat(member.stableContacts.get()).isPositive());
	}

	@Test
	void theCoordinatorDescribesTheWholeGroup() {
		Member a = member("a");
		Member b = member("b");
		awaitOneGeneration(a, b);
		GroupDescription description = a.membership.describe(Duration.ofSeconds(10));
		assertThat(description).isNotNull();
		assertThat(description.state()).isEqualTo("Stable");
		assertThat(description.assignor()).isEqualTo("sticky");
		assertThat(description.members()).hasSize(2).allSatisfy((member) -> {
			assertThat(member.host()).contains("127.0.0.1");
			assertThat(member.state().tasks()).hasSize(1);
			assertThat(member.assignment().generation()).isEqualTo(a.generation.get());
		});
	}

	@Test
	void whoeverAsksForTheDescriptionReadsItAndHoldsUpNoHeartbeat() throws Exception {
		MessageCodec codec = Mockito.spy(new MessageCodec());
		Member a = start(new Member("a", List.of(TaskDefinition.of("task")), new KafkaGroupMembership(
				settings(Duration.ofSeconds(10)), Map.of("bootstrap.servers", SharedBroker.servers()), null, codec)));
		awaitOneGeneration(a);
		CountDownLatch reads = new CountDownLatch(1);
		CountDownLatch mayRead = new CountDownLatch(1);
		Mockito.doAnswer((call) -> {
			reads.countDown();
			mayRead.await();
			return call.callRealMethod();
		}).when(codec).decodeMember(Mockito.any());
		CompletableFuture<@Nullable GroupDescription> description = CompletableFuture
			.supplyAsync(() -> a.membership.describe(Duration.ofSeconds(60)));
		assertThat(reads.await(60, TimeUnit.SECONDS)).isTrue();
		int contacts = a.stableContacts.get();
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> a.stableContacts.get() > contacts + 5);
		mayRead.countDown();
		assertThat(description.get(60, TimeUnit.SECONDS)).isNotNull();
		assertThat(a.lost).isEmpty();
	}

	@Test
	void aDescriptionThatCannotBeReadIsNone() {
		MessageCodec codec = Mockito.spy(new MessageCodec());
		Member a = start(new Member("a", List.of(TaskDefinition.of("task")), new KafkaGroupMembership(
				settings(Duration.ofSeconds(10)), Map.of("bootstrap.servers", SharedBroker.servers()), null, codec)));
		awaitOneGeneration(a);
		Mockito.doThrow(new StackOverflowError("on purpose")).when(codec).decodeMember(Mockito.any());
		assertThat(a.membership.describe(Duration.ofSeconds(60))).isNull();
	}

	@Test
	void othersGoOnWithoutAMemberThatLeaves() {
		Member a = member("a");
		Member b = member("b");
		awaitOneGeneration(a, b);
		a.leave();
		Awaitility.await().until(() -> b.assignment().instances() == 1);
		assertThat(b.lost).isEmpty();
		assertThat(a.lost).as("a LeaveGroup of our own is no loss").isEmpty();
	}

	@Test
	void aMemberThatLeavesWhileItsFirstJoinWaitsHoldsNobodyUp() {
		Member a = member("a");
		Member b = member("b");
		awaitOneGeneration(a, b);
		int generation = a.generation.get();
		b.stalled.set(true);
		Awaitility.await().until(() -> b.isStalled.get());
		Member c = member("c");
		Awaitility.await().until(() -> {
			GroupDescription description = a.membership.describe(Duration.ofSeconds(10));
			return description != null && description.members().size() == 3;
		});
		c.leave();
		b.stalled.set(false);
		Awaitility.await().until(() -> a.generation.get() > generation);
		assertThat(a.assignment().instances()).as("members that are waited for").isEqualTo(2);
	}

	@Test
	void aRejoinWithOtherWordsIsARebalance() {
		Member a = member("a");
		Member b = member("b");
		awaitOneGeneration(a, b);
		int generation = a.generation.get();
		b.rejoins.incrementAndGet();
		b.requestRejoin.set(true);
		Awaitility.await().until(() -> a.generation.get() > generation && b.generation.get() > generation);
	}

	@Test
	void aMemberThatWaitsForAnotherKeepsInContactOverTheSecondConnection() {
		Member a = member("a");
		Member b = member("b");
		awaitOneGeneration(a, b);
		b.stalled.set(true);
		Awaitility.await().until(() -> b.isStalled.get());
		a.rejoins.incrementAndGet();
		a.requestRejoin.set(true);
		int before = a.rebalancingContacts.get();
		Awaitility.await()
			.untilAsserted(() -> assertThat(a.rebalancingContacts.get()).as("heartbeats while the JoinGroup waits")
				.isGreaterThan(before + 4));
		assertThat(a.lost).isEmpty();
		b.stalled.set(false);
		awaitOneGeneration(a, b);
	}

	@Test
	void theSecondConnectionIsMadeAgainAfterItWasClosed() {
		try (EmbeddedBrokers own = EmbeddedBrokers.builder().property("connections.max.idle.ms", "1000").start()) {
			Member a = member("a", Duration.ofSeconds(10), own.bootstrapServers());
			Member b = member("b", Duration.ofSeconds(10), own.bootstrapServers());
			awaitOneGeneration(a, b);
			for (int time = 0; time < 3; time++) {
				b.stalled.set(true);
				Awaitility.await().until(() -> b.isStalled.get());
				a.rejoins.incrementAndGet();
				a.requestRejoin.set(true);
				int before = a.rebalancingContacts.get();
				Awaitility.await()
					.atMost(Duration.ofSeconds(8))
					.untilAsserted(
							() -> assertThat(a.rebalancingContacts.get()).as("heartbeats while the JoinGroup waits")
								.isGreaterThan(before + 4));
				b.stalled.set(false);
				awaitOneGeneration(a, b);
				// long enough for the broker to close what is idle
				int contacts = a.stableContacts.get();
				Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> a.stableContacts.get() > contacts + 30);
			}
			assertThat(a.lost).isEmpty();
			a.end();
			b.end();
		}
	}

	@Test
	void aLongListOfTasksTravelsByItsDigest() {
		List<TaskDefinition> many = IntStream.range(0, 300)
			.mapToObj((i) -> TaskDefinition.of("a-task-with-quite-a-long-name-" + i))
			.toList();
		Member a = member("a", many);
		Member b = member("b", many);
		Member c = member("c", List.of(TaskDefinition.of("other")));
		awaitOneGeneration(a, b, c);
		Awaitility.await().untilAsserted(() -> {
			Round round = List.of(a, b, c)
				.stream()
				.map((member) -> member.lastRound)
				.filter((candidate) -> candidate != null && candidate.members().size() == 3)
				.findFirst()
				.orElseThrow(() -> new AssertionError("no round of three yet"));
			assertThat(round.complete()).isTrue();
			assertThat(round.members().values()).extracting((state) -> state.tasks().size())
				.containsExactlyInAnyOrder(300, 300, 1);
		});
	}

	@Test
	void whatAnotherMemberSaysMayBeGarbage() {
		Member a = member("a");
		awaitOneGeneration(a);
		Member garbage = member("\u0000".repeat(Fields.MAX_TEXT + 1));
		Awaitility.await().until(() -> garbage.assigned.get() > 0);
		assertThat(garbage.assignment().isNothing()).isTrue();
		assertThat(garbage.assignment().problem()).contains("cannot decode").contains("'i'");
		Awaitility.await().until(() -> a.lastRound != null && a.lastRound.unreadable().size() == 1);
	}

	@Test
	void anEmptyGroupIsListedWithItsProtocolType() throws Exception {
		Member a = member("a");
		awaitOneGeneration(a);
		try (Admin admin = Admin.create(Map.of("bootstrap.servers", SharedBroker.servers()))) {
			assertThat(admin.listGroups().all().get()).filteredOn((group) -> group.groupId().equals(this.groupId))
				.singleElement()
				.extracting(GroupListing::protocol)
				.isEqualTo("distributed-task");
		}
	}

	@Test
	void aGroupOfAnotherKindIsNamed() {
		Map<String, Object> properties = Map.of("bootstrap.servers", SharedBroker.servers(), "group.id", this.groupId,
				"group.protocol", "classic", "key.deserializer", StringDeserializer.class, "value.deserializer",
				StringDeserializer.class);
		try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties)) {
			consumer.subscribe(List.of("no-such-topic"));
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				consumer.poll(Duration.ofMillis(100));
				return consumer.groupMetadata().generationId() > 0;
			});
			assertFails("a", Duration.ofSeconds(10), SharedBroker.servers(), Map.of())
				.withMessageContaining("members that do not use distributed-task")
				.withMessageContaining("distributed-task.group-id");
		}
	}

	@Test
	void aSessionTimeoutThatTheBrokerRefusesIsNamed() {
		assertFails("a", Duration.ofMillis(200), SharedBroker.servers(), Map.of())
			.withMessageContaining("distributed-task.session-timeout=200ms")
			.withMessageContaining("group.min.session.timeout.ms");
	}

	@Test
	void aBadClientPropertyIsNamed() {
		assertFails("a", Duration.ofSeconds(10), SharedBroker.servers(), Map.of("security.protocol", "NONE"))
			.withMessageContaining("NONE")
			.withMessageContaining("spring.kafka.*");
	}

	@Test
	void whoWantsToJoinAtOnceDoesNotSpinWithoutACoordinator() {
		try (KafkaGroupMembership membership = new KafkaGroupMembership(settings(Duration.ofSeconds(10)),
				Map.of("bootstrap.servers", "127.0.0.1:1"))) {
			Member nobody = new Member("a", List.of(TaskDefinition.of("t")), membership);
			long begin = System.nanoTime();
			for (int i = 0; i < 10; i++) {
				membership.poll(Duration.ZERO, nobody);
			}
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).as("ten searches")
				.isGreaterThan(Duration.ofMillis(300));
		}
	}

	@Test
	void joinsWhenTheBrokerComesBack() {
		try (EmbeddedBrokers own = EmbeddedBrokers.startOne()) {
			own.stop(1);
			Member a = member("a", Duration.ofSeconds(10), own.bootstrapServers());
			Awaitility.await().until(() -> a.polls.get() > 3);
			assertThat(a.assigned).hasValue(0);
			own.start(1);
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> a.assigned.get() > 0);
			own.stop(1);
			int assigned = a.assigned.get();
			own.start(1);
			int contacts = a.stableContacts.get();
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> a.stableContacts.get() > contacts + 2);
			assertThat(a.assigned.get()).isGreaterThanOrEqualTo(assigned);
			a.end();
		}
	}

	private org.assertj.core.api.ThrowableAssertAlternative<GroupException> assertFails(String name,
			Duration sessionTimeout, String servers, Map<String, Object> more) {
		Map<String, Object> properties = new HashMap<>(more);
		properties.put("bootstrap.servers", servers);
		KafkaGroupMembership membership = new KafkaGroupMembership(settings(sessionTimeout), properties);
		Member member = new Member(name, List.of(TaskDefinition.of("t")), membership);
		try {
			return assertThatExceptionOfType(GroupException.class).isThrownBy(() -> {
				for (int i = 0; i < 100; i++) {
					membership.poll(Duration.ofMillis(200), member);
				}
			}).satisfies((ex) -> assertThat(ex.needsRemedy()).isTrue());
		}
		finally {
			membership.close();
		}
	}

	private static void awaitOneGeneration(Member... members) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			List<Member> all = List.of(members);
			return all.stream().allMatch((member) -> member.assigned.get() > 0)
					&& all.stream().map((member) -> member.generation.get()).distinct().count() == 1
					&& all.stream().allMatch((member) -> member.assignment().instances() == members.length);
		});
	}

	private Member member(String name) {
		return member(name, List.of(TaskDefinition.of("task")));
	}

	private Member member(String name, List<TaskDefinition> tasks) {
		return start(new Member(name, tasks, new KafkaGroupMembership(settings(Duration.ofSeconds(10)),
				Map.of("bootstrap.servers", SharedBroker.servers()))));
	}

	private Member member(String name, Duration sessionTimeout, String servers) {
		return start(new Member(name, List.of(TaskDefinition.of("task")),
				new KafkaGroupMembership(settings(sessionTimeout), Map.of("bootstrap.servers", servers))));
	}

	private Member start(Member member) {
		this.members.add(member);
		member.start();
		return member;
	}

	private GroupSettings settings(Duration sessionTimeout) {
		return new GroupSettings(this.groupId, null, List.of("sticky"), Duration.ofMillis(100), sessionTimeout,
				Duration.ofSeconds(20));
	}

	/**
	 * A member with a thread that writes down what it hears.
	 */
	private static final class Member extends Thread implements Callbacks {

		private final String instance;

		private final List<TaskDefinition> tasks;

		private final KafkaGroupMembership membership;

		private final AtomicInteger rejoins = new AtomicInteger();

		private final AtomicBoolean requestRejoin = new AtomicBoolean();

		private final AtomicBoolean stalled = new AtomicBoolean();

		private final AtomicBoolean isStalled = new AtomicBoolean();

		private final AtomicInteger polls = new AtomicInteger();

		private final AtomicInteger assigned = new AtomicInteger();

		private final AtomicInteger generation = new AtomicInteger(-1);

		private final AtomicInteger stableContacts = new AtomicInteger();

		private final AtomicInteger rebalancingContacts = new AtomicInteger();

		private final List<String> lost = new CopyOnWriteArrayList<>();

		private final Map<String, MemberAssignment> last = new ConcurrentHashMap<>();

		private volatile @Nullable Round lastRound;

		private volatile boolean ended;

		private volatile boolean leaving;

		Member(String instance, List<TaskDefinition> tasks, KafkaGroupMembership membership) {
			super("member-" + instance.strip());
			setDaemon(true);
			this.instance = instance;
			this.tasks = tasks;
			this.membership = membership;
		}

		@Override
		public void run() {
			while (!this.ended) {
				if (this.leaving) {
					this.membership.leave("test", Duration.ofSeconds(10));
					return;
				}
				this.isStalled.set(this.stalled.get());
				if (this.stalled.get()) {
					Thread.onSpinWait();
					continue;
				}
				if (this.requestRejoin.getAndSet(false)) {
					this.membership.requestRejoin("test");
				}
				this.polls.incrementAndGet();
				try {
					this.membership.poll(Duration.ofMillis(50), this);
				}
				catch (GroupException ex) {
					assertThat(ex.needsRemedy()).as(ex.getMessage()).isFalse();
				}
			}
			this.membership.close();
		}

		void leave() {
			this.leaving = true;
			join(this);
		}

		void end() {
			this.stalled.set(false);
			this.ended = true;
			join(this);
		}

		private static void join(Thread thread) {
			try {
				thread.join(20_000);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		MemberAssignment assignment() {
			return this.last.get("last");
		}

		@Override
		public MemberMetadata memberMetadata() {
			return new MemberMetadata(this.instance, "x", this.rejoins.get(), null, Map.of(), 1.0, false,
					this.generation.get(), 0, this.tasks, List.of(), List.of());
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			this.lastRound = round;
			Map<String, MemberAssignment> assignments = new HashMap<>();
			round.members()
				.forEach((id, state) -> assignments.put(id,
						new MemberAssignment(round.generation(), "leader", state.instance(), state.incarnation(),
								round.members().size(), 1, List.of(), List.of(), List.of(), List.of(), null)));
			return assignments;
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			this.last.put("last", assignment);
			this.generation.set(generation);
			this.assigned.incrementAndGet();
		}

		@Override
		public void contact(long sentNanos, long sentMillis, boolean rebalancing) {
			(rebalancing ? this.rebalancingContacts : this.stableContacts).incrementAndGet();
		}

		@Override
		public void waitsAnew(long sentNanos, long sentMillis) {
		}

		@Override
		public void membershipLost(String reason) {
			this.lost.add(reason);
		}

	}

}
