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
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.HeldShards.Held;
import io.distributedtask.internal.group.wire.HeldShards.Task;
import io.distributedtask.internal.group.wire.MessageCodec.AssignmentMessage;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The assignment of a member as JSON with short names. Where all members of the group
 * read it, what is granted anew is written as {@link HeldShards}, and what stays refers
 * to the metadata of the member.
 * <table>
 * <caption>Assignment of a member ({@code A})</caption>
 * <tr>
 * <td>g, l, i, x, m, t</td>
 * <td>generation, leader, instance, incarnation, number of instances, highest token</td>
 * </tr>
 * <tr>
 * <td>G</td>
 * <td>grants, as claims, with o (1: failed over) and z (when it was noticed that nobody
 * owns them); or N, n, D as {@link HeldShards}</td>
 * </tr>
 * <tr>
 * <td>J, j</td>
 * <td>the claims, by their position in the member's metadata, that are granted as they
 * are, and a checksum of all claims</td>
 * </tr>
 * <tr>
 * <td>b</td>
 * <td>the version of the format that all members read, from 2 on</td>
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
final class AssignmentFormat {

	private AssignmentFormat() {
	}

	/**
	 * Write an assignment.
	 * @param root takes the text
	 * @param assignment the assignment
	 * @param wantsTasks whether the leader requests the text of the member's tasks
	 * @param reported what the member holds, {@code null} if not all members of the group
	 * read version 2
	 * @return the bytes behind the text, {@code null} in the form of version 1
	 */
	static byte @Nullable [] put(ObjectNode root, MemberAssignment assignment, boolean wantsTasks,
			@Nullable Reported reported) {
		putAssignment(root, assignment, wantsTasks);
		if (reported == null) {
			MessageParts.putAll(root, "G", assignment.grants(), (grant, node) -> {
				MessageParts.putTask(node, grant.task(), grant.shardCount());
				put(grant, node);
				node.put("i", grant.shards().toString());
			});
			return null;
		}
		root.put("b", Envelope.VERSION);
		List<Held<Grant>> held = new ArrayList<>();
		ShardSet kept = reported.kept(assignment.grants(), (grant) -> held
			.add(new Held<>(grant.terms(), new Task(grant.task(), grant.shardCount()), grant.shards())));
		if (!kept.isEmpty()) {
			root.put("J", kept.toString()).put("j", reported.checksum());
		}
		return HeldShards.put(held, root, AssignmentFormat::put);
	}

	private static void put(Grant grant, ObjectNode node) {
		MessageParts.putTerms(node, grant.token(), grant.since(), grant.generation());
		MessageParts.putUnless(node, "o", (grant.origin() == Origin.FAILED_OVER) ? 1 : 0, 0);
		MessageParts.putInstant(node, "z", grant.ownerless());
	}

	private static void putAssignment(ObjectNode root, MemberAssignment assignment, boolean wantsTasks) {
		root.put("g", assignment.generation())
			.put("l", assignment.leader())
			.put("i", assignment.instance())
			.put("x", assignment.incarnation())
			.put("m", assignment.instances())
			.put("t", assignment.highestToken());
		MessageParts.putAll(root, "V", assignment.revoked(), (shards, node) -> {
			node.put("n", shards.task()).put("i", shards.shards().toString());
			MessageParts.putInstant(node, "z", shards.since());
		});
		MessageParts.putAll(root, "P", assignment.progress(), MessageParts::putProgress);
		MessageParts.putAll(root, "U", assignment.unassigned(),
				(unassigned, node) -> node.put("n", unassigned.task())
					.put("i", unassigned.shards().toString())
					.put("r", MessageParts.abbreviate(unassigned.reason(), Fields.MAX_TEXT)));
		if (assignment.problem() != null) {
			root.put("p", MessageParts.abbreviate(assignment.problem(), Fields.MAX_TEXT));
		}
		MessageParts.putUnless(root, "f", assignment.replacing() ? 1 : 0, 0);
		MessageParts.putAll(root, "K", assignment.kept(), MessageParts::putKept);
		MessageParts.putUnless(root, "s", assignment.session().toMillis(), 0);
		MessageParts.putAll(root, "O", assignment.control(), ControlParts::put);
		MessageParts.putSuccesses(root, assignment.successes());
		MessageParts.putOccasion(root, assignment.occasion());
		MessageParts.putUnless(root, "k", wantsTasks ? 1 : 0, 0);
	}

	static AssignmentMessage read(Fields fields, ByteBuffer behind, Supplier<Reported> reported) {
		List<Grant> grants = new ArrayList<>();
		String kept = fields.textOrNull("J", Envelope.MAX_BYTES);
		if (kept != null) {
			grants.addAll(reported.get()
				.grants(fields.counted(ShardSet.parse(kept, MessageParts.MAX_GROUPS)),
						fields.number("j", Integer.MIN_VALUE, Integer.MAX_VALUE, 0)));
		}
		grants.addAll(fields.list("G", MessageParts.MAX_GROUPS, AssignmentFormat::grant));
		HeldShards.read(fields, behind, AssignmentFormat::grantTerms)
			.forEach(
					(held) -> grants.add(held.terms().of(held.task().name(), held.task().shardCount(), held.shards())));
		MemberAssignment assignment = new MemberAssignment(fields.count("g", Integer.MAX_VALUE, 0),
				fields.instance("l"), fields.instance("i"), fields.line("x"), fields.count("m", Integer.MAX_VALUE, 0),
				MessageParts.token(fields), grants, fields.list("V", MessageParts.MAX_GROUPS, AssignmentFormat::shards),
				fields.list("P", MessageParts.MAX_GROUPS, MessageParts::progress),
				fields.list("U", MessageParts.MAX_GROUPS, AssignmentFormat::unassigned),
				MessageParts.inOneLine(fields.textOrNull("p")),
				fields.list("K", MessageParts.MAX_GROUPS, MessageParts::kept), MessageParts.session(fields),
				fields.flag("f"), ControlParts.read(fields), MessageParts.successes(fields),
				MessageParts.occasion(fields));
		return new AssignmentMessage(assignment, fields.flag("k"),
				MessageParts.version(fields, "b") > Envelope.TEXT_VERSION,
				fields.list("W", Watched.MOST, MessageParts::watched));
	}

	private static Grant grant(Fields fields) {
		int shardCount = MessageParts.shardCount(fields);
		return grantTerms(fields).of(fields.task("n"), shardCount, fields.shards("i", shardCount));
	}

	private static Grant grantTerms(Fields fields) {
		long token = MessageParts.token(fields);
		return new Grant("", 0, token, fields.instant("a", MessageParts.instant(token)),
				fields.count("g", Integer.MAX_VALUE, 0), fields.flag("o") ? Origin.FAILED_OVER : Origin.HANDED_OVER,
				fields.instantOrNull("z"), ShardSet.EMPTY);
	}

	private static Shards shards(Fields fields) {
		return new Shards(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS), fields.instantOrNull("z"));
	}

	private static Unassigned unassigned(Fields fields) {
		return new Unassigned(fields.task("n"), fields.shards("i", TaskDefinition.MAX_SHARDS),
				String.valueOf(MessageParts.inOneLine(fields.text("r"))));
	}

}
