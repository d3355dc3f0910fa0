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

package io.distributedtask.internal.group.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.distributedtask.TaskId;
import io.distributedtask.internal.group.wire.MessageCodec.AssignmentMessage;
import io.distributedtask.internal.group.wire.MessageCodec.MemberMessage;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HeldShards}, {@link Reported} and {@link Numbers} as parts of
 * messages.
 */
class HeldShardsTests {

	private static final Instant SINCE = Instant.ofEpochMilli(1_795_500_000_000L);

	private final MessageCodec codec = new MessageCodec();

	@Test
	void whatAMemberHoldsArrives() {
		for (long seed = 0; seed < 2000; seed++) {
			List<Claim> claims = claims(new Random(seed));
			MemberMessage message = this.codec.decodeMember(this.codec.encode(metadata(claims), null, true));
			assertThat(message.readsCompact()).isTrue();
			assertThat(shards(message.state().claims())).as("seed %d", seed).isEqualTo(shards(claims));
			assertThat(message.state().withTasks(List.of()))
				.isEqualTo(metadata(message.state().claims()).withTasks(List.of()));
		}
	}

	@Test
	void whatIsGrantedAnewAndWhatStaysArrives() {
		for (long seed = 0; seed < 2000; seed++) {
			Random random = new Random(seed);
			ByteBuffer metadata = this.codec.encode(metadata(claims(random)), null, true);
			List<Claim> claims = this.codec.decodeMember(metadata).state().claims();
			List<Grant> grants = new ArrayList<>();
			for (Claim claim : claims) {
				int fate = random.nextInt(8);
				Origin origin = (fate == 0) ? Origin.FAILED_OVER : Origin.HANDED_OVER;
				if (fate != 1) {
					grants.add(new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
							claim.generation(), origin, (fate == 2) ? SINCE : null, claim.shards()));
				}
			}
			claims(random).forEach((claim) -> grants.add(new Grant("new-" + claim.task(), claim.shardCount(),
					claim.token(), claim.since(), 4711, Origin.HANDED_OVER, claim.shards())));
			Collections.shuffle(grants, random);
			Reported reported = new Reported(claims);
			AssignmentMessage message = this.codec
				.decodeAssignment(this.codec.encode(assignment(grants), seed % 2 == 0, reported), () -> reported);
			assertThat(message.isCompact()).isTrue();
			assertThat(message.wantsTasks()).isEqualTo(seed % 2 == 0);
			assertThat(granted(message.assignment().grants())).as("seed %d", seed).isEqualTo(granted(grants));
		}
	}

	@Test
	void whatStaysTakesNoRoom() {
		List<Claim> claims = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			claims.add(claim("task-with-a-name-" + i * 7919, 100, Hold.OWNED, ShardSet.of(i)));
		}
		Reported reported = new Reported(claims);
		List<Grant> grants = claims.stream()
			.map((claim) -> new Grant(claim.task(), claim.shardCount(), claim.token(), claim.since(),
					claim.generation(), Origin.HANDED_OVER, claim.shards()))
			.toList();
		assertThat(this.codec.encode(assignment(grants), false, reported).remaining())
			.isLessThan(this.codec.encode(assignment(List.of()), false, reported).remaining() + 32);
		assertThat(this.codec.encode(assignment(grants), false).remaining()).isGreaterThan(500);
	}

	@Test
	void theCompactFormIsTheShorterOneHoweverShardsAreSpread() {
		for (int distance : new int[] { 1, 3, 10, 100, 1000 }) {
			List<Claim> claims = new ArrayList<>();
			for (int task = 0; task < 10; task++) {
				claims.add(claim("task-" + task, 10_000, Hold.OWNED,
						ShardSet.of(IntStream.range(0, 10).map((i) -> 7 + i * distance).toArray())));
			}
			assertThat(this.codec.encode(metadata(claims), null, true).remaining()).as("each %d", distance)
				.isLessThan(this.codec.encode(metadata(claims), null).remaining());
		}
	}

	@Test
	void anAssignmentForOtherMetadataIsRefused() {
		Claim claim = claim("t", 8, Hold.OWNED, ShardSet.of(1, 2));
		Grant grant = new Grant("t", 8, claim.token(), SINCE, claim.generation(), Origin.HANDED_OVER, claim.shards());
		ByteBuffer bytes = this.codec.encode(assignment(List.of(grant)), false, new Reported(List.of(claim)));
		assertThat(this.codec.decodeAssignment(bytes, () -> new Reported(List.of(claim))).assignment().grants())
			.containsExactly(grant);
		for (Claim other : List.of(claim("t", 8, Hold.OWNED, ShardSet.of(1)), claim("u", 8, Hold.OWNED, claim.shards()),
				claim("t", 8, Hold.REVOKING, claim.shards()))) {
			assertThatExceptionOfType(MalformedMessageException.class)
				.isThrownBy(() -> this.codec.decodeAssignment(bytes, () -> new Reported(List.of(other))))
				.withMessageContaining("other metadata");
		}
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeAssignment(bytes))
			.withMessageContaining("other metadata");
	}

	@Test
	void whatAMemberIsStoppingIsNeverReferredTo() {
		for (Hold hold : List.of(Hold.REVOKING, Hold.LOST)) {
			Reported reported = new Reported(List.of(claim("t", 8, hold, ShardSet.of(1))));
			assertThatExceptionOfType(MalformedMessageException.class)
				.isThrownBy(() -> reported.grants(ShardSet.of(0), reported.checksum()))
				.withMessageContaining("claim 0 of 1");
			assertThatExceptionOfType(MalformedMessageException.class)
				.isThrownBy(() -> reported.grants(ShardSet.of(1), reported.checksum()))
				.withMessageContaining("claim 1 of 1");
		}
	}

	@Test
	void aMemberOfVersion1IsToldApart() {
		MessageCodec former = new MessageCodec(1);
		MemberMessage message = this.codec.decodeMember(former.encode(metadata(List.of()), null));
		assertThat(message.readsCompact()).isFalse();
		assertThat(this.codec.decodeMember(this.codec.encode(metadata(List.of()), null)).readsCompact()).isTrue();
	}

	@Test
	void namesOfAllKindsArrive() {
		List<String> names = List.of("a", "ab", "abc", "x".repeat(200), "x".repeat(199) + "y", "ü", "üb",
				"\uD83D\uDE00", "\uD83D\uDE01", "with space", "Z", "~", "\\", "\"");
		List<Claim> claims = names.stream().map((name) -> claim(name, 3, Hold.OWNED, ShardSet.of(0, 2))).toList();
		assertThat(shards(this.codec.decodeMember(this.codec.encode(metadata(claims), null, true)).state().claims()))
			.isEqualTo(shards(claims));
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "[]", "\"\"", "\"a\"", "\"1a\"", "\"0a\\n0\"", "\"0a\\n2b\"", "\"0a\\n\"",
			"\"0a\\r\"", "\"0\\u0007\"" })
	void namesThatAreNoneAreRefused(String names) {
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(
				() -> member("{\"i\":\"a\",\"x\":\"x\",\"N\":%s,\"D\":[{\"t\":1,\"g\":1}]}".formatted(names), 1, 1, 0))
			.withMessageMatching("(?s).*'N'.*");
	}

	@Test
	void shardsBeyondTheTaskAreRefused() {
		String text = "{\"i\":\"a\",\"x\":\"x\",\"N\":\"0a\\n0b\",\"n\":[8,4],\"D\":[{\"t\":1,\"g\":1}]}";
		assertThat(member(text, 2, 1, 7, 1, 3).claims()).extracting(Claim::shards)
			.containsExactly(ShardSet.of(7), ShardSet.of(3));
		assertThat(member(text, 1, 0, 2, 1, 3, 4).claims()).extracting(Claim::shards)
			.containsExactly(ShardSet.of(0, 1, 2, 5));
		for (int[] bytes : new int[][] { { 1, 1, 8 }, { 1, 3, 4 }, { 1, 5, 0 }, { 3, 1, 0 }, { 1, 0, 9 },
				{ 1, 0, 1, 1, 9 }, { 1, 0, 1, 16 }, { 1, 0, 2, 14, 2 }, { 1 }, { 1, 1 }, {},
				{ 128, 128, 128, 128, 128 }, { 255, 255, 255, 255, 127 } }) {
			assertThatExceptionOfType(MalformedMessageException.class).as("bytes %s", (Object) bytes)
				.isThrownBy(() -> member(text, bytes));
		}
	}

	@Test
	void aFewBytesDoNotStandForManyShards() {
		StringBuilder text = new StringBuilder("{\"i\":\"a\",\"x\":\"x\",\"N\":\"0a\",\"n\":[100000],\"D\":[");
		List<Integer> bytes = new ArrayList<>();
		for (int i = 0; i < 30; i++) {
			text.append((i > 0) ? "," : "").append("{\"t\":").append(i).append("}");
			// one task, several ranges, one range from 0 with 100,000 shards
			bytes.addAll(List.of(1, 0, 1, 1, 0xA0, 0x8D, 0x06));
		}
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> member(text + "]}", bytes.stream().mapToInt(Integer::intValue).toArray()))
			.withMessageContaining("more than 2000000 shards");
	}

	private MemberMetadata member(String text, int... behind) {
		byte[] bytes = new byte[behind.length];
		for (int i = 0; i < behind.length; i++) {
			bytes[i] = (byte) behind[i];
		}
		return this.codec.decodeMember(Envelope.seal((byte) 'M', text.getBytes(StandardCharsets.UTF_8), bytes)).state();
	}

	private static Claim claim(String task, int shardCount, Hold hold, ShardSet shards) {
		return new Claim(task, shardCount, SINCE.toEpochMilli(), SINCE, 7, hold, shards);
	}

	private static List<Claim> claims(Random random) {
		List<Claim> claims = new ArrayList<>();
		int terms = 1 + random.nextInt(4);
		for (int i = 0; i < random.nextInt(20); i++) {
			int shardCount = random.nextBoolean() ? 1 : 1 + random.nextInt(random.nextBoolean() ? 10 : 100_000);
			BitSet shards = new BitSet();
			do {
				int first = random.nextInt(shardCount);
				shards.set(first, Math.min(shardCount, first + 1 + random.nextInt(random.nextBoolean() ? 1 : 300)));
			}
			while (random.nextInt(4) > 0);
			long token = random.nextInt(terms);
			claims.add(new Claim("task-" + i * i, shardCount, token, (token == 0) ? SINCE : Instant.ofEpochMilli(token),
					(int) token, Hold.values()[(int) token % 3], ShardSet.of(shards)));
		}
		return claims;
	}

	/**
	 * Each shard with its claim, since claims are sent in another order.
	 */
	private static Map<TaskId, Claim> shards(List<Claim> claims) {
		Map<TaskId, Claim> shards = new HashMap<>();
		claims.forEach((claim) -> claim.ids()
			.forEach((id) -> assertThat(shards.put(id, claim.of(id.name(), claim.shardCount(), ShardSet.EMPTY)))
				.isNull()));
		return shards;
	}

	private static Map<TaskId, Grant> granted(List<Grant> grants) {
		Map<TaskId, Grant> shards = new HashMap<>();
		grants.forEach((grant) -> grant.ids()
			.forEach((id) -> assertThat(shards.put(id, grant.withShards(ShardSet.EMPTY))).isNull()));
		return shards;
	}

	private static MemberMetadata metadata(List<Claim> claims) {
		return new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 3, 0, List.of(), claims, List.of());
	}

	private static MemberAssignment assignment(List<Grant> grants) {
		return new MemberAssignment(3, "a", "a", "x", 1, 1, grants, List.of(), List.of(), List.of(), null);
	}

}
