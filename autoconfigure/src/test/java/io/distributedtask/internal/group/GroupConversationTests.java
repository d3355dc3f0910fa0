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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MalformedMessageException;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.MessageCodec.AssignmentMessage;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Round;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GroupConversation}.
 */
class GroupConversationTests {

	private static final String DIGEST = "0123456789abcdef0123456789abcdef";

	private final MessageCodec codec = new MessageCodec();

	private final Leader leader = new Leader();

	private final GroupConversation conversation = new GroupConversation(this.codec, this.leader, () -> {
	}, (memberId, generation) -> true, NoCrashes.of(this.leader));

	private final Map<String, byte[]> members = new HashMap<>();

	private int generation;

	@Test
	void whoNeverTellsItsTasksDoesNotHoldUpTheOthers() {
		this.members.put("a", words("a", List.of(TaskDefinition.of("t")), null));
		this.members.put("silent", words("silent", List.of(), DIGEST));
		for (int question = 1; question <= MemberReader.MOST_QUESTIONS; question++) {
			assertThat(assign().get("silent").wantsTasks()).as("question %d", question).isTrue();
			assertThat(this.leader.last().complete()).isFalse();
		}
		for (int round = 0; round < 3; round++) {
			assertThat(assign().get("silent").assignment().problem()).contains("was asked 3 times");
			assertThat(this.leader.last().complete()).isTrue();
			assertThat(this.leader.last().members()).containsOnlyKeys("a");
		}
	}

	@Test
	void anotherHolderIsAskedWhenOneDoesNotTell() {
		List<TaskDefinition> many = IntStream.range(0, 200)
			.mapToObj((i) -> TaskDefinition.of("a-task-with-quite-a-long-name-" + i))
			.toList();
		String digest = new TaskLists(this.codec).digest(many);
		this.members.put("1-silent", words("1-silent", List.of(), digest));
		this.members.put("2-honest", words("2-honest", List.of(), digest));
		assertThat(assign().get("1-silent").wantsTasks()).isTrue();
		assertThat(assign().get("2-honest").wantsTasks()).isTrue();
		this.members.put("2-honest", words("2-honest", many, null));
		assign();
		assertThat(this.leader.last().complete()).isTrue();
		assertThat(this.leader.last().members()).containsOnlyKeys("1-silent", "2-honest")
			.allSatisfy((id, state) -> assertThat(state.tasks()).isEqualTo(many));
	}

	@Test
	void aListThatIsHeardLaterInTheRoundIsKnownInIt() {
		List<TaskDefinition> many = IntStream.range(0, 200)
			.mapToObj((i) -> TaskDefinition.of("a-task-with-quite-a-long-name-" + i))
			.toList();
		String digest = new TaskLists(this.codec).digest(many);
		List<JoinGroupResponseMember> inThisOrder = List.of(member("a", words("a", List.of(), digest)),
				member("b", words("b", many, null)));
		this.conversation.assign(1, "a", "sticky", inThisOrder);
		assertThat(this.leader.last().complete()).isTrue();
		assertThat(this.leader.last().members().get("a").tasks()).isEqualTo(many);
	}

	@Test
	void aFloodOfListsDoesNotMakeTheLeaderForgetItsOwn() {
		List<TaskDefinition> own = IntStream.range(0, 200)
			.mapToObj((i) -> TaskDefinition.of("a-task-with-quite-a-long-name-" + i))
			.toList();
		TaskLists lists = new TaskLists(this.codec);
		String digest = lists.learnOwn(own);
		assertThat(digest).isNotNull();
		Map<String, List<TaskDefinition>> flood = new HashMap<>();
		for (int list = 0; list < 40; list++) {
			int number = list;
			List<TaskDefinition> tasks = IntStream.range(0, 9000)
				.mapToObj((i) -> TaskDefinition.of("flood-" + number + "-" + i))
				.toList();
			flood.put(lists.digest(tasks), tasks);
		}
		for (int round = 0; round < 2; round++) {
			lists.settle(flood.keySet(), (round == 0) ? flood : Map.of());
			assertThat(lists.get(digest)).isEqualTo(own);
			assertThat(flood).hasSize(40).allSatisfy((one, tasks) -> assertThat(lists.get(one)).isIn(tasks, List.of()));
			assertThat(flood.keySet()).filteredOn((one) -> !lists.get(one).isEmpty())
				.hasSize(TaskLists.MAX_TASKS / 9000);
		}
		List<String> fewer = flood.keySet().stream().filter((one) -> lists.get(one).isEmpty()).limit(5).toList();
		lists.settle(Set.copyOf(fewer), Map.of());
		assertThat(fewer).as("there is room now, so they are asked for again")
			.allSatisfy((one) -> assertThat(lists.get(one)).isNull());
	}

