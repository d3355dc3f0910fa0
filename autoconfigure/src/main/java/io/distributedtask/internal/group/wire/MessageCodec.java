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

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.TreeMap;
import java.util.function.Function;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
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
 * as {@code 0-99,105}.
 * <table>
 * <caption>Metadata of a member ({@code M})</caption>
 * <tr>
 * <td>i, x, r</td>
 * <td>instance, incarnation, rejoins</td>
 * </tr>
 * <tr>
 * <td>u, l, c, d</td>
 * <td>URI, labels, capacity, draining (1)</td>
 * </tr>
 * <tr>
 * <td>g, t</td>
 * <td>last generation, highest token</td>
 * </tr>
 * <tr>
 * <td>T, k</td>
 * <td>tasks (n, s, w, q: name, shards, weight, requires), or a digest of them</td>
 * </tr>
 * <tr>
 * <td>C</td>
 * <td>claims (n, s, t, a, g, h, i: task, shard count, token, since unless it is the
 * token, generation, hold, shards)</td>
 * </tr>
 * <tr>
 * <td>R</td>
 * <td>releases (n, i, a, k: task, shard, anchors, since an earlier round (1))</td>
 * </tr>
 * <tr>
 * <td>L</td>
 * <td>lost (n, i, a, g: task, shards, anchors, generation)</td>
 * </tr>
 * <tr>
 * <td>K</td>
 * <td>reservations (o, y, z: the instance, when it was noticed that it is missing and
 * that nobody owns them; n, s, i: task, shard count, shards; P: progress)</td>
 * </tr>
 * <tr>
 * <td>s, f</td>
 * <td>of static members: session in milliseconds, whether it replaces a former process
 * (1)</td>
 * </tr>
 * <tr>
 * <td>O</td>
 * <td>requests of operators (k, n, i, v, t, b: kind, task or instance, shard, value
 * unless it is cleared, time, instance that received it)</td>
 * </tr>
 * <tr>
 * <td>S, y</td>
 * <td>successes (n, e, a: task, seconds since the epoch, progress of its rates), why it
 * requests a rebalance</td>
 * </tr>
 * </table>
 * <table>
 * <caption>Assignment of a member ({@code A})</caption>
 * <tr>
 * <td>g, l, i, x, m, t</td>
 * <td>generation, leader, instance, incarnation, number of instances, highest token</td>
 * </tr>
 * <tr>
 * <td>G</td>
 * <td>grants, as claims, with o (1: failed over) and z (when it was noticed that nobody
 * owns them)</td>
 * </tr>
 * <tr>
 * <td>V, P, U</td>
 * <td>revoked (n, i, z: since when), progress, unassigned (n, i, r: reason)</td>
 * </tr>
 * <tr>
 * <td>K, s, f</td>
 * <td>reservations, and of static members session and whether it replaces, from its
 * metadata</td>
 * </tr>
 * <tr>
 * <td>O</td>
 * <td>requests of operators, merged from all members</td>
 * </tr>
 * <tr>
 * <td>S, w, c</td>
 * <td>successes, why the group has rebalanced, as a text and as a number</td>
 * </tr>
 * <tr>
 * <td>p, k</td>
 * <td>problem, whether the text of the tasks is requested (1)</td>
 * </tr>
 * </table>
 */
public final class MessageCodec {

	private static final byte MEMBER = 'M';

	private static final byte ASSIGNMENT = 'A';

	private static final int MAX_TASKS = 20_000;

	private static final int MAX_GROUPS = MessageParts.MAX_GROUPS;

	/** A JSON token takes many times its text in memory. */
	private static final int MAX_TOKENS = 1_000_000;

	private static final int MAX_LABELS = 100;

	/** The longest reason why a member requests a rebalance. */
	private static final int MAX_ASKED = 200;

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

