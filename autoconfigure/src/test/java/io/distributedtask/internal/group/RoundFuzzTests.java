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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.group.wire.Envelope;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.Reported;
import io.distributedtask.internal.leader.PlanningRounds;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Round;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz test for a whole round: two honest members, the leader among them, and a third one
 * that says what the fuzzer likes. Nothing fails, no shard has two owners, and of what an
 * honest member holds it keeps or gives back in order each shard.
 */
class RoundFuzzTests {

	private static final List<TaskDefinition> TASKS = List.of(TaskDefinition.of("t").withShards(4),
			TaskDefinition.of("u").withRequires("zone=eu"));

	private static final long NOW = 1_795_500_000_000L;

	private static final long DAY = 86_400_000;

	private final MessageCodec codec = new MessageCodec();

	@BeforeAll
	static void beSilent() {
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(Level.OFF);
	}

	@AfterAll
	static void speakAgain() {
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(null);
	}

	@FuzzTest(maxDuration = "10m")
	void honestMembersKeepWhatTheyHold(byte[] bytes) {
		Group group = new Group();
		group.round(null);
		group.round(null);
		long before = group.highestToken();
		List<byte[]> lies = new ArrayList<>(List.of(bytes));
		if (bytes.length < Envelope.MAX_BYTES) {
			lies.add(Envelope.seal((byte) 'M', bytes).array());
		}
		for (byte[] lie : lies) {
			group.round(lie);
			group.round(lie);
			group.round(lie);
		}
		group.round(null);
		group.round(null);
		assertThat(group.highestToken()).isBetween(before, NOW + DAY + 100);
		assertThat(group.owned()).as("shards of the honest members in the end").hasSize(5);
	}

	/**
	 * The group, and what its honest members hold.
	 */
	private final class Group implements Callbacks {

		private final PlanningRounds planner = new PlanningRounds(new FixedClocks());

		private final GroupConversation conversation = new GroupConversation(RoundFuzzTests.this.codec, this, () -> {
		}, (memberId, generation) -> true, NoCrashes.of(this));

		private final Map<String, MemberAssignment> honest = new HashMap<>();

		private int generation;

		void round(byte @Nullable [] lie) {
			this.generation++;
			List<JoinGroupResponseMember> members = new ArrayList<>();
			Map<String, byte[]> metadata = new HashMap<>();
			for (String name : List.of("a", "b")) {
				MemberMetadata state = state(name, this.honest.get(name));
				metadata.put(name, RoundFuzzTests.this.codec.encode(state, null, true).array());
				members.add(member(name, metadata.get(name)));
			}
			if (lie != null) {
				members.add(member("z", lie));
			}
			Map<String, ByteBuffer> answers = this.conversation.assign(this.generation, "a", "sticky", members);
			Set<TaskId> owned = new HashSet<>();
			for (String name : List.of("a", "b")) {
				MemberAssignment assignment = RoundFuzzTests.this.codec
					.decodeAssignment(answers.get(name), () -> reported(metadata.get(name)))
					.assignment();
				assertThat(assignment.isNothing()).isFalse();
				assertNothingIsLost(this.honest.get(name), assignment);
				this.honest.put(name, assignment);
				ids(assignment).forEach((id) -> assertThat(owned.add(id)).as("two owners of %s", id).isTrue());
			}
			ByteBuffer other = answers.get("z");
			if (other != null) {
				MemberAssignment assignment = RoundFuzzTests.this.codec.decodeAssignment(other, () -> reported(lie))
					.assignment();
				ids(assignment).forEach((id) -> assertThat(owned.add(id)).as("two owners of %s", id).isTrue());
			}
		}

		private static Reported reported(byte @Nullable [] metadata) {
			return new Reported(new MessageCodec().decodeMember(ByteBuffer.wrap(Objects.requireNonNull(metadata)))
				.state()
				.claims());
		}

		private void assertNothingIsLost(@Nullable MemberAssignment before, MemberAssignment after) {
			if (before == null) {
				return;
			}
			Set<TaskId> kept = ids(after);
			after.revoked()
				.forEach((shards) -> shards.shards()
					.stream()
					.forEach((shard) -> kept.add(new TaskId(shards.task(), shard))));
			assertThat(kept).containsAll(ids(before));
		}

		Set<TaskId> owned() {
			Set<TaskId> owned = new HashSet<>();
			this.honest.values().forEach((assignment) -> owned.addAll(ids(assignment)));
			return owned;
		}

		long highestToken() {
			return this.honest.get("a").highestToken();
		}

		private static Set<TaskId> ids(MemberAssignment assignment) {
			Set<TaskId> ids = new HashSet<>();
			assignment.grants()
				.forEach((
						grant) -> grant.shards().stream().forEach((shard) -> ids.add(new TaskId(grant.task(), shard))));
			return ids;
		}

		private static MemberMetadata state(String name, @Nullable MemberAssignment last) {
			List<Claim> claims = new ArrayList<>();
			if (last != null) {
				last.grants()
					.forEach((grant) -> claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(),
							grant.since(), grant.generation(), Hold.OWNED, grant.shards())));
			}
			return new MemberMetadata(name, "x", 0, null, Map.of("zone", "eu"), 1.0, false,
					(last != null) ? last.generation() : -1, (last != null) ? last.highestToken() : 0, TASKS, claims,
					List.of());
		}

		private static JoinGroupResponseMember member(String name, byte[] words) {
			return new JoinGroupResponseMember().setMemberId(name).setMetadata(words);
		}

		@Override
		public MemberMetadata memberMetadata() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Map<String, MemberAssignment> assign(Round round) {
			return this.planner.plan(round);
		}

		@Override
		public void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment) {
			throw new UnsupportedOperationException();
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

	private static final class FixedClocks implements Clocks {

		@Override
		public long nanos() {
			return 0;
		}

		@Override
		public long millis() {
			return NOW;
		}

	}

}
