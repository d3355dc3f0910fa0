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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;

import io.distributedtask.LabelSelector;
import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.HeldShards.Held;
import io.distributedtask.internal.group.wire.HeldShards.Task;
import io.distributedtask.internal.group.wire.MessageCodec.MemberMessage;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.ShardSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The metadata of a member as JSON with short names. What it holds is written as
 * {@link HeldShards} where all members of the group read that.
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
 * token, generation, hold, shards); or N, n, D as {@link HeldShards}</td>
 * </tr>
 * <tr>
 * <td>v</td>
 * <td>the newest version of the format that this member reads, from 2 on</td>
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
 */
final class MetadataFormat {

	private static final int MAX_TASKS = 20_000;

	private static final int MAX_LABELS = 100;

	/** The longest reason why a member requests a rebalance. */
	private static final int MAX_ASKED = 200;

	private MetadataFormat() {
	}

	/**
	 * Write metadata.
	 * @param root takes the text
	 * @param state the metadata
	 * @param digest the digest by which to announce its tasks, or {@code null}
	 * @param version the newest version of the format that the member reads
	 * @param isCompact whether all members of the group read version 2
	 * @return the bytes behind the text, {@code null} in the form of version 1
	 */
	static byte @Nullable [] put(ObjectNode root, MemberMetadata state, @Nullable String digest, int version,
			boolean isCompact) {
		putState(root, state, digest);
		MessageParts.putUnless(root, "v", version, Envelope.TEXT_VERSION);
		if (isCompact) {
			return HeldShards.put(state.claims()
				.stream()
				.map((claim) -> new Held<>(claim.terms(), new Task(claim.task(), claim.shardCount()), claim.shards()))
				.toList(), root, MetadataFormat::put);
		}
		MessageParts.putAll(root, "C", state.claims(), (claim, node) -> {
			MessageParts.putTask(node, claim.task(), claim.shardCount());
			put(claim, node);
			node.put("i", claim.shards().toString());
		});
		return null;
	}

	private static void put(Claim claim, ObjectNode node) {
		MessageParts.putTerms(node, claim.token(), claim.since(), claim.generation());
		MessageParts.putUnless(node, "h", claim.hold().ordinal(), 0);
	}

	private static void putState(ObjectNode root, MemberMetadata state, @Nullable String digest) {
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
			putTasks(root.putArray("T"), state.tasks());
		}
		MessageParts.putReleases(state.releases(), root);
		MessageParts.putAll(root, "K", state.kept(), MessageParts::putKept);
		MessageParts.putUnless(root, "s", state.session().toMillis(), 0);
		MessageParts.putUnless(root, "f", state.replacing() ? 1 : 0, 0);
		MessageParts.putAll(root, "O", state.control(), ControlParts::put);
		MessageParts.putSuccesses(root, state.successes());
		putAsked(root, state.asked());
	}

	private static void putAsked(ObjectNode root, @Nullable String asked) {
		if (asked != null) {
			root.put("y", MalformedMessageException.inOneLine(MessageParts.abbreviate(asked, MAX_ASKED)));
		}
	}

	static void putTasks(ArrayNode array, Collection<TaskDefinition> tasks) {
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
	}

	static MemberMessage read(Fields fields, ByteBuffer behind) {
		List<Claim> claims = new ArrayList<>(fields.list("C", MessageParts.MAX_GROUPS, MetadataFormat::claim));
		HeldShards.read(fields, behind, MetadataFormat::claimTerms)
			.forEach(
					(held) -> claims.add(held.terms().of(held.task().name(), held.task().shardCount(), held.shards())));
		MemberMetadata state = new MemberMetadata(fields.instance("i"), fields.line("x"),
				fields.count("r", Integer.MAX_VALUE, 0), uri(fields.textOrNull("u")), fields.texts("l", MAX_LABELS),
				fields.positive("c", 1.0), fields.flag("d"), (int) fields.number("g", -1, Integer.MAX_VALUE, -1),
				MessageParts.token(fields), fields.list("T", MAX_TASKS, MetadataFormat::task), claims,
				MessageParts.releases(fields), fields.list("K", MessageParts.MAX_GROUPS, MessageParts::kept),
				MessageParts.session(fields), fields.flag("f"), ControlParts.read(fields),
				MessageParts.successes(fields), MessageParts.inOneLine(fields.textOrNull("y")));
		return new MemberMessage(state, fields.textOrNull("k"), MessageParts.version(fields, "v"),
				MessageParts.watchAddress(fields));
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
		return claimTerms(fields).of(fields.task("n"), shardCount, fields.shards("i", shardCount));
	}

	private static Claim claimTerms(Fields fields) {
		long token = MessageParts.token(fields);
		return new Claim("", 0, token, fields.instant("a", MessageParts.instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), Hold.values()[fields.count("h", Hold.values().length - 1, 0)],
				ShardSet.EMPTY);
	}

}