	public ByteBuffer encode(MemberMetadata state, @Nullable String digest) {
		ObjectNode root = this.mapper.createObjectNode();
		root.put("i", state.instance()).put("x", state.incarnation());
		MessageParts.putUnless(root, "r", state.rejoins(), 0);
		if (state.uri() != null) {
			root.put("u", state.uri().toString());
		}
		if (!state.labels().isEmpty()) {
			ObjectNode labels = root.putObject("l");
			new TreeMap<>(state.labels()).forEach(labels::put);
		}
		if (state.capacity() != 1.0) {
			root.put("c", state.capacity());
		}
		MessageParts.putUnless(root, "d", state.draining() ? 1 : 0, 0);
		MessageParts.putUnless(root, "g", state.generation(), -1);
		MessageParts.putUnless(root, "t", state.highestToken(), 0);
		if (digest != null) {
			root.put("k", digest);
		}
		else {
			root.set("T", tasks(state.tasks()));
		}
		MessageParts.putAll(root, "C", state.claims(), (claim, node) -> {
			MessageParts.putTerms(node, claim.task(), claim.shardCount(), claim.token(), claim.since(),
					claim.generation());
			MessageParts.putUnless(node, "h", claim.hold().ordinal(), 0);
			node.put("i", claim.shards().toString());
		});
		MessageParts.putReleases(state.releases(), root);
		MessageParts.putAll(root, "K", state.kept(), MessageParts::putKept);
		MessageParts.putUnless(root, "s", state.session().toMillis(), 0);
		MessageParts.putUnless(root, "f", state.replacing() ? 1 : 0, 0);
		MessageParts.putAll(root, "O", state.control(), ControlParts::put);
		MessageParts.putSuccesses(root, state.successes());
		putAsked(root, state.asked());
		return seal(MEMBER, root);
	}

	private static void putAsked(ObjectNode root, @Nullable String asked) {
		if (asked != null) {
			root.put("y", MalformedMessageException.inOneLine(abbreviate(asked, MAX_ASKED)));
		}
	}

	/**
	 * The text of a list of tasks, from which the digest is computed.
	 * @param tasks the tasks
	 * @return the text
	 */
	public byte[] text(Collection<TaskDefinition> tasks) {
		return this.mapper.writeValueAsBytes(tasks(tasks));
	}

	private ArrayNode tasks(Collection<TaskDefinition> tasks) {
		ArrayNode array = this.mapper.createArrayNode();
		for (TaskDefinition task : tasks) {
			ObjectNode node = array.addObject().put("n", task.name());
			MessageParts.putUnless(node, "s", task.shards(), 1);
			if (task.weight() != 1.0) {
				node.put("w", task.weight());
			}
			if (!task.requires().labels().isEmpty()) {
				node.put("q", task.requires().toString());
			}
		}
		return array;
	}

	public MemberMessage decodeMember(ByteBuffer bytes) {
		return decode(MEMBER, bytes, (fields) -> {
			MemberMetadata state = new MemberMetadata(fields.instance("i"), fields.line("x"),
					fields.count("r", Integer.MAX_VALUE, 0), uri(fields.textOrNull("u")), fields.texts("l", MAX_LABELS),
					fields.positive("c", 1.0), fields.flag("d"), (int) fields.number("g", -1, Integer.MAX_VALUE, -1),
					MessageParts.token(fields), fields.list("T", MAX_TASKS, MessageCodec::task),
					fields.list("C", MAX_GROUPS, MessageCodec::claim), MessageParts.releases(fields),
					fields.list("K", MAX_GROUPS, MessageParts::kept), MessageParts.session(fields), fields.flag("f"),
					ControlParts.read(fields), MessageParts.successes(fields), inOneLine(fields.textOrNull("y")));
			return new MemberMessage(state, fields.textOrNull("k"));
		});
	}

	private static @Nullable URI uri(@Nullable String text) {
		try {
			return (text != null) ? new URI(text) : null;
		}
		catch (URISyntaxException ex) {
			throw new MalformedMessageException("'%s' is not a URI".formatted(text), ex);
		}
	}

	private static TaskDefinition task(Fields fields) {
		return new TaskDefinition(fields.text("n"), fields.count("s", TaskDefinition.MAX_SHARDS, 1),
				fields.positive("w", 1.0),
				LabelSelector.parse((fields.textOrNull("q") != null) ? fields.line("q") : ""));
	}

	private static Claim claim(Fields fields) {
		int shardCount = MessageParts.shardCount(fields);
		long token = MessageParts.token(fields);
		return new Claim(fields.task("n"), shardCount, token, fields.instant("a", MessageParts.instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), Hold.values()[fields.count("h", Hold.values().length - 1, 0)],
				fields.shards("i", shardCount));
	}

