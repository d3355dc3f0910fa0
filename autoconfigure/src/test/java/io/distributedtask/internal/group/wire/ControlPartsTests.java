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
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ControlParts} in messages of the {@link MessageCodec}.
 */
class ControlPartsTests {

	private static final List<OperatorCommand> ENTRIES = List.of(
			new OperatorCommand(new Key(Kind.PAUSE_ALL, "", 0), null, 1_795_500_930_123L, "shop-1"),
			new OperatorCommand(new Key(Kind.PAUSE, "crawler", 0), "", 1_795_500_930_124L, "shop-1"),
			new OperatorCommand(new Key(Kind.MOVE, "crawler", 7), "shop-2", 1_795_500_930_125L, "shop-3"),
			new OperatorCommand(new Key(Kind.RUN, "crawler", 3), "1795500930000", 1, "a"),
			new OperatorCommand(new Key(Kind.DRAIN, "shop-2", 0), "", 2, "b"));

	private final MessageCodec codec = new MessageCodec();

	@Test
	void whatOperatorsHaveDecidedArrivesAsItWasSaid() {
		assertThat(this.codec.decodeMember(this.codec.encode(state(ENTRIES), null)).state().control())
			.isEqualTo(ENTRIES);
		assertThat(this.codec.decodeAssignment(this.codec.encode(assignment(ENTRIES), false)).assignment().control())
			.isEqualTo(ENTRIES);
	}

	@Test
	void itArrivesWithTasksThatAreAnnouncedByTheirDigestToo() {
		MemberMetadata state = this.codec.decodeMember(this.codec.encode(state(ENTRIES), "digest")).state();
		assertThat(state.control()).isEqualTo(ENTRIES);
		assertThat(state.tasks()).isEmpty();
	}

	@Test
	void whereNothingWasDecidedTheBytesAreWhatTheyWere() {
		assertThat(text('M', this.codec.encode(state(List.of()), null)))
			.isEqualTo("{\"i\":\"a\",\"x\":\"x\",\"g\":1,\"T\":[],\"v\":2}");
		assertThat(text('A', this.codec.encode(assignment(List.of()), false)))
			.isEqualTo("{\"g\":1,\"l\":\"a\",\"i\":\"a\",\"x\":\"x\",\"m\":1,\"t\":0}");
	}

	@Test
	void messagesOfOlderMembersSayNothing() {
		assertThat(member("{\"i\":\"a\",\"x\":\"b\",\"T\":[{\"n\":\"t\"}]}").control()).isEmpty();
	}

	@Test
	void kindsOfALaterVersionArePassedOver() {
		assertThat(member("""
				{"i":"a","x":"b","O":[{"k":99,"n":"t","t":5,"b":"a"},{"k":1,"n":"t","v":"","t":5,"b":"a","new":1}]}
				""").control()).containsExactly(new OperatorCommand(new Key(Kind.PAUSE, "t", 0), "", 5, "a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[7]", "[{\"k\":-1,\"b\":\"a\"}]", "[{\"k\":1,\"n\":\"t\",\"t\":5}]",
			"[{\"k\":1,\"n\":\"t\",\"t\":-5,\"b\":\"a\"}]",
			"[{\"k\":1,\"n\":\"t\",\"t\":9223372036854775807,\"b\":\"a\"}]",
			"[{\"k\":2,\"n\":\"t\",\"i\":-1,\"t\":5,\"b\":\"a\"}]", "[{\"k\":1,\"n\":\"t\\n\",\"t\":5,\"b\":\"a\"}]",
			"[{\"k\":1,\"n\":\"t\",\"v\":7,\"t\":5,\"b\":\"a\"}]" })
	void nonsenseIsRefused(String control) {
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> member("{\"i\":\"a\",\"x\":\"x\",\"O\":%s}".formatted(control)));
	}

	@Test
	void floodsAndLongTextsAreRefused() {
		String entry = "{\"k\":1,\"n\":\"t\",\"t\":5,\"b\":\"a\"}";
		assertThatExceptionOfType(MalformedMessageException.class).isThrownBy(
				() -> member("{\"i\":\"a\",\"x\":\"x\",\"O\":[%s%s]}".formatted(entry, ("," + entry).repeat(4000))));
		assertThatExceptionOfType(MalformedMessageException.class)
			.isThrownBy(() -> member("{\"i\":\"a\",\"x\":\"x\",\"O\":[{\"k\":1,\"n\":\"%s\",\"t\":5,\"b\":\"a\"}]}"
				.formatted("t".repeat(301))))
			.withMessageContaining("300");
	}

	private MemberMetadata member(String text) {
		return this.codec.decodeMember(Envelope.seal((byte) 'M', text.getBytes(StandardCharsets.UTF_8))).state();
	}

	private static String text(char kind, ByteBuffer bytes) {
		return new String(Envelope.open((byte) kind, bytes).text(), StandardCharsets.UTF_8);
	}

	private static MemberMetadata state(List<OperatorCommand> control) {
		return new MemberMetadata("a", "x", 0, null, Map.of(), 1.0, false, 1, 0, List.of(), List.of(), List.of(),
				List.of(), Duration.ZERO, false, control, Map.of(), null);
	}

	private static MemberAssignment assignment(List<OperatorCommand> control) {
		return new MemberAssignment(1, "a", "a", "x", 1, 0, List.of(), List.of(), List.of(), List.of(), null, List.of(),
				Duration.ZERO, false, control, Map.of(), null);
	}

}
