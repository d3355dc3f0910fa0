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

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.internal.group.wire.Envelope;
import io.distributedtask.internal.group.wire.MalformedMessageException;
import io.distributedtask.internal.group.wire.MessageCodec;
import io.distributedtask.internal.group.wire.MessageCodec.AssignmentMessage;
import io.distributedtask.internal.group.wire.MessageCodec.MemberMessage;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.message.Watched;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

/**
 * Tests for {@link MessageCodec} and {@link Envelope}.
 */
class MessageCodecTests {

	private final MessageCodec codec = new MessageCodec();

	@Test
	void whatAMemberSaysArrivesAsItWasSaid() {
		for (long seed = 0; seed < 500; seed++) {
			MemberMetadata state = state(new Random(seed));
			MemberMessage message = this.codec.decodeMember(this.codec.encode(state, null));
			assertThat(message.state()).as("seed %d", seed).isEqualTo(state);
			assertThat(message.digest()).isNull();
		}
	}

	@Test
	void tasksMayBeAnnouncedByTheirDigest() {
		MemberMetadata state = state(new Random(1));
		MemberMessage message = this.codec.decodeMember(this.codec.encode(state, "abc"));
		assertThat(message.digest()).isEqualTo("abc");
		assertThat(message.state().tasks()).isEmpty();
		assertThat(message.state().claims()).isEqualTo(state.claims());
	}

	@Test
	void whatElseIsSaidStaysWhenTheTasksOfADigestAreFound() {
		List<TaskDefinition> tasks = IntStream.range(0, 200).mapToObj((i) -> TaskDefinition.of("task-" + i)).toList();
		TaskLists lists = new TaskLists(this.codec);
		String digest = lists.learnOwn(tasks);
		for (long seed = 0; seed < 100; seed++) {
			MemberMetadata state = state(new Random(seed));
			MemberReader reader = new MemberReader(this.codec, lists);
			reader.hear("a", this.codec.encode(state, digest).array());
			reader.finish(new HashMap<>(), 0, false);
			assertThat(reader.states()).as("seed %d", seed).containsExactly(Map.entry("a", state.withTasks(tasks)));
		}
	}

