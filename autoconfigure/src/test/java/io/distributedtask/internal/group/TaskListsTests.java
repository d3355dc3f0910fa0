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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Round;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what it costs a group to tell its leader lists of tasks, by real
 * conversations without a broker.
 */
class TaskListsTests {

	private static final int FULL = 1024 * 1024;

	private final Random random = new Random(15);

	private final Map<String, Member> group = new LinkedHashMap<>();

	private String leader = "";

	private int generation;

	private int joined;

	private long largestRecord;

	@ParameterizedTest
	@ValueSource(ints = { 2, 40, 100 })
	void aListForEachInstanceIsAskedForOnce(int count) {
		for (int i = 0; i < count; i++) {
			join(tenants(i, 50));
		}
		assertThat(rebalancesUntilRest()).as("one more for the texts").isEqualTo(2);
		assertThat(rebalancesUntilRest()).isEqualTo(1);
		for (int i = 0; i < 5; i++) {
			this.group.values().forEach((member) -> Collections.shuffle(member.tasks, this.random));
			assertThat(rebalancesUntilRest()).as("the order does not matter").isEqualTo(1);
		}
		this.leader = List.copyOf(this.group.keySet()).get(count - 1);
		assertThat(rebalancesUntilRest()).as("another leader").isEqualTo(2);
		assertThat(rebalancesUntilRest()).isEqualTo(1);
		restart(this.leader);
		assertThat(rebalancesUntilRest()).as("a leader without memory").isEqualTo(2);
		assertThat(rebalancesUntilRest()).isEqualTo(1);
		Member changed = this.group.get("m0");
		for (int i = 0; i < 50; i++) {
			changed.tasks.add(TaskDefinition.of("another-tenant-" + i));
			assertThat(rebalancesUntilRest()).as("one list that has changed").isEqualTo(2);
		}
	}

	@Test
	void oneLargeListOfAHundredInstancesFitsIntoTheRecordAndSoDoesTheNextOne() {
		List<TaskDefinition> before = catalog(5000, 0);
		List<TaskDefinition> after = catalog(5000, 10);
		for (int i = 0; i < 100; i++) {
			join(before);
		}
		assertThat(rebalancesUntilRest()).as("the leader has the same").isEqualTo(1);
		for (int i = 0; i < 100; i++) {
			this.group.remove("m" + i);
			String name = join(after);
			if (i == 0 || !this.group.containsKey(this.leader)) {
				this.leader = name;
			}
			if (i % 10 == 0) {
				assertThat(rebalancesUntilRest()).isLessThanOrEqualTo(2);
			}
		}
		assertThat(rebalancesUntilRest()).isLessThanOrEqualTo(2);
		Set<String> leaders = new HashSet<>();
		for (int i = 0; i < 5; i++) {
			this.leader = List.copyOf(this.group.keySet()).get(i * 20);
			leaders.add(this.leader);
			assertThat(rebalancesUntilRest()).as("every leader knows its own list").isEqualTo(1);
		}
		assertThat(leaders).hasSize(5);
		assertThat(this.largestRecord).isLessThan(FULL / 2);
	}

	@Test
	void twoReleasesSideBySideCostOneMoreRebalanceWhenTheLeaderChanges() {
		List<TaskDefinition> before = catalog(5000, 0);
		List<TaskDefinition> after = catalog(5000, 10);
		for (int i = 0; i < 20; i++) {
			join((i % 2 == 0) ? before : after);
		}
		assertThat(rebalancesUntilRest()).as("the first leader asks for the other release's list").isEqualTo(2);
		for (int i = 1; i < 3; i++) {
			this.leader = "m" + i;
			assertThat(rebalancesUntilRest()).as("leader of the other release").isEqualTo(2);
			assertThat(rebalancesUntilRest()).as("at rest").isEqualTo(1);
			this.group.remove("m" + (i + 10));
			assertThat(rebalancesUntilRest()).as("one has gone").isEqualTo(1);
		}
		restart(this.leader);
		assertThat(rebalancesUntilRest()).as("the leader restarts").isEqualTo(2);
		this.group.get(this.leader).tasks.remove(0);
		assertThat(rebalancesUntilRest()).as("the leader's own list changes, and it still knows the former one")
			.isEqualTo(1);
		assertThat(this.largestRecord).as("two texts at most").isLessThan(FULL / 8);
	}

