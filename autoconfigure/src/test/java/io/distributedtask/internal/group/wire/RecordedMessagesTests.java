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

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages that a former version has written are read, and the present version writes
 * what the last one has written. The recorded bytes are in the folder
 * {@code RecordedMessages}, one folder for each version: those of a released version must
 * not change. {@code -Drecord.messages=0.2} records those of the present version.
 */
class RecordedMessagesTests {

	/** The version whose messages were recorded last. */
	private static final String LAST = "0.1";

	private static final Path FOLDER = Path
		.of("src/test/resources/io/distributedtask/internal/group/wire/RecordedMessages");

	private static final String WATCHED_AT = "10.0.0.4:40123/secret";

	private static final String DIGEST = "fd1c7e0a";

	private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

	private static final long TOKEN = NOON.toEpochMilli();

	private static final String TASK = "crawler";

	private static final List<Progress> PROGRESS = List
		.of(new Progress(new TaskId("invoices", 0), List.of(NOON, Instant.EPOCH)));

	private static final List<Reservation> KEPT = List.of(new Reservation("shop-3", NOON, NOON.plusSeconds(1), TASK, 16,
			ShardSet.of(12, 13), List.of(new Progress(new TaskId(TASK, 12), List.of(NOON)))));

	private static final List<OperatorCommand> CONTROL = List.of(new OperatorCommand(
			new OperatorCommand.Key(OperatorCommand.Kind.values()[0], TASK, 0), "v", TOKEN, "shop-2"));

	private static final Map<String, Success> SUCCESSES = Map.of("invoices",
			new Success(NOON, List.of(NOON.minusMillis(7))));

	private static final List<Watched> WATCHED = List.of(new Watched("shop-2-1f", "shop-2", "c0ffee02", WATCHED_AT));

	private final MessageCodec codec = new MessageCodec();

	@ParameterizedTest
	@CsvSource({ "0.1, 1", "0.1, 2" })
	void metadataOfAFormerVersionIsRead(String version, int format) throws IOException {
		ByteBuffer bytes = recorded(version, "member", format);
		assertThat(bytes.get(1)).as("the version of the format").isEqualTo((byte) format);
		MessageCodec.MemberMessage message = this.codec.decodeMember(bytes);
		assertThat(message.state()).isEqualTo(metadata());
		assertThat(message.digest()).isNull();
		assertThat(message.readsCompact()).isTrue();
		assertThat(message.watchAddress()).isEqualTo(WATCHED_AT);
	}

	@ParameterizedTest
	@CsvSource({ "0.1, 1", "0.1, 2" })
	void tasksThatAFormerVersionAnnouncesByTheirDigestAreRead(String version, int format) throws IOException {
		MessageCodec.MemberMessage message = this.codec.decodeMember(recorded(version, "digest", format));
		assertThat(message.digest()).isEqualTo(DIGEST);
		assertThat(message.state()).isEqualTo(metadata().withTasks(List.of()));
	}

	@ParameterizedTest
	@CsvSource({ "0.1, 1", "0.1, 2" })
	void assignmentOfAFormerVersionIsRead(String version, int format) throws IOException {
		ByteBuffer bytes = recorded(version, "assignment", format);
		assertThat(bytes.get(1)).as("the version of the format").isEqualTo((byte) format);
		MessageCodec.AssignmentMessage message = this.codec.decodeAssignment(bytes, RecordedMessagesTests::reported);
		assertThat(message.assignment()).isEqualTo(assignment());
		assertThat(message.wantsTasks()).isTrue();
		assertThat(message.isCompact()).isEqualTo(format > 1);
		assertThat(message.watched()).isEqualTo(WATCHED);
	}

	/**
	 * A change of the format is made on purpose only. The bytes may differ: deflaters do.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void thisVersionWritesWhatTheLastOneWrote(int format) throws IOException {
		assertThat(contents((byte) 'M', member(format)))
			.isEqualTo(contents((byte) 'M', recorded(LAST, "member", format)));
		assertThat(contents((byte) 'M', digest(format)))
			.isEqualTo(contents((byte) 'M', recorded(LAST, "digest", format)));
		assertThat(contents((byte) 'A', assignment(format)))
			.isEqualTo(contents((byte) 'A', recorded(LAST, "assignment", format)));
	}

	@Test
	@EnabledIfSystemProperty(named = "record.messages", matches = ".+")
	void record() throws IOException {
		for (int format = 1; format <= Envelope.VERSION; format++) {
			Path folder = Files.createDirectories(FOLDER.resolve(System.getProperty("record.messages")));
			Files.write(folder.resolve("member." + format), member(format).array());
			Files.write(folder.resolve("digest." + format), digest(format).array());
			Files.write(folder.resolve("assignment." + format), assignment(format).array());
		}
	}

	private static String contents(byte kind, ByteBuffer bytes) {
		Envelope.Content content = Envelope.open(kind, bytes);
		return new String(content.text(), StandardCharsets.UTF_8)
				+ new String(content.behind(), StandardCharsets.ISO_8859_1);
	}

	private static ByteBuffer recorded(String version, String message, int format) throws IOException {
		return ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve(version).resolve(message + "." + format)));
	}

	private ByteBuffer member(int format) {
		return this.codec.encode(metadata(), null, format > 1, WATCHED_AT);
	}

	private ByteBuffer digest(int format) {
		return this.codec.encode(metadata(), DIGEST, format > 1, WATCHED_AT);
	}

	private ByteBuffer assignment(int format) {
		return this.codec.encode(assignment(), true, (format > 1) ? reported() : null, WATCHED);
	}

	private static Reported reported() {
		return new Reported(metadata().claims());
	}

	private static MemberMetadata metadata() {
		return new MemberMetadata("shop-1", "c0ffee01", 3, URI.create("http://10.0.0.4:8080/actuator"),
				Map.of("zone", "eu"), 2.5, true, 41, TOKEN + 9,
				List.of(TaskDefinition.of(TASK).withShards(16).withWeight(2).withRequires("zone=eu"),
						TaskDefinition.of("invoices")),
				List.of(claim(TASK, 16, 0, Hold.OWNED, 0, 1, 2, 3), claim("invoices", 1, 1, Hold.REVOKING, 0),
						claim(TASK, 16, 2, Hold.LOST, 9)),
				PROGRESS, KEPT, Duration.ofSeconds(8), true, CONTROL, SUCCESSES, "tasks were registered");
	}

	private static Claim claim(String task, int count, int more, Hold hold, int... shards) {
		return new Claim(task, count, TOKEN + more, NOON.plusMillis(more), 40, hold, ShardSet.of(shards));
	}

	private static MemberAssignment assignment() {
		return new MemberAssignment(42, "shop-2", "shop-1", "c0ffee01", 3, TOKEN + 10,
				List.of(new Grant(TASK, 16, TOKEN, NOON, 40, Origin.HANDED_OVER, null, ShardSet.of(0, 1, 2, 3)),
						new Grant(TASK, 16, TOKEN + 10, NOON.plusMillis(10), 42, Origin.FAILED_OVER,
								NOON.minusSeconds(8), ShardSet.of(7))),
				List.of(new Shards("invoices", ShardSet.of(0), NOON)), PROGRESS,
				List.of(new Unassigned("reports", ShardSet.of(0), "no instance has label zone=us")),
				"the group's record is full", KEPT, Duration.ofSeconds(8), true, CONTROL, SUCCESSES,
				new Occasion(Cause.values()[0], "shop-4 joined"));
	}

}
