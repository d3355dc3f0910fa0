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

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.message.ShardSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The shards that a member holds, in few bytes: each name of a task once (N: in order,
 * each without what it has in common with the one before), their shard counts (n: without
 * repetitions at the end), the terms under which shards were granted (D), and for each of
 * these, behind the text of the message, the tasks and shards as {@link Numbers}: how
 * many tasks; for each of them its distance from the one before, doubled, plus 1 if it is
 * one shard; then that shard, or how many ranges there are, and for each of them its
 * distance from the one before, doubled, plus 1 if it is more than one shard, and then
 * their number. A task that has one shard needs nothing but itself.
 */
final class HeldShards {

	private static final int MAX_NAMES = 20_000;

	/** Characters of all names together. */
	private static final int MAX_NAMES_LENGTH = 4 * 1024 * 1024;

	/**
	 * What a name has in common with the one before is told by one printable character.
	 */
	private static final char NOTHING_IN_COMMON = '0';

	private static final int MOST_IN_COMMON = 'Z' - NOTHING_IN_COMMON;

	/** No name contains it. */
	private static final char SEPARATOR = '\n';

	private HeldShards() {
	}

	/**
	 * Write shards.
	 * @param held the shards; those of one task under the same terms are merged
	 * @param root takes the text
	 * @param writer writes terms
	 * @return the bytes to send behind the text
	 */
	static <T> byte[] put(Collection<Held<T>> held, ObjectNode root, BiConsumer<T, ObjectNode> writer) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		if (held.isEmpty()) {
			return bytes.toByteArray();
		}
		Map<Task, Integer> numbers = new LinkedHashMap<>();
		new TreeSet<>(held.stream().map(Held::task).toList()).forEach((task) -> numbers.put(task, numbers.size()));
		root.put("N", names(numbers.keySet()));
		putShardCounts(root, numbers.keySet());
		Map<T, TreeMap<Integer, BitSet>> groups = new LinkedHashMap<>();
		for (Held<T> one : held) {
			BitSet shards = groups.computeIfAbsent(one.terms(), (terms) -> new TreeMap<>())
				.computeIfAbsent(numbers.getOrDefault(one.task(), 0), (number) -> new BitSet());
			one.shards().stream().forEach(shards::set);
		}
		List<Task> tasks = List.copyOf(numbers.keySet());
		ArrayNode all = root.putArray("D");
		groups.forEach((terms, byTask) -> {
			writer.accept(terms, all.addObject());
			Numbers.write(bytes, byTask.size());
			int next = 0;
			for (Map.Entry<Integer, BitSet> entry : byTask.entrySet()) {
				write(bytes, entry.getKey() - next, entry.getValue(), tasks.get(entry.getKey()).shardCount());
				next = entry.getKey() + 1;
			}
		});
		return bytes.toByteArray();
	}

	private static String names(Collection<Task> tasks) {
		StringBuilder names = new StringBuilder();
		String before = "";
		for (Task task : tasks) {
			int common = common(before, task.name());
			names.append(names.isEmpty() ? "" : SEPARATOR)
				.append((char) (NOTHING_IN_COMMON + common))
				.append(task.name(), common, task.name().length());
			before = task.name();
		}
		return names.toString();
	}

	private static int common(String one, String other) {
		int most = Math.min(Math.min(one.length(), other.length()), MOST_IN_COMMON);
		int common = 0;
		while (common < most && one.charAt(common) == other.charAt(common)) {
			common++;
		}
		boolean isWithinCharacter = common > 0 && Character.isHighSurrogate(one.charAt(common - 1));
		return isWithinCharacter ? common - 1 : common;
	}

	private static void putShardCounts(ObjectNode root, Collection<Task> tasks) {
		List<Integer> counts = new ArrayList<>(tasks.stream().map(Task::shardCount).toList());
		int last = counts.size() - 1;
		while (last > 0 && counts.get(last).equals(counts.get(last - 1))) {
			counts.remove(last--);
		}
		if (!counts.equals(List.of(1))) {
			ArrayNode array = root.putArray("n");
			counts.forEach(array::add);
		}
	}

	private static void write(ByteArrayOutputStream bytes, int distance, BitSet shards, int shardCount) {
		boolean isOne = shards.cardinality() == 1;
		Numbers.write(bytes, distance * 2 + (isOne ? 1 : 0));
		if (shardCount == 1) {
			return;
		}
		if (isOne) {
			Numbers.write(bytes, shards.nextSetBit(0));
			return;
		}
		ByteArrayOutputStream ranges = new ByteArrayOutputStream();
		int count = 0;
		int end = 0;
		for (int first = shards.nextSetBit(0); first >= 0; first = shards.nextSetBit(end)) {
			int next = shards.nextClearBit(first);
			boolean isRange = next - first > 1;
			Numbers.write(ranges, (first - end) * 2 + (isRange ? 1 : 0));
			if (isRange) {
				Numbers.write(ranges, next - first);
			}
			end = next;
			count++;
		}
		Numbers.write(bytes, count);
		bytes.writeBytes(ranges.toByteArray());
	}

	/**
	 * Read shards.
	 * @param fields the text
	 * @param numbers the bytes behind it
	 * @param reader reads terms
	 * @return the shards, in the order in which they were sent
	 */
	static <T> List<Held<T>> read(Fields fields, ByteBuffer numbers, Function<Fields, T> reader) {
		List<Held<T>> held = new ArrayList<>();
		List<Task> tasks = tasks(fields);
		for (T terms : fields.list("D", MessageParts.MAX_GROUPS, reader)) {
			int count = Numbers.read(numbers, tasks.size());
			int next = 0;
			for (int i = 0; i < count; i++) {
				int code = Numbers.read(numbers, 2 * (tasks.size() - next) - 1);
				int task = next + code / 2;
				BitSet shards = shards(numbers, tasks.get(task).shardCount(), code % 2 == 1);
				if (held.size() == MessageParts.MAX_GROUPS) {
					throw new MalformedMessageException(
							"The message has more than %d sets of shards".formatted(MessageParts.MAX_GROUPS));
				}
				held.add(new Held<>(terms, tasks.get(task), fields.counted(ShardSet.of(shards))));
				next = task + 1;
			}
		}
		return held;
	}

	private static List<Task> tasks(Fields fields) {
		String text = fields.textOrNull("N", MAX_NAMES_LENGTH);
		if (text == null) {
			return List.of();
		}
		List<Integer> counts = fields.counts("n", MAX_NAMES, TaskDefinition.MAX_SHARDS);
		List<Task> tasks = new ArrayList<>();
		String name = "";
		for (String part : text.split(String.valueOf(SEPARATOR), MAX_NAMES + 1)) {
			int common = part.isEmpty() ? -1 : part.charAt(0) - NOTHING_IN_COMMON;
			if (common < 0 || common > Math.min(name.length(), MOST_IN_COMMON) || tasks.size() == MAX_NAMES) {
				throw new MalformedMessageException("Field 'N' is not a list of at most %d names".formatted(MAX_NAMES));
			}
			name = Fields.task("N", name.substring(0, common) + part.substring(1));
			int count = counts.isEmpty() ? 1 : counts.get(Math.min(tasks.size(), counts.size() - 1));
			tasks.add(new Task(name, count));
		}
		return tasks;
	}

	private static BitSet shards(ByteBuffer numbers, int shardCount, boolean isOne) {
		BitSet shards = new BitSet();
		if (isOne) {
			shards.set((shardCount == 1) ? 0 : Numbers.read(numbers, shardCount - 1));
			return shards;
		}
		int ranges = (shardCount == 1) ? 0 : Numbers.read(numbers, shardCount);
		int end = 0;
		for (int i = 0; i < ranges; i++) {
			int code = Numbers.read(numbers, 2 * (shardCount - end) - 1);
			int first = end + code / 2;
			end = first + ((code % 2 == 1) ? Numbers.read(numbers, shardCount - first) : 1);
			shards.set(first, end);
		}
		return shards;
	}

	/**
	 * Shards of one task that are held under the same terms.
	 *
	 * @param terms the terms
	 * @param task the task and its shard count
	 * @param shards the shards
	 * @param <T> the type of the terms
	 */
	record Held<T>(T terms, Task task, ShardSet shards) {
	}

	/**
	 * A task with the number of shards that it had when they were granted.
	 *
	 * @param name its name
	 * @param shardCount the number of its shards
	 */
	record Task(String name, int shardCount) implements Comparable<Task> {

		@Override
		public int compareTo(Task other) {
			int byName = this.name.compareTo(other.name);
			return (byName != 0) ? byName : Integer.compare(this.shardCount, other.shardCount);
		}

	}

}