	@Test
	void largeListsThatHaveMuchInCommonAreAskedForInPortionsThatFit() {
		for (int i = 0; i < 60; i++) {
			List<TaskDefinition> tasks = new ArrayList<>(catalog(5000, 0));
			tasks.add(TaskDefinition.of("own-" + i));
			join(tasks);
		}
		assertThat(rebalancesUntilRest()).isLessThanOrEqualTo(30);
		assertThat(this.largestRecord).isLessThan(FULL);
		assertThat(rebalancesUntilRest()).isEqualTo(1);
	}

	private static List<TaskDefinition> tenants(int instance, int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> TaskDefinition.of("tenant-%d-%d-of-quite-a-long-name".formatted(instance, i)))
			.toList();
	}

	private static List<TaskDefinition> catalog(int count, int from) {
		return IntStream.range(from, from + count)
			.mapToObj((i) -> TaskDefinition.of("task-%x-%d".formatted(new Random(i).nextInt(), i)))
			.toList();
	}

	private String join(List<TaskDefinition> tasks) {
		String name = "m" + this.joined++;
		this.group.put(name, new Member(tasks));
		this.leader = this.leader.isEmpty() ? name : this.leader;
		return name;
	}

	private void restart(String name) {
		this.group.put(name, new Member(this.group.get(name).tasks));
	}

	/**
	 * Let the group rebalance until nobody wants another one.
	 * @return the number of rebalances
	 */
	private int rebalancesUntilRest() {
		for (int rebalances = 1; rebalances < 1000; rebalances++) {
			if (!rebalance()) {
				Round round = this.group.get(this.leader).last;
				assertThat(round.complete()).isTrue();
				assertThat(round.unreadable()).isEmpty();
				this.group.forEach((name, member) -> assertThat(Set.copyOf(round.members().get(name).tasks())).as(name)
					.isEqualTo(Set.copyOf(member.tasks)));
				return rebalances;
			}
		}
		throw new AssertionError("The group never comes to rest");
	}

	private boolean rebalance() {
		this.generation++;
		List<JoinGroupResponseMember> members = new ArrayList<>();
		this.group.forEach((name, member) -> members
			.add(new JoinGroupResponseMember().setMemberId(name).setMetadata(member.conversation.memberBytes())));
		Collections.shuffle(members, this.random);
		Map<String, ByteBuffer> assignments = this.group.get(this.leader).conversation.assign(this.generation,
				this.leader, "sticky", members);
		this.largestRecord = Math.max(this.largestRecord, members.stream().mapToLong(RecordLimit::size).sum()
				+ assignments.values().stream().mapToLong(ByteBuffer::remaining).sum());
		boolean again = false;
		for (Map.Entry<String, Member> entry : this.group.entrySet()) {
			Member member = entry.getValue();
			member.wantsRejoin = false;
			member.conversation.assigned(this.generation, entry.getKey(), "sticky", assignments.get(entry.getKey()));
			again |= member.wantsRejoin;
		}
		return again;
	}

	/**
	 * Announces its tasks, and gives nothing to anybody as a leader.
	 */
	private static final class Member implements Callbacks {

		private final MessageCodec codec = new MessageCodec();

		private final List<TaskDefinition> tasks;

		private final GroupConversation conversation = new GroupConversation(this.codec, this,
				() -> this.wantsRejoin = true, (memberId, generation) -> true, NoCrashes.of(this));

		private boolean wantsRejoin;

		private @Nullable Round last;

		Member(List<TaskDefinition> tasks) {
			this.tasks = new ArrayList<>(tasks);
		}

		@Override
		public MemberMetadata memberMetadata() {
			return new MemberMetadata("i", "x", 0, null, Map.of(), 1.0, false, 1, 0, this.tasks, List.of(), List.of());
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			this.last = round;
			Map<String, MemberAssignment> assignments = new HashMap<>();
			round.members()
				.forEach((memberId, state) -> assignments.put(memberId, new MemberAssignment(round.generation(), "a",
						state.instance(), "x", 1, 1, List.of(), List.of(), List.of(), List.of(), null)));
			return assignments;
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			assertThat(assignment).isNotNull();
		}

		@Override
		public void contact(long sentNanos, long sentMillis, boolean rebalancing) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void waitsAnew(long sentNanos, long sentMillis) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void membershipLost(String reason) {
			throw new UnsupportedOperationException();
		}

	}

}