	@Test
	void successesAndWhyTheGroupRebalancesArriveToTheSecond() {
		Map<String, Success> successes = Map.of("nightly", new Success(Instant.ofEpochSecond(1_795_500_930)), "hourly",
				new Success(Instant.ofEpochSecond(1_795_500_000),
						List.of(Instant.EPOCH, Instant.ofEpochMilli(1_795_500_000_007L), Progress.FOR_GOOD)));
		MemberMetadata state = new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 3, 0, List.of(), List.of(),
				List.of(), List.of(), Duration.ZERO, false, List.of(), successes, "tasks were registered");
		assertThat(this.codec.decodeMember(this.codec.encode(state, null)).state()).isEqualTo(state);
		MemberAssignment assignment = new MemberAssignment(1, "a", "a", "x", 1, 1, List.of(), List.of(), List.of(),
				List.of(), null)
			.withSuccesses(successes)
			.withOccasion(new Occasion(Cause.LEFT, "b left"));
		assertThat(this.codec.decodeAssignment(this.codec.encode(assignment, false)).assignment())
			.isEqualTo(assignment);
	}

	@Test
	void successesOfTenThousandTasksFitIntoTheGroupsRecordManyTimes() {
		List<Claim> claims = new ArrayList<>();
		Map<String, Success> successes = new HashMap<>();
		Random random = new Random(7);
		for (int i = 0; i < 100; i++) {
			claims.add(new Claim("tenant-" + i, 1, 1_795_500_930_123L, Instant.ofEpochMilli(1_795_500_930_123L), 7,
					Hold.OWNED, ShardSet.of(0)));
			successes.put("tenant-" + i, new Success(Instant.ofEpochSecond(1_795_500_000 + random.nextInt(3600))));
		}
		int without = this.codec.encode(state(claims, Map.of()), "digest").remaining();
		int with = this.codec.encode(state(claims, successes), "digest").remaining();
		assertThat((with - without) * 100).as("bytes, of a hundred members").isLessThan(100 * 1024);
	}

	private static MemberMetadata state(List<Claim> claims, Map<String, Success> successes) {
		return new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 3, 0, List.of(), claims, List.of(),
				List.of(), Duration.ZERO, false, List.of(), successes, null);
	}

	@Test
	void aLongReasonOfTheLeaderCanStillBeRead() {
		MemberAssignment assignment = new MemberAssignment(1, "a", "a", "x", 1, 1, List.of(), List.of(), List.of(),
				List.of(new Unassigned("t", ShardSet.of(0), "still running on " + "b".repeat(10_000))), null);
		assertThat(this.codec.decodeAssignment(this.codec.encode(assignment, false)).assignment().unassigned())
			.singleElement()
			.satisfies((unassigned) -> assertThat(unassigned.reason()).startsWith("still running on bbb"));
	}

	@Test
	void aNameOfThousandsOfCharactersIsRefused() {
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> member("{\"i\":\"" + "a".repeat(301) + "\",\"x\":\"x\"}"))
			.withMessageContaining("not a name of at most 300 characters");
	}

	@Test
	void aSessionOfDaysIsNotBelieved() {
		assertThat(member("{\"i\":\"a\",\"x\":\"x\",\"s\":2000000000}").session()).isEqualTo(Duration.ofHours(1));
	}

	@Test
	void whatTheLeaderSaysArrivesAsItWasSaid() {
		for (long seed = 0; seed < 500; seed++) {
			MemberAssignment assignment = assignment(new Random(seed));
			AssignmentMessage message = this.codec.decodeAssignment(this.codec.encode(assignment, seed % 2 == 0));
			assertThat(message.assignment()).as("seed %d", seed).isEqualTo(assignment);
			assertThat(message.wantsTasks()).isEqualTo(seed % 2 == 0);
		}
	}

	@Test
	void theRealGenerationTravels() {
		MemberMetadata state = new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 4711, 12, List.of(),
				List.of(), List.of());
		assertThat(this.codec.decodeMember(this.codec.encode(state, null)).state().generation()).isEqualTo(4711);
	}

	@Test
	void messagesOfTheFirstVersionAreRead() {
		MemberMetadata state = member("{\"i\":\"a\",\"x\":\"b\",\"T\":[{\"n\":\"t\"}]}");
		assertThat(state.kept()).isEmpty();
		assertThat(state.session()).isZero();
		assertThat(state.replacing()).isFalse();
		MemberAssignment assignment = assignment(
				"{\"g\":3,\"l\":\"a\",\"i\":\"a\",\"x\":\"b\",\"G\":[{\"n\":\"t\",\"t\":5,\"g\":3,\"i\":\"0\"}]}");
		assertThat(assignment.kept()).isEmpty();
		assertThat(assignment.session()).isZero();
		assertThat(assignment.grants()).extracting(Grant::ownerless).containsOnlyNulls();
	}

	@Test
	void whatIsNotKeptTakesNoRoom() {
		MemberMetadata state = new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 1, 0, List.of(), List.of(),
				List.of());
		assertThat(Envelope.open((byte) 'M', this.codec.encode(state, null)).text()).asString(StandardCharsets.UTF_8)
			.isEqualTo("{\"i\":\"a\",\"x\":\"x\",\"g\":1,\"T\":[],\"v\":2}");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[7]", "[{\"o\":\"a\"}]", "[{\"o\":\"a\",\"n\":\"t\",\"s\":4,\"i\":\"0-4\"}]",
			"[{\"o\":\"a\",\"n\":\"t\",\"i\":\"0\",\"z\":-1}]", "[{\"o\":\"a\",\"n\":\"t\",\"i\":\"0\",\"y\":\"now\"}]",
			"[{\"o\":\"a\",\"n\":\"t\",\"i\":\"0\",\"P\":[{\"i\":1}]}]" })
	void nonsenseOnKeptShardsIsRefused(String kept) {
		String text = "{\"i\":\"a\",\"x\":\"x\",\"g\":1,\"l\":\"a\",\"K\":%s}".formatted(kept);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(text));
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> assignment(text));
	}

	@Test
	void fieldsOfALaterVersionArePassedOver() {
		MemberMetadata state = member(
				"{\"i\":\"a\",\"x\":\"b\",\"zz\":{\"deep\":[1,2]},\"T\":[{\"n\":\"t\",\"new\":1}]}");
		assertThat(state.instance()).isEqualTo("a");
		assertThat(state.tasks()).containsExactly(TaskDefinition.of("t"));
	}

	@Test
	void anotherVersionOfTheFormatIsNamed() {
		ByteBuffer bytes = this.codec.encode(state(new Random(1)), null);
		bytes.put(1, (byte) (Envelope.VERSION + 1));
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(bytes))
			.withMessageContaining("version 3 of the format")
			.withMessageContaining("versions up to 2");
	}

	@Test
	void aTruncatedMessageIsRefused() {
		ByteBuffer whole = this.codec.encode(state(new Random(3)), null);
		for (int length = 0; length < whole.limit(); length++) {
			assertRefusedOrRead(whole.duplicate().limit(length), "length " + length);
		}
	}

	@Test
	void randomBytesAreRefused() {
		for (long seed = 0; seed < 20_000; seed++) {
			Random random = new Random(seed);
			byte[] bytes = new byte[random.nextInt(200)];
			random.nextBytes(bytes);
			if (bytes.length > 2 && seed % 2 == 0) {
				bytes[0] = 'M';
				bytes[1] = Envelope.VERSION;
				bytes[2] = (byte) (seed % 8 / 2);
			}
			assertRefusedOrRead(ByteBuffer.wrap(bytes), "seed " + seed);
		}
	}

	@Test
	void flippedBitsAreRefusedOrReadButNeverMore() {
		for (long seed = 0; seed < 5_000; seed++) {
			Random random = new Random(seed);
			ByteBuffer bytes = this.codec.encode(state(random), null);
			int position = random.nextInt(bytes.limit());
			bytes.put(position, (byte) (bytes.get(position) ^ (1 << random.nextInt(8))));
			assertRefusedOrRead(bytes, "seed " + seed);
		}
	}

	@Test
	void aMessageThatInflatesWithoutEndIsRefused() {
		byte[] zeros = new byte[Envelope.MAX_INFLATED_BYTES + 1];
		ByteBuffer bomb = Envelope.seal((byte) 'M', zeros);
		assertThat(bomb.limit()).isLessThan(Envelope.MAX_BYTES);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(bomb))
			.withMessageContaining("inflate to more than");
	}

	@Test
	void bytesBehindTheTextThatInflateWithoutEndAreRefused() {
		byte[] text = "{\"i\":\"a\",\"x\":\"x\"}".getBytes(StandardCharsets.UTF_8);
		ByteBuffer bomb = Envelope.seal((byte) 'M', text, new byte[Envelope.MAX_INFLATED_BYTES + 1]);
		assertThat(bomb.limit()).isLessThan(Envelope.MAX_BYTES);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(bomb))
			.withMessageContaining("inflate to more than");
	}

	@Test
	void whereAMemberCanBeWatchedAndWhomItWatchesIsReadAgain() {
		MemberMetadata state = state(new Random(1));
		assertThat(this.codec.decodeMember(this.codec.encode(state, null, true, "10.0.0.4:41234")).watchAddress())
			.isEqualTo("10.0.0.4:41234");
		assertThat(this.codec.decodeMember(this.codec.encode(state, null)).watchAddress()).isNull();
		List<Watched> watched = List.of(new Watched("member-b", "b", "a1b2c3d4", "10.0.0.5:41234"),
				new Watched("member-c", "c", "b1b2c3d4", "[fd00::1]:41234"));
		MemberAssignment assignment = assignment(new Random(1));
		assertThat(this.codec.decodeAssignment(this.codec.encode(assignment, false, null, watched)).watched())
			.isEqualTo(watched);
		assertThat(this.codec.decodeAssignment(this.codec.encode(assignment, false)).watched()).isEmpty();
	}

	@Test
	void moreToWatchThanAMemberMayIsRefused() {
		List<Watched> watched = Collections.nCopies(Watched.MOST + 1, new Watched("m", "b", "x", "10.0.0.5:41234"));
		ByteBuffer bytes = this.codec.encode(assignment(new Random(1)), false, null, watched);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeAssignment(bytes));
	}

	@Test
	void unknownFlagsAreRefused() {
		ByteBuffer bytes = this.codec.encode(state(new Random(1)), null);
		bytes.put(2, (byte) 4);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(bytes))
			.withMessageContaining("flags");
	}

	@Test
	void aMessageThatIsTooLongIsRefused() {
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> this.codec.decodeMember(ByteBuffer.allocate(Envelope.MAX_BYTES + 1)))
			.withMessageContaining("more than");
	}

	@Test
	void anAssignmentIsNoMember() {
		ByteBuffer bytes = this.codec.encode(assignment(new Random(1)), false);
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(bytes));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "[]", "7", "{}", "{\"i\":1,\"x\":\"x\"}", "{\"i\":\"a\",\"x\":\"x\",\"r\":-1}",
			"{\"i\":\"a\",\"x\":\"x\",\"r\":99999999999}", "{\"i\":\"a\",\"x\":\"x\",\"c\":0}",
			"{\"i\":\"a\",\"x\":\"x\",\"c\":1e999}", "{\"i\":\"a\",\"x\":\"x\",\"c\":\"NaN\"}",
			"{\"i\":\"a\",\"x\":\"x\",\"u\":\":::\"}", "{\"i\":\"a\",\"x\":\"x\",\"T\":{}}",
			"{\"i\":\"a\",\"x\":\"x\",\"T\":[{\"n\":\"\"}]}", "{\"i\":\"a\",\"x\":\"x\",\"T\":[{\"n\":\"t\",\"s\":0}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"T\":[{\"n\":\"t\",\"s\":2000000000}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"T\":[{\"n\":\"t\",\"q\":\"zone\"}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"C\":[{\"n\":\"t\",\"s\":4,\"t\":1,\"i\":\"0-9\"}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"C\":[{\"n\":\"t\",\"t\":1,\"h\":9,\"i\":\"0\"}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"C\":[{\"n\":\"t\",\"t\":-1,\"i\":\"0\"}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"R\":[{\"n\":\"t\",\"i\":-1}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"R\":[{\"n\":\"t\",\"a\":[9223372036854775807]}]}",
			"{\"i\":\"a\",\"x\":\"x\",\"l\":{\"zone\":7}}" })
	void nonsenseIsRefused(String text) {
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(text));
	}

	@Test
	void deepNestingIsRefused() {
		String deep = "{\"z\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(deep));
	}

	@Test
	void tooManyLabelsAreRefused() {
		StringBuilder labels = new StringBuilder("{\"i\":\"a\",\"x\":\"x\",\"l\":{\"k\":\"v\"");
		for (int i = 0; i < 200; i++) {
			labels.append(",\"k").append(i).append("\":\"v\"");
		}
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(labels + "}}"))
			.withMessageContaining("'l'");
	}

	@Test
	void aFewBytesDoNotStandForManyShards() {
		StringBuilder claims = new StringBuilder("{\"i\":\"a\",\"x\":\"x\",\"C\":[");
		for (int i = 0; i < 100; i++) {
			claims.append((i > 0) ? "," : "")
				.append("{\"n\":\"t\",\"s\":100000,\"t\":")
				.append(i)
				.append(",\"i\":\"0-99999\"}");
		}
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(claims + "]}"))
			.withMessageContaining("more than 2000000 shards");
		// sets of one shard each, but of the last one
		StringBuilder wide = new StringBuilder("{\"i\":\"a\",\"x\":\"x\",\"C\":[");
		for (int i = 0; i < 5000; i++) {
			wide.append((i > 0) ? "," : "")
				.append("{\"n\":\"t\",\"s\":100000,\"t\":")
				.append(i * 7919)
				.append(",\"i\":\"99999\"}");
		}
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> member(wide + "]}"))
			.withMessageContaining("more than 2000000 shards");
	}

	@Test
	void aTreeOfManySmallThingsIsRefused() {
		byte[] text = ("{\"z\":[" + "{},".repeat(1_000_000) + "{}]}").getBytes(StandardCharsets.UTF_8);
		ByteBuffer plain = ByteBuffer.allocate(3 + 900_000).put((byte) 'M').put(Envelope.VERSION).put((byte) 0);
		assertThat(text.length).isLessThan(Envelope.MAX_INFLATED_BYTES);
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> this.codec.decodeMember(Envelope.seal((byte) 'M', text)));
		plain.put(text, 0, 900_000).flip();
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(() -> this.codec.decodeMember(plain));
	}

	@Test
	void whatIsQuotedOfAnotherMemberIsOneShortLine() {
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(
					() -> member("{\"i\":\"a\",\"x\":\"x\",\"u\":\"\\n2026-11-25 ERROR ::" + "u".repeat(4000) + "\"}"))
			.satisfies((ex) -> assertThat(ex.getMessage()).doesNotContain("\n").hasSizeLessThanOrEqualTo(300));
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> member("{\"i\":\"a\\r\\nERROR forged\",\"x\":\"x\"}"))
			.withMessageContaining("control characters");
	}

	@Test
	void whatIsSealedCanAlwaysBeOpened() {
		byte[] repeated = "{\"i\":\"a\"}".concat(" ".repeat(500_000)).getBytes(StandardCharsets.UTF_8);
		assertThat(Envelope.open((byte) 'M', Envelope.seal((byte) 'M', repeated)).text()).isEqualTo(repeated);
	}

	private MemberMetadata member(String text) {
		return this.codec.decodeMember(Envelope.seal((byte) 'M', text.getBytes(StandardCharsets.UTF_8))).state();
	}

	private MemberAssignment assignment(String text) {
		return this.codec.decodeAssignment(Envelope.seal((byte) 'A', text.getBytes(StandardCharsets.UTF_8)))
			.assignment();
	}

	private void assertRefusedOrRead(ByteBuffer bytes, String description) {
		try {
			assertThat(this.codec.decodeMember(bytes).state()).isNotNull();
		}
		catch (MalformedMessageException ex) {
			assertThat(ex.getMessage()).as(description).isNotBlank();
		}
		catch (Throwable ex) {
			fail(description + " gave " + ex, ex);
		}
	}

	private static MemberMetadata state(Random random) {
		List<TaskDefinition> tasks = new ArrayList<>();
		List<Claim> claims = new ArrayList<>();
		List<Progress> releases = new ArrayList<>();
		for (int i = 0; i < random.nextInt(5); i++) {
			TaskDefinition task = TaskDefinition.of("task-" + i + random.nextInt(100))
				.withShards(1 + random.nextInt(64));
			if (random.nextBoolean()) {
				task = task.withWeight(1 + random.nextInt(9)).withRequires("zone=eu,disk=d" + i);
			}
			tasks.add(task);
			long token = random.nextLong(2_000_000_000_000L);
			claims.add(new Claim(task.name(), task.shards(), token, since(token, random), random.nextInt(1000),
					Hold.values()[random.nextInt(3)], shards(random, task.shards())));
			releases.add(new Progress(new TaskId(task.name(), random.nextInt(task.shards())), random.nextBoolean()
					? List.of() : List.of(Instant.EPOCH, Instant.ofEpochMilli(random.nextInt() & Integer.MAX_VALUE))));
		}
		return new MemberMetadata("instance-" + random.nextInt(9), Integer.toHexString(random.nextInt()),
				random.nextInt(100), random.nextBoolean() ? URI.create("http://10.0.0.4:8080/actuator") : null,
				random.nextBoolean() ? Map.of("zone", "eu", "ütf", "→") : Map.of(), 1 + random.nextInt(4),
				random.nextBoolean(), random.nextInt(100) - 1, random.nextLong(2_000_000_000_000L), tasks, claims,
				releases, kept(random), Duration.ofMillis(random.nextInt(3)), random.nextBoolean(), control(random),
				Map.of(), null);
	}

	private static MemberAssignment assignment(Random random) {
		List<Grant> grants = new ArrayList<>();
		for (int i = 0; i < random.nextInt(5); i++) {
			long token = random.nextLong(2_000_000_000_000L);
			grants.add(new Grant("task-" + i, 64, token, since(token, random), random.nextInt(1000),
					Origin.values()[random.nextInt(2)], random.nextBoolean() ? Instant.ofEpochMilli(i) : null,
					shards(random, 64)));
		}
		return new MemberAssignment(random.nextInt(1000), "leader", "a", "x", random.nextInt(9),
				random.nextLong(2_000_000_000_000L), grants,
				List.of(new Shards("t", shards(random, 64),
						random.nextBoolean() ? Instant.ofEpochMilli(random.nextInt(1_000_000)) : null)),
				List.of(new Progress(new TaskId("t", 3), List.of(Instant.EPOCH))),
				List.of(new Unassigned("t", shards(random, 64), "no instance has label zone=us")),
				random.nextBoolean() ? "a problem" : null, kept(random), Duration.ofMillis(random.nextInt(3)),
				random.nextBoolean(), control(random), Map.of(), null);
	}

	private static List<OperatorCommand> control(Random random) {
		List<OperatorCommand> control = new ArrayList<>();
		for (int i = 0; i < random.nextInt(4); i++) {
			OperatorCommand.Kind kind = OperatorCommand.Kind.values()[random
				.nextInt(OperatorCommand.Kind.values().length)];
			control.add(new OperatorCommand(new OperatorCommand.Key(kind, random.nextBoolean() ? "" : "t", i),
					random.nextBoolean() ? null : "v", random.nextLong(2_000_000_000_000L), "a"));
		}
		return control;
	}

	private static List<Reservation> kept(Random random) {
		List<Reservation> kept = new ArrayList<>();
		for (int i = 0; i < random.nextInt(4); i++) {
			kept.add(new Reservation("instance-" + i, random.nextBoolean() ? Instant.ofEpochMilli(i) : null,
					random.nextBoolean() ? Instant.ofEpochMilli(i + 1) : null, "task-" + i, 64, shards(random, 64),
					random.nextBoolean() ? List.of()
							: List.of(new Progress(new TaskId("task-" + i, 3), List.of(Instant.EPOCH)))));
		}
		return kept;
	}

	private static Instant since(long token, Random random) {
		return Instant.ofEpochMilli(random.nextBoolean() ? token : random.nextInt(1000));
	}

	private static ShardSet shards(Random random, int count) {
		return ShardSet.of(random.ints(1 + random.nextInt(8), 0, count).toArray());
	}

}