	@Test
	void aListThatOthersStillHaveIsNotAskedForAfterTheLeadersOwnHasChanged() {
		TaskLists lists = new TaskLists(this.codec);
		List<TaskDefinition> before = IntStream.range(0, 200).mapToObj((i) -> TaskDefinition.of("task-" + i)).toList();
		String digest = lists.learnOwn(before);
		assertThat(lists.learnOwn(before.subList(1, 200))).isNotEqualTo(digest);
		lists.settle(Set.of(digest), Map.of());
		assertThat(lists.get(digest)).isEqualTo(before);
		lists.settle(Set.of(), Map.of());
		assertThat(lists.get(digest)).as("when nobody has it any more").isNull();
	}

	@Test
	void aMemberThatDoesNotLeadRemembersNoMoreThanItsFormerList() {
		TaskLists lists = new TaskLists(this.codec);
		List<TaskDefinition> tasks = IntStream.range(0, 200).mapToObj((i) -> TaskDefinition.of("task-" + i)).toList();
		List<String> digests = IntStream.range(0, 10).mapToObj((i) -> lists.learnOwn(tasks.subList(i, 200))).toList();
		lists.settle(Set.copyOf(digests), Map.of());
		assertThat(digests).filteredOn((digest) -> lists.get(digest) != null)
			.containsExactlyElementsOf(digests.subList(8, 10));
	}

	@Test
	void whatAMemberKeepsIsReferredToUnlessSomebodyReadsOnlyTheFirstVersion() {
		TaskDefinition task = TaskDefinition.of("t").withShards(8);
		this.members.put("a", claiming(this.codec, "a", task, 0));
		this.members.put("b", claiming(this.codec, "b", task, 1));
		assertThat(assignments()).allSatisfy((memberId, bytes) -> {
			assertThatExceptionOfType(MalformedMessageException.class)
				.isThrownBy(() -> this.codec.decodeAssignment(bytes));
			assertThat(answer(memberId, bytes).isCompact()).isTrue();
		}).hasSize(2);
		this.members.put("c", claiming(new MessageCodec(1), "c", task, 2));
		assertThat(assignments())
			.allSatisfy((memberId, bytes) -> assertThat(this.codec.decodeAssignment(bytes).isCompact()).isFalse())
			.hasSize(3);
	}

	@Test
	void theAssignmentOfAStaticMemberIsWholeBecauseItsNextProcessMayReceiveIt() {
		TaskDefinition task = TaskDefinition.of("t").withShards(8);
		byte[] metadata = claiming(this.codec, "a", task, 0);
		ByteBuffer bytes = this.conversation
			.assign(1, "a", "sticky", List.of(member("a", metadata).setGroupInstanceId("static-a")))
			.get("a");
		assertThat(bytes).isNotNull();
		assertThat(this.codec.decodeAssignment(bytes).assignment().grants()).singleElement()
			.satisfies((grant) -> assertThat(grant.shards()).isEqualTo(ShardSet.of(0)));
	}

