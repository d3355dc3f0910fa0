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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.coordination.Kept;
import io.distributedtask.internal.coordination.MemberState.Progress;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the messages of members and leaders have in common, read and written.
 */
final class MessageParts {

	static final int MAX_GROUPS = 200_000;

	private static final int MAX_SCHEDULES = 100;

	private static final Duration MAX_SESSION = Duration.ofHours(1);

	private MessageParts() {
	}

	static int shardCount(Fields fields) {
		return (int) fields.number("s", 1, TaskDefinition.MAX_SHARDS, 1);
	}

	static long token(Fields fields) {
		return fields.number("t", 0, Long.MAX_VALUE - 1, 0);
	}

	static Instant instant(long token) {
		return Instant.ofEpochMilli(Math.min(token, Integer.MAX_VALUE * 1000L));
	}

	/**
	 * A session timeout. What is said to be longer than any sensible one would keep
	 * shards from being assigned for as long.
	 */
	static Duration session(Fields fields) {
		return Duration.ofMillis(Math.min(fields.count("s", Integer.MAX_VALUE, 0), MAX_SESSION.toMillis()));
	}

	static Kept kept(Fields fields) {
		int shardCount = shardCount(fields);
		return new Kept(fields.instance("o"), fields.instantOrNull("z"), fields.instantOrNull("y"), fields.task("n"),
				shardCount, fields.shards("i", shardCount), fields.list("P", MAX_GROUPS, MessageParts::progress));
	}

	static Progress progress(Fields fields) {
		return new Progress(new TaskId(fields.task("n"), fields.count("i", TaskDefinition.MAX_SHARDS, 0)),
				fields.instants("a", MAX_SCHEDULES));
	}

	static void putTerms(ObjectNode node, String task, int shardCount, long token, Instant since, int generation) {
		node.put("n", task);
		putUnless(node, "s", shardCount, 1);
		node.put("t", token);
		if (!since.equals(instant(token))) {
			node.put("a", since.toEpochMilli());
		}
		node.put("g", generation);
	}

	static void putKept(Kept kept, ObjectNode node) {
		node.put("o", kept.instance());
		putInstant(node, "z", kept.ownerless());
		putInstant(node, "y", kept.gone());
		node.put("n", kept.task());
		putUnless(node, "s", kept.shardCount(), 1);
		node.put("i", kept.shards().toString());
		putAll(node, "P", kept.progress(), MessageParts::putProgress);
	}

	static void putInstant(ObjectNode node, String name, @Nullable Instant instant) {
		if (instant != null) {
			node.put(name, instant.toEpochMilli());
		}
	}

	static void putProgress(Progress progress, ObjectNode node) {
		node.put("n", progress.id().name());
		putUnless(node, "i", progress.id().shard(), 0);
		if (!progress.anchors().isEmpty()) {
			ArrayNode anchors = node.putArray("a");
			progress.anchors().forEach((anchor) -> anchors.add(anchor.toEpochMilli()));
		}
	}

	static void putUnless(ObjectNode node, String name, long value, long absent) {
		if (value != absent) {
			node.put(name, value);
		}
	}

	static <T> void putAll(ObjectNode root, String name, List<T> values, BiConsumer<T, ObjectNode> writer) {
		if (!values.isEmpty()) {
			ArrayNode array = root.putArray(name);
			values.forEach((value) -> writer.accept(value, array.addObject()));
		}
	}

}