	public ByteBuffer encode(MemberAssignment assignment, boolean wantsTasks) {
		ObjectNode root = this.mapper.createObjectNode();
		root.put("g", assignment.generation())
			.put("l", assignment.leader())
			.put("i", assignment.instance())
			.put("x", assignment.incarnation())
			.put("m", assignment.instances())
			.put("t", assignment.highestToken());
		MessageParts.putAll(root, "G", assignment.grants(), (grant, node) -> {
			MessageParts.putTerms(node, grant.task(), grant.shardCount(), grant.token(), grant.since(),
					grant.generation());
			MessageParts.putUnless(node, "o", (grant.origin() == Origin.FAILED_OVER) ? 1 : 0, 0);
			MessageParts.putInstant(node, "z", grant.ownerless());
			node.put("i", grant.shards().toString());
		});
		MessageParts.putAll(root, "V", assignment.revoked(), (shards, node) -> {
			node.put("n", shards.task()).put("i", shards.shards().toString());
			MessageParts.putInstant(node, "z", shards.since());
		});
		MessageParts.putAll(root, "P", assignment.progress(), MessageParts::putProgress);
		MessageParts.putAll(root, "U", assignment.unassigned(),
				(unassigned, node) -> node.put("n", unassigned.task())
					.put("i", unassigned.shards().toString())
					.put("r", abbreviate(unassigned.reason(), Fields.MAX_TEXT)));
		if (assignment.problem() != null) {
			root.put("p", abbreviate(assignment.problem(), Fields.MAX_TEXT));
		}
		MessageParts.putUnless(root, "f", assignment.replacing() ? 1 : 0, 0);
		MessageParts.putAll(root, "K", assignment.kept(), MessageParts::putKept);
		MessageParts.putUnless(root, "s", assignment.session().toMillis(), 0);
		MessageParts.putAll(root, "O", assignment.control(), ControlParts::put);
		MessageParts.putSuccesses(root, assignment.successes());
		MessageParts.putOccasion(root, assignment.occasion());
		MessageParts.putUnless(root, "k", wantsTasks ? 1 : 0, 0);
		return seal(ASSIGNMENT, root);
	}

	private static String abbreviate(String text, int limit) {
		return (text.length() <= limit) ? text : text.substring(0, limit - 1) + "…";
	}

	public AssignmentMessage decodeAssignment(ByteBuffer bytes) {
		return decode(ASSIGNMENT, bytes, (fields) -> {
			MemberAssignment assignment = new MemberAssignment(fields.count("g", Integer.MAX_VALUE, 0),
					fields.instance("l"), fields.instance("i"), fields.line("x"),
					fields.count("m", Integer.MAX_VALUE, 0), MessageParts.token(fields),
					fields.list("G", MAX_GROUPS, MessageCodec::grant),
					fields.list("V", MAX_GROUPS, MessageCodec::shards),
					fields.list("P", MAX_GROUPS, MessageParts::progress),
					fields.list("U", MAX_GROUPS, MessageCodec::unassigned), inOneLine(fields.textOrNull("p")),
					fields.list("K", MAX_GROUPS, MessageParts::kept), MessageParts.session(fields), fields.flag("f"),
					ControlParts.read(fields), MessageParts.successes(fields), MessageParts.occasion(fields));
			return new AssignmentMessage(assignment, fields.flag("k"));
		});
	}

	private static @Nullable String inOneLine(@Nullable String text) {
		return (text != null) ? MalformedMessageException.inOneLine(text) : null;
	}

	private static Grant grant(Fields fields) {
		int shardCount = MessageParts.shardCount(fields);
		long token = MessageParts.token(fields);
		return new Grant(fields.task("n"), shardCount, token, fields.instant("a", MessageParts.instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), fields.flag("o") ? Origin.FAILED_OVER : Origin.HANDED_OVER,
				fields.instantOrNull("z"), fields.shards("i", shardCount));
	}

	private static Shards shards(Fields fields) {
		return new Shards(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS), fields.instantOrNull("z"));
	}

	private static Unassigned unassigned(Fields fields) {
		return new Unassigned(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS),
				String.valueOf(inOneLine(fields.text("r"))));
	}

	private ByteBuffer seal(byte kind, ObjectNode root) {
		return Envelope.seal(kind, this.mapper.writeValueAsBytes(root));
	}

	private <T> T decode(byte kind, ByteBuffer bytes, Function<Fields, T> reader) {
		byte[] text = Envelope.open(kind, bytes);
		try {
			JsonNode root = this.mapper.readTree(text);
			return reader.apply(Fields.of(root));
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
	 */
	public record MemberMessage(MemberMetadata state, @Nullable String digest) {
	}

	/**
	 * The assignment of a member on the wire.
	 *
	 * @param assignment the assignment
	 * @param wantsTasks whether the leader requests the text of the member's tasks
	 */
	public record AssignmentMessage(MemberAssignment assignment, boolean wantsTasks) {
	}

}
