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
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.coordination.MemberAssignment;
import io.distributedtask.internal.coordination.MemberAssignment.Grant;
import io.distributedtask.internal.coordination.MemberAssignment.Origin;
import io.distributedtask.internal.coordination.MemberAssignment.Shards;
import io.distributedtask.internal.coordination.MemberAssignment.Unassigned;
import io.distributedtask.internal.coordination.MemberState;
import io.distributedtask.internal.coordination.MemberState.Claim;
import io.distributedtask.internal.coordination.MemberState.Hold;
import io.distributedtask.internal.coordination.MemberState.Progress;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The words of the group: JSON with short names, in an {@link Envelope}. Fields that are
 * not known are passed over. Instants are milliseconds since the epoch, shards are ranges
 * such as {@code 0-99,105}.
 * <table>
 * <caption>What a member says ({@code M})</caption>
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
 * <td>releases (n, i, a: task, shard, anchors)</td>
 * </tr>
 * </table>
 * <table>
 * <caption>What the leader says ({@code A})</caption>
 * <tr>
 * <td>g, l, i, x, m, t</td>
 * <td>generation, leader, instance, incarnation, number of instances, highest token</td>
 * </tr>
 * <tr>
 * <td>G</td>
 * <td>grants, as claims, with o (1: failed over)</td>
 * </tr>
 * <tr>
 * <td>V, P, U</td>
 * <td>revoked (n, i), progress, unassigned (n, i, r: reason)</td>
 * </tr>
 * <tr>
 * <td>p, k</td>
 * <td>problem, whether the text of the tasks is wanted (1)</td>
 * </tr>
 * </table>
 */
final class MessageCodec {

	private static final byte MEMBER = 'M';

	private static final byte ASSIGNMENT = 'A';

	private static final int MAX_TASKS = 20_000;

	private static final int MAX_GROUPS = 200_000;

	/** What a token becomes as a tree in memory is many times its text. */
	private static final int MAX_TOKENS = 1_000_000;

	private static final int MAX_LABELS = 100;

	private static final int MAX_SCHEDULES = 100;

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

	ByteBuffer encode(MemberState state, @Nullable String digest) {
		ObjectNode root = this.mapper.createObjectNode();
		root.put("i", state.instance()).put("x", state.incarnation());
		putUnless(root, "r", state.rejoins(), 0);
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
		putUnless(root, "d", state.draining() ? 1 : 0, 0);
		putUnless(root, "g", state.generation(), -1);
		putUnless(root, "t", state.highestToken(), 0);
		if (digest != null) {
			root.put("k", digest);
		}
		else {
			root.set("T", tasks(state.tasks()));
		}
		putAll(root, "C", state.claims(), (claim, node) -> {
			putTerms(node, claim.task(), claim.shardCount(), claim.token(), claim.since(), claim.generation());
			putUnless(node, "h", claim.hold().ordinal(), 0);
			node.put("i", claim.shards().toString());
		});
		putAll(root, "R", state.releases(), MessageCodec::putProgress);
		return seal(MEMBER, root);
	}

	/**
	 * The text of a list of tasks, of which the digest is made.
	 * @param tasks the tasks
	 * @return the text
	 */
	byte[] text(Collection<TaskDefinition> tasks) {
		return this.mapper.writeValueAsBytes(tasks(tasks));
	}

	private ArrayNode tasks(Collection<TaskDefinition> tasks) {
		ArrayNode array = this.mapper.createArrayNode();
		for (TaskDefinition task : tasks) {
			ObjectNode node = array.addObject().put("n", task.name());
			putUnless(node, "s", task.shards(), 1);
			if (task.weight() != 1.0) {
				node.put("w", task.weight());
			}
			if (!task.requires().labels().isEmpty()) {
				node.put("q", task.requires().toString());
			}
		}
		return array;
	}

	MemberMessage decodeMember(ByteBuffer bytes) {
		return decode(MEMBER, bytes, (fields) -> {
			MemberState state = new MemberState(fields.line("i"), fields.line("x"),
					fields.count("r", Integer.MAX_VALUE, 0), uri(fields.textOrNull("u")), fields.texts("l", MAX_LABELS),
					fields.positive("c", 1.0), fields.flag("d"), (int) fields.number("g", -1, Integer.MAX_VALUE, -1),
					token(fields), fields.list("T", MAX_TASKS, MessageCodec::task),
					fields.list("C", MAX_GROUPS, MessageCodec::claim),
					fields.list("R", MAX_GROUPS, MessageCodec::progress));
			return new MemberMessage(state, fields.textOrNull("k"));
		});
	}

	private static @Nullable URI uri(@Nullable String text) {
		try {
			return (text != null) ? new URI(text) : null;
		}
		catch (URISyntaxException ex) {
			throw new MalformedMessageException("'%s' is no URI".formatted(text), ex);
		}
	}

	private static TaskDefinition task(Fields fields) {
		return new TaskDefinition(fields.text("n"), fields.count("s", TaskDefinition.MAX_SHARDS, 1),
				fields.positive("w", 1.0),
				LabelSelector.parse((fields.textOrNull("q") != null) ? fields.line("q") : ""));
	}

	private static Claim claim(Fields fields) {
		int shardCount = shardCount(fields);
		long token = token(fields);
		return new Claim(fields.task("n"), shardCount, token, fields.instant("a", instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), Hold.values()[fields.count("h", Hold.values().length - 1, 0)],
				fields.shards("i", shardCount));
	}