	@Test
	void aMemberWritesWhatItHoldsAsTheLastLeaderAllowed() {
		TaskDefinition task = TaskDefinition.of("t").withShards(8);
		this.leader.metadata = metadata("a", List.of(task), List.of(claim(task, 3)));
		byte[] first = this.conversation.memberBytes();
		assertThat(first[1]).as("nobody knows yet who else is there").isEqualTo((byte) 1);
		this.members.put("a", first);
		this.conversation.assigned(1, "a", "sticky", assignments().get("a"));
		assertThat(this.leader.assigned).isNotNull();
		assertThat(this.leader.assigned.grants()).extracting(Grant::shards).containsExactly(ShardSet.of(3));
		byte[] second = this.conversation.memberBytes();
		assertThat(second[1]).isEqualTo((byte) 2);
		assertThat(this.codec.decodeMember(ByteBuffer.wrap(second)).state().claims()).containsExactly(claim(task, 3));
		this.members.put("a", second);
		this.members.put("c", claiming(new MessageCodec(1), "c", task, 2));
		this.conversation.assigned(2, "a", "sticky", assignments().get("a"));
		assertThat(this.leader.assigned.grants()).extracting(Grant::shards).containsExactly(ShardSet.of(3));
		assertThat(this.conversation.memberBytes()[1]).as("c could not read it").isEqualTo((byte) 1);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void garbageIsNamedOnceAndToldToItsMember(CapturedOutput output) {
		this.members.put("a", words("a", List.of(TaskDefinition.of("t")), null));
		this.members.put("garbage", "garbage".getBytes(StandardCharsets.UTF_8));
		for (int round = 0; round < 3; round++) {
			assertThat(assign().get("garbage").assignment().problem()).startsWith("The leader cannot decode");
		}
		assertThat(output.getOut().split("Member 'garbage' gets no assignment", -1)).hasSize(2);
	}

	private Map<String, AssignmentMessage> assign() {
		Map<String, AssignmentMessage> answers = new HashMap<>();
		assignments().forEach((memberId, bytes) -> answers.put(memberId, answer(memberId, bytes)));
		return answers;
	}

	private AssignmentMessage answer(String memberId, ByteBuffer bytes) {
		try {
			return this.codec.decodeAssignment(bytes, () -> new Reported(
					this.codec.decodeMember(ByteBuffer.wrap(this.members.get(memberId))).state().claims()));
		}
		catch (MalformedMessageException ex) {
			return this.codec.decodeAssignment(bytes);
		}
	}

	private Map<String, ByteBuffer> assignments() {
		this.generation++;
		List<JoinGroupResponseMember> joined = new ArrayList<>();
		this.members.forEach((memberId, words) -> joined.add(member(memberId, words)));
		return this.conversation.assign(this.generation, "a", "sticky", joined);
	}

	private static byte[] claiming(MessageCodec codec, String name, TaskDefinition task, int shard) {
		return codec.encode(metadata(name, List.of(task), List.of(claim(task, shard))), null).array();
	}

	private static Claim claim(TaskDefinition task, int shard) {
		return new Claim(task.name(), task.shards(), 5, Instant.ofEpochMilli(5), 1, Hold.OWNED, ShardSet.of(shard));
	}

	private static MemberMetadata metadata(String name, List<TaskDefinition> tasks, List<Claim> claims) {
		return new MemberMetadata(name, "x", 0, null, Map.of(), 1.0, false, 1, 0, tasks, claims, List.of());
	}

	private static JoinGroupResponseMember member(String memberId, byte[] words) {
		return new JoinGroupResponseMember().setMemberId(memberId).setMetadata(words);
	}

	private byte[] words(String name, List<TaskDefinition> tasks, @Nullable String digest) {
		return this.codec.encode(metadata(name, tasks, List.of()), digest).array();
	}

	/**
	 * Lets everybody keep what it holds.
	 */
	private static final class Leader implements Callbacks {

		private final List<Round> rounds = new ArrayList<>();

		private @Nullable MemberMetadata metadata;

		private @Nullable MemberAssignment assigned;

		Round last() {
			return this.rounds.get(this.rounds.size() - 1);
		}

		@Override
		public MemberMetadata memberMetadata() {
			return Objects.requireNonNull(this.metadata);
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			this.rounds.add(round);
			Map<String, MemberAssignment> assignments = new HashMap<>();
			round.members()
				.forEach((memberId, state) -> assignments.put(memberId, new MemberAssignment(round.generation(), "a",
						state.instance(), "x", 1, 1, grants(state), List.of(), List.of(), List.of(), null)));
			return assignments;
		}

		private static List<Grant> grants(MemberMetadata state) {
			return state.claims()
				.stream()
				.map((claim) -> new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
						claim.generation(), Origin.HANDED_OVER, claim.shards()))
				.toList();
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			this.assigned = assignment;
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
