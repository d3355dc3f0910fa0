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

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.MessageCodec;
import org.jspecify.annotations.Nullable;

/**
 * The lists of tasks that members announce by their digests: this member's own, and when
 * it leads the group those of all others. Safe for any thread.
 * <p>
 * A leader remembers all announced lists, however many there are, and nothing else: if it
 * forgot one, it would have to request it in every round. Their memory together is
 * limited. Lists with much in common take little more than one; where there is no room
 * for all, the largest are rejected, and remain so until another one is gone.
 */
final class TaskLists {

	/** A list whose text is not longer than this is sent as text. */
	static final int MAX_PLAIN_TEXT = 1024;

	/** Entries of all lists together. */
	static final int MAX_ENTRIES = 1_000_000;

	/** Different tasks in all lists together: five times as many as a group may have. */
	static final int MAX_TASKS = 100_000;

	private static final int DIGEST_BYTES = 16;

	/** The least factor by which deflation shortens a list of tasks. */
	private static final int LEAST_DEFLATION = 2;

	private final MessageCodec codec;

	/** Lists of others by their digests; a rejected one is empty. */
	private volatile Map<String, List<TaskDefinition>> known = Map.of();

	private volatile @Nullable OwnList own;

	/** The own list before it changed, which others may have for a while. */
	private @Nullable OwnList former;

	TaskLists(MessageCodec codec) {
		this.codec = codec;
	}

	/**
	 * Remember the list of tasks of this member.
	 * @param tasks the tasks, in an order that other members with the same tasks have,
	 * too
	 * @return the digest by which to announce them, {@code null} for a short list
	 */
	@Nullable String learnOwn(List<TaskDefinition> tasks) {
		OwnList own = this.own;
		if (own != null && own.tasks().equals(tasks)) {
			return own.digest();
		}
		String digest = digest(tasks);
		this.former = own;
		this.own = new OwnList(digest, List.copyOf(tasks));
		return digest;
	}

	/**
	 * The digest of a list, and after a dash the length of its text. Computed from the
	 * text where a member sends both, so that no member can announce a list for others.
	 * @param tasks the tasks
	 * @return the digest, {@code null} for a short list
	 */
	@Nullable String digest(List<TaskDefinition> tasks) {
		byte[] text = this.codec.text(tasks);
		if (text.length <= MAX_PLAIN_TEXT) {
			return null;
		}
		try {
			byte[] sum = MessageDigest.getInstance("SHA-256").digest(text);
			return HexFormat.of().formatHex(sum, 0, DIGEST_BYTES) + "-" + text.length;
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	/**
	 * The approximate size in bytes of the text of a digest.
	 */
	static int size(String digest) {
		try {
			return Integer.parseInt(digest, digest.lastIndexOf('-') + 1, digest.length(), 10) / LEAST_DEFLATION;
		}
		catch (NumberFormatException ex) {
			return Integer.MAX_VALUE;
		}
	}

	/**
	 * The list of a digest.
	 * @param digest the digest
	 * @return the list, empty if it is rejected, {@code null} if it is not known
	 */
	@Nullable List<TaskDefinition> get(String digest) {
		OwnList own = this.own;
		return (own != null && digest.equals(own.digest())) ? own.tasks() : this.known.get(digest);
	}

	/**
	 * Remember the lists that members announce in this round, and forget all others.
	 * @param announced the digests of their lists
	 * @param told the lists whose text some members have sent, by digest
	 */
	void settle(Set<String> announced, Map<String, List<TaskDefinition>> told) {
		Map<String, List<TaskDefinition>> lists = new HashMap<>(told);
		if (this.former != null && this.former.digest() != null) {
			lists.put(this.former.digest(), this.former.tasks());
		}
		lists.putAll(this.known);
		lists.keySet().retainAll(announced);
		if (lists.keySet().equals(this.known.keySet())) {
			return;
		}
		if (!announced.containsAll(this.known.keySet())) {
			// there may be room now for those that were rejected
			lists.values().removeIf(List::isEmpty);
		}
		Map<String, List<TaskDefinition>> known = new HashMap<>();
		Map<TaskDefinition, TaskDefinition> shared = new HashMap<>();
		int entries = 0;
		for (String digest : smallestFirst(lists)) {
			List<TaskDefinition> tasks = lists.getOrDefault(digest, List.of());
			long fresh = tasks.stream().filter((task) -> !shared.containsKey(task)).count();
			boolean fits = entries + tasks.size() <= MAX_ENTRIES && shared.size() + fresh <= MAX_TASKS;
			entries += fits ? tasks.size() : 0;
			known.put(digest, !fits ? List.of()
					: tasks.stream().map((task) -> shared.computeIfAbsent(task, (key) -> key)).toList());
		}
		this.known = known;
	}

	private static List<String> smallestFirst(Map<String, List<TaskDefinition>> lists) {
		return lists.entrySet()
			.stream()
			.sorted(Comparator.comparingInt((Map.Entry<String, List<TaskDefinition>> list) -> list.getValue().size())
				.thenComparing(Map.Entry.comparingByKey()))
			.map(Map.Entry::getKey)
			.toList();
	}

	private record OwnList(@Nullable String digest, List<TaskDefinition> tasks) {
	}

}
