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
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.Envelope.Content;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The messages of the group: JSON with short names, in an {@link Envelope}. Unknown
 * fields are ignored. Instants are milliseconds since the epoch, shards are ranges such
 * as {@code 0-99,105}, or {@link HeldShards}.
 *
 * @see MetadataFormat
 * @see AssignmentFormat
 */
public final class MessageCodec {

	private static final byte MEMBER = 'M';

	private static final byte ASSIGNMENT = 'A';

	/** A JSON token takes many times its text in memory. */
	private static final int MAX_TOKENS = 1_000_000;

	private final int version;

	private final JsonMapper mapper = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder()
				.maxNestingDepth(8)
				.maxNumberLength(32)
				.maxNameLength(Fields.MAX_TEXT)
				.maxStringLength(Envelope.MAX_BYTES)
				.maxDocumentLength(Envelope.MAX_INFLATED_BYTES)
				.maxTokenCount(MAX_TOKENS)
				.build())
			.build())
		.build();

	public MessageCodec() {
		this(Envelope.VERSION);
	}

	/**
	 * For tests: as of a former version of this library.
	 * @param version the newest version of the format that members announce to read
	 */
	public MessageCodec(int version) {
		this.version = version;
	}

	/**
	 * Encode metadata in the form that every version reads.
	 */
	public ByteBuffer encode(MemberMetadata state, @Nullable String digest) {
		return encode(state, digest, false, null);
	}

	/**
	 * Encode metadata of a member that cannot be watched.
	 */
	public ByteBuffer encode(MemberMetadata state, @Nullable String digest, boolean isCompact) {
		return encode(state, digest, isCompact, null);
	}

	/**
	 * Encode metadata.
	 * @param state the metadata
	 * @param digest the digest by which to announce its tasks, or {@code null}
	 * @param isCompact whether all members of the group read version 2
	 * @param watchAddress where others can watch the process of the member, {@code null}
	 * if they cannot
	 * @return the bytes
	 */
	public ByteBuffer encode(MemberMetadata state, @Nullable String digest, boolean isCompact,
			@Nullable String watchAddress) {
		ObjectNode root = this.mapper.createObjectNode();
		byte @Nullable [] behind = MetadataFormat.put(root, state, digest, this.version, isCompact);
		MessageParts.putWatchAddress(root, watchAddress);
		return seal(MEMBER, root, behind);
	}

	/**
	 * The text of a list of tasks, from which the digest is computed.
	 * @param tasks the tasks
	 * @return the text
	 */
	public byte[] text(Collection<TaskDefinition> tasks) {
		ArrayNode array = this.mapper.createArrayNode();
		MetadataFormat.putTasks(array, tasks);
		return this.mapper.writeValueAsBytes(array);
	}

	public MemberMessage decodeMember(ByteBuffer bytes) {
		return decode(MEMBER, bytes, MetadataFormat::read);
	}

	/**
	 * Encode an assignment in the form that every version reads.
	 */
	public ByteBuffer encode(MemberAssignment assignment, boolean wantsTasks) {
		return encode(assignment, wantsTasks, null, List.of());
	}

	/**
	 * Encode an assignment of a group in which nobody watches.
	 */
	public ByteBuffer encode(MemberAssignment assignment, boolean wantsTasks, @Nullable Reported reported) {
		return encode(assignment, wantsTasks, reported, List.of());
	}

	/**
	 * Encode an assignment.
	 * @param assignment the assignment
	 * @param wantsTasks whether the leader requests the text of the member's tasks
	 * @param reported what the member holds; grants that are in it are referred to only.
	 * {@code null} if not all members of the group read version 2
	 * @param watched the members that the member is to watch
	 * @return the bytes
	 */
	public ByteBuffer encode(MemberAssignment assignment, boolean wantsTasks, @Nullable Reported reported,
			List<Watched> watched) {
		ObjectNode root = this.mapper.createObjectNode();
		byte @Nullable [] behind = AssignmentFormat.put(root, assignment, wantsTasks, reported);
		MessageParts.putAll(root, "W", watched, MessageParts::putWatched);
		return seal(ASSIGNMENT, root, behind);
	}

	/**
	 * Decode an assignment that refers to nothing: that of a static member, or of a group
	 * that has members of version 1.
	 */
	public AssignmentMessage decodeAssignment(ByteBuffer bytes) {
		return decodeAssignment(bytes, () -> Reported.NOTHING);
	}

	/**
	 * Decode an assignment.
	 * @param bytes the bytes
	 * @param reported what the member holds according to the metadata for which the
	 * leader made it; called only if the assignment refers to that
	 * @return the assignment
	 * @throws MalformedMessageException if it cannot be read, or refers to other metadata
	 */
	public AssignmentMessage decodeAssignment(ByteBuffer bytes, Supplier<Reported> reported) {
		return decode(ASSIGNMENT, bytes, (fields, behind) -> AssignmentFormat.read(fields, behind, reported));
	}

	private ByteBuffer seal(byte kind, ObjectNode root, byte @Nullable [] behind) {
		byte[] text = this.mapper.writeValueAsBytes(root);
		return (behind != null) ? Envelope.seal(kind, text, behind) : Envelope.seal(kind, text);
	}

	private <T> T decode(byte kind, ByteBuffer bytes, BiFunction<Fields, ByteBuffer, T> reader) {
		Content content = Envelope.open(kind, bytes);
		try {
			JsonNode root = this.mapper.readTree(content.text());
			return reader.apply(Fields.of(root), ByteBuffer.wrap(content.behind()));
		}
		catch (JacksonException ex) {
			throw new MalformedMessageException("The message is not JSON within the limits: " + ex.getOriginalMessage(),
					ex);
		}
		catch (MalformedMessageException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			throw new MalformedMessageException(String.valueOf(ex.getMessage()), ex);
		}
	}

	/**
	 * The metadata of a member on the wire.
	 *
	 * @param state the metadata; without tasks when they are announced by their digest
	 * @param digest the digest, or {@code null}
	 * @param version the newest version of the format that the member reads
	 * @param watchAddress where others can watch the process of the member, {@code null}
	 * if they cannot
	 */
	public record MemberMessage(MemberMetadata state, @Nullable String digest, int version,
			@Nullable String watchAddress) {

		public boolean readsCompact() {
			return this.version > Envelope.TEXT_VERSION;
		}

	}

	/**
	 * The assignment of a member on the wire.
	 *
	 * @param assignment the assignment
	 * @param wantsTasks whether the leader requests the text of the member's tasks
	 * @param isCompact whether all members read version 2
	 * @param watched the members that the member is to watch
	 */
	public record AssignmentMessage(MemberAssignment assignment, boolean wantsTasks, boolean isCompact,
			List<Watched> watched) {

		public AssignmentMessage {
			watched = List.copyOf(watched);
		}

	}

}
