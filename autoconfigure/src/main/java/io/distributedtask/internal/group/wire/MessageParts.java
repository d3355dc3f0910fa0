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

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.internal.message.MemberMetadata.End;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.message.Success;
import io.distributedtask.internal.message.Watched;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The common parts of metadata and assignments, read and written.
 */
final class MessageParts {

	static final int MAX_GROUPS = 200_000;

	private static final int MAX_SCHEDULES = 100;

	private static final int MAX_SUCCESSES = 20_000;

	/** The year 9999. */
	private static final long MAX_SECONDS = 253_402_300_799L;

	private static final Duration MAX_SESSION = Duration.ofHours(1);

	private MessageParts() {
	}

	/**
	 * A version of the format, the first one unless there is another.
	 */
	static int version(Fields fields, String name) {
		return (int) fields.number(name, Envelope.TEXT_VERSION, Integer.MAX_VALUE, Envelope.TEXT_VERSION);
	}

	static @Nullable String inOneLine(@Nullable String text) {
		return (text != null) ? MalformedMessageException.inOneLine(text) : null;
	}

	static String abbreviate(String text, int limit) {
		return (text.length() <= limit) ? text : text.substring(0, limit - 1) + "…";
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
	 * A session timeout. An unreasonably long one would keep shards from being assigned
	 * for as long.
	 */
	static Duration session(Fields fields) {
		return Duration.ofMillis(Math.min(fields.count("s", Integer.MAX_VALUE, 0), MAX_SESSION.toMillis()));
	}

	static Reservation kept(Fields fields) {
		int shardCount = shardCount(fields);
		return new Reservation(fields.instance("o"), fields.instantOrNull("z"), fields.instantOrNull("y"),
				fields.task("n"), shardCount, fields.shards("i", shardCount),
				fields.list("P", MAX_GROUPS, MessageParts::progress));
	}

	static Progress progress(Fields fields) {
		return new Progress(new TaskId(fields.task("n"), fields.count("i", TaskDefinition.MAX_SHARDS, 0)),
				fields.instants("a", MAX_SCHEDULES), End.values()[fields.count("k", End.values().length - 1, 0)],
				generation(fields));
	}

	static List<Progress> releases(Fields fields) {
		List<Progress> releases = new ArrayList<>(fields.list("R", MAX_GROUPS, MessageParts::progress));
		fields.list("L", MAX_GROUPS, MessageParts::lost).forEach(releases::addAll);
		return releases;
	}

	/**
	 * Shards that were lost together often have equal progress.
	 */
	private static List<Progress> lost(Fields fields) {
		List<Progress> lost = new ArrayList<>();
		String task = fields.task("n");
		List<Instant> anchors = fields.instants("a", MAX_SCHEDULES);
		int generation = generation(fields);
		fields.shards("i", TaskDefinition.MAX_SHARDS)
			.stream()
			.forEach((shard) -> lost.add(new Progress(new TaskId(task, shard), anchors, End.LOST, generation)));
		return lost;
	}

	private static int generation(Fields fields) {
		return (int) fields.number("g", -1, Integer.MAX_VALUE, -1);
	}

	/**
	 * Successes by task. Seconds are exact enough for them.
	 */
	static Map<String, Success> successes(Fields fields) {
		Map<String, Success> successes = new HashMap<>();
		fields.list("S", MAX_SUCCESSES, (success) -> success)
			.forEach((success) -> successes.put(success.task("n"),
					new Success(Instant.ofEpochSecond(success.number("e", 0, MAX_SECONDS, 0)),
							success.instants("a", MAX_SCHEDULES))));
		return successes;
	}

	static void putSuccesses(ObjectNode root, Map<String, Success> successes) {
		putAll(root, "S", new TreeMap<>(successes).entrySet().stream().toList(), (success, node) -> {
			node.put("n", success.getKey()).put("e", Math.max(0, success.getValue().at().getEpochSecond()));
			putAnchors(node, success.getValue().anchors());
		});
	}

	/**
	 * Why the group has rebalanced. An unknown cause of a newer member has its text.
	 */
	static @Nullable Occasion occasion(Fields fields) {
		String text = fields.textOrNull("w");
		if (text == null) {
			return null;
		}
		int cause = fields.count("c", Integer.MAX_VALUE, Cause.OTHER.ordinal());
		return new Occasion((cause < Cause.values().length) ? Cause.values()[cause] : Cause.OTHER,
				MalformedMessageException.inOneLine(text));
	}

	static void putOccasion(ObjectNode root, @Nullable Occasion occasion) {
		if (occasion != null) {
			root.put("w", MalformedMessageException.inOneLine(occasion.text()));
			putUnless(root, "c", occasion.cause().ordinal(), Cause.OTHER.ordinal());
		}
	}

	static void putWatchAddress(ObjectNode root, @Nullable String address) {
		if (address != null) {
			root.put("w", address);
		}
	}

	static @Nullable String watchAddress(Fields fields) {
		return (fields.textOrNull("w") != null) ? fields.instance("w") : null;
	}

	static void putWatched(Watched watched, ObjectNode node) {
		node.put("m", watched.memberId())
			.put("i", watched.instance())
			.put("x", watched.incarnation())
			.put("a", watched.address());
	}

	static Watched watched(Fields fields) {
		return new Watched(fields.line("m"), fields.instance("i"), fields.line("x"), fields.instance("a"));
	}

	static void putTask(ObjectNode node, String task, int shardCount) {
		node.put("n", task);
		putUnless(node, "s", shardCount, 1);
	}

	static void putTerms(ObjectNode node, long token, Instant since, int generation) {
		node.put("t", token);
		if (!since.equals(instant(token))) {
			node.put("a", since.toEpochMilli());
		}
		node.put("g", generation);
	}

	static void putKept(Reservation kept, ObjectNode node) {
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
		putAnchors(node, progress.anchors());
		putUnless(node, "g", progress.generation(), -1);
		putUnless(node, "k", progress.end().ordinal(), 0);
	}

	private static void putAnchors(ObjectNode node, List<Instant> instants) {
		if (!instants.isEmpty()) {
			ArrayNode anchors = node.putArray("a");
			instants.forEach((anchor) -> anchors.add(anchor.toEpochMilli()));
		}
	}

	static void putReleases(List<Progress> releases, ObjectNode root) {
		putAll(root, "R", releases.stream().filter((progress) -> progress.end() != End.LOST).toList(),
				MessageParts::putProgress);
		Map<Progress, List<Integer>> lost = new LinkedHashMap<>();
		releases.stream()
			.filter((progress) -> progress.end() == End.LOST)
			.forEach((progress) -> lost
				.computeIfAbsent(new Progress(new TaskId(progress.id().name(), 0), progress.anchors(), End.LOST,
						progress.generation()), (terms) -> new ArrayList<>())
				.add(progress.id().shard()));
		putAll(root, "L", List.copyOf(lost.entrySet()), (group, node) -> {
			node.put("n", group.getKey().id().name()).put("i", ShardSet.of(group.getValue()).toString());
			putAnchors(node, group.getKey().anchors());
			putUnless(node, "g", group.getKey().generation(), -1);
		});
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