	private static int shardCount(Fields fields) {
		return (int) fields.number("s", 1, TaskDefinition.MAX_SHARDS, 1);
	}

	private static long token(Fields fields) {
		return fields.number("t", 0, Long.MAX_VALUE - 1, 0);
	}

	private static Instant instant(long token) {
		return Instant.ofEpochMilli(Math.min(token, Integer.MAX_VALUE * 1000L));
	}

	private static Progress progress(Fields fields) {
		return new Progress(new TaskId(fields.task("n"), fields.count("i", TaskDefinition.MAX_SHARDS, 0)),
				fields.instants("a", MAX_SCHEDULES));
	}

	ByteBuffer encode(MemberAssignment assignment, boolean wantsTasks) {
		ObjectNode root = this.mapper.createObjectNode();
		root.put("g", assignment.generation())
			.put("l", assignment.leader())
			.put("i", assignment.instance())
			.put("x", assignment.incarnation())
			.put("m", assignment.instances())
			.put("t", assignment.highestToken());
		putAll(root, "G", assignment.grants(), (grant, node) -> {
			putTerms(node, grant.task(), grant.shardCount(), grant.token(), grant.since(), grant.generation());
			putUnless(node, "o", (grant.origin() == Origin.FAILED_OVER) ? 1 : 0, 0);
			node.put("i", grant.shards().toString());
		});
		putAll(root, "V", assignment.revoked(),
				(shards, node) -> node.put("n", shards.task()).put("i", shards.shards().toString()));
		putAll(root, "P", assignment.progress(), MessageCodec::putProgress);
		putAll(root, "U", assignment.unassigned(),
				(unassigned, node) -> node.put("n", unassigned.task())
					.put("i", unassigned.shards().toString())
					.put("r", unassigned.reason()));
		if (assignment.problem() != null) {
			root.put("p", abbreviate(assignment.problem()));
		}
		putUnless(root, "k", wantsTasks ? 1 : 0, 0);
		return seal(ASSIGNMENT, root);
	}

	private static String abbreviate(String text) {
		return (text.length() <= Fields.MAX_TEXT) ? text : text.substring(0, Fields.MAX_TEXT - 1) + "…";
	}

	AssignmentMessage decodeAssignment(ByteBuffer bytes) {
		return decode(ASSIGNMENT, bytes, (fields) -> {
			MemberAssignment assignment = new MemberAssignment(fields.count("g", Integer.MAX_VALUE, 0),
					fields.line("l"), fields.line("i"), fields.line("x"), fields.count("m", Integer.MAX_VALUE, 0),
					token(fields), fields.list("G", MAX_GROUPS, MessageCodec::grant),
					fields.list("V", MAX_GROUPS, MessageCodec::shards),
					fields.list("P", MAX_GROUPS, MessageCodec::progress),
					fields.list("U", MAX_GROUPS, MessageCodec::unassigned), inOneLine(fields.textOrNull("p")));
			return new AssignmentMessage(assignment, fields.flag("k"));
		});
	}

	private static @Nullable String inOneLine(@Nullable String text) {
		return (text != null) ? MalformedMessageException.inOneLine(text) : null;
	}

	private static Grant grant(Fields fields) {
		int shardCount = shardCount(fields);
		long token = token(fields);
		return new Grant(fields.task("n"), shardCount, token, fields.instant("a", instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), fields.flag("o") ? Origin.FAILED_OVER : Origin.HANDED_OVER,
				fields.shards("i", shardCount));
	}

	private static Shards shards(Fields fields) {
		return new Shards(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS));
	}

	private static Unassigned unassigned(Fields fields) {
		return new Unassigned(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS),
				String.valueOf(inOneLine(fields.text("r"))));
	}

	private static void putTerms(ObjectNode node, String task, int shardCount, long token, Instant since,
			int generation) {
		node.put("n", task);
		putUnless(node, "s", shardCount, 1);
		node.put("t", token);
		if (!since.equals(instant(token))) {
			node.put("a", since.toEpochMilli());
		}
		node.put("g", generation);
	}

	private static void putProgress(Progress progress, ObjectNode node) {
		node.put("n", progress.id().name());
		putUnless(node, "i", progress.id().shard(), 0);
		if (!progress.anchors().isEmpty()) {
			ArrayNode anchors = node.putArray("a");
			progress.anchors().forEach((anchor) -> anchors.add(anchor.toEpochMilli()));
		}
	}

	private static void putUnless(ObjectNode node, String name, long value, long absent) {
		if (value != absent) {
			node.put(name, value);
		}
	}

	private static <T> void putAll(ObjectNode root, String name, List<T> values, BiConsumer<T, ObjectNode> writer) {
		if (!values.isEmpty()) {
			ArrayNode array = root.putArray(name);
			values.forEach((value) -> writer.accept(value, array.addObject()));
		}
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
			throw new MalformedMessageException("The message is no JSON within the limits: " + ex.getOriginalMessage(),
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
	 * What a member says, as it travels.
	 *
	 * @param state the state; without tasks when they are announced by their digest
	 * @param digest the digest, or {@code null}
	 */
	record MemberMessage(MemberState state, @Nullable String digest) {
	}

	/**
	 * What the leader says, as it travels.
	 *
	 * @param assignment the assignment
	 * @param wantsTasks whether the leader asks for the text of the member's tasks
	 */
	record AssignmentMessage(MemberAssignment assignment, boolean wantsTasks) {
	}

}
