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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.internal.group.wire.Envelope;
import io.distributedtask.internal.group.wire.MessageCodec;
import org.jspecify.annotations.Nullable;

/**
 * The lists of tasks that this member has seen, by their digest: its own, and as its
 * group's leader those that members announce. Safe for any thread.
 * <p>
 * How many lists there are is for the members to say, each of which may have its own: to
 * forget one that is announced would be to ask for it in every round. What is limited is
 * the memory that they take together. Lists with much in common take little more than
 * one; where there is no room for all the largest are refused, and stay so.
 */
final class TaskListCache {

	/** A list whose text is not longer than this travels as it is. */
	static final int MAX_PLAIN_TEXT = 1024;

	/** Lists that no member announces any more: an instance may come back. */
	private static final int MAX_SPARE_LISTS = 32;

	/** In all lists together. */
	static final int MAX_ENTRIES = 1_000_000;

	/** Different ones in all lists together: five times what a group may have. */
	static final int MAX_TASKS = 100_000;

	private static final int DIGEST_BYTES = 16;

	private final MessageCodec codec;

	private final Map<String, List<TaskDefinition>> lists = new LinkedHashMap<>(16, 0.75f, true);

	/** The sizes of lists for which there is no room. */
	private final Map<String, Integer> refused = new HashMap<>();

	private Set<String> announced = Set.of();

	private boolean settled = true;

	private volatile @Nullable OwnList own;

	TaskListCache(MessageCodec codec) {
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
		byte[] text = this.codec.text(tasks);
		if (text.length <= MAX_PLAIN_TEXT) {
			return null;
		}
		String digest = digest(text);
		this.own = new OwnList(digest, List.copyOf(tasks), Envelope.seal((byte) 0, text).remaining());
		return digest;
	}

	/**
	 * The length of the text of this member's list as it travels, 0 if it is not known.
	 */
	int textLength(String digest) {
		OwnList own = this.own;
		return (own != null && own.digest().equals(digest)) ? own.textLength() : 0;
	}

	/**
	 * Remember a list of tasks that another member has told. The digest is not taken from
	 * its words: nobody can say what others have said.
	 * @param tasks the tasks
	 * @return the digest, {@code null} for a short list
	 */
	@Nullable String learn(List<TaskDefinition> tasks) {
		byte[] text = this.codec.text(tasks);
		if (text.length <= MAX_PLAIN_TEXT) {
			return null;
		}
		String digest = digest(text);
		synchronized (this.lists) {
			if (this.lists.putIfAbsent(digest, tasks) == null) {
				this.settled = false;
			}
		}
		return digest;
	}

	/**
	 * Forget what is of no use or too much.
	 * @param announced the digests of the lists that members announce in this round
	 */
	void settle(Set<String> announced) {
		synchronized (this.lists) {
			if (this.settled && announced.equals(this.announced)) {
				return;
			}
			this.settled = true;
			this.announced = Set.copyOf(announced);
			this.refused.keySet().retainAll(announced);
			int spare = this.lists.size() - (int) announced.stream().filter(this.lists::containsKey).count();
			Iterator<String> eldestFirst = this.lists.keySet().iterator();
			while (spare > MAX_SPARE_LISTS) {
				if (!announced.contains(eldestFirst.next())) {
					eldestFirst.remove();
					spare--;
				}
			}
			share();
		}
	}

	/**
	 * Let lists share what they have in common, and refuse those for which there is no
	 * room.
	 */
	private void share() {
		List<String> smallestFirst = new ArrayList<>(this.lists.keySet());
		Map<String, Integer> sizes = new HashMap<>();
		this.lists.forEach((digest, tasks) -> sizes.put(digest, tasks.size()));
		smallestFirst.sort(Comparator.comparing((String digest) -> !this.announced.contains(digest))
			.thenComparingInt((digest) -> sizes.getOrDefault(digest, 0))
			.thenComparing(Comparator.naturalOrder()));
		Map<TaskDefinition, TaskDefinition> shared = new HashMap<>();
		int entries = 0;
		int room = MAX_TASKS;
		for (String digest : smallestFirst) {
			List<TaskDefinition> tasks = this.lists.getOrDefault(digest, List.of());
			long fresh = tasks.stream().filter((task) -> !shared.containsKey(task)).count();
			if (entries + tasks.size() > MAX_ENTRIES || shared.size() + fresh > MAX_TASKS) {
				this.lists.remove(digest);
				this.refused.put(digest, tasks.size());
				continue;
			}
			entries += tasks.size();
			this.refused.remove(digest);
			List<TaskDefinition> sharing = new ArrayList<>(tasks.size());
			tasks.forEach((task) -> sharing.add(shared.computeIfAbsent(task, (key) -> key)));
			// members of one list are to have the very same one
			this.lists.put(digest, List.copyOf(sharing));
			if (this.announced.contains(digest)) {
				// what nobody announces is in nobody's way
				room = Math.min(MAX_ENTRIES - entries, MAX_TASKS - shared.size());
			}
		}
		int largest = room;
		this.refused.keySet().retainAll(this.announced);
		this.refused.values().removeIf((size) -> size <= largest);
	}

	/**
	 * Why a list is not remembered.
	 * @param digest its digest
	 * @return the reason, {@code null} if there is none
	 */
	@Nullable String refusal(String digest) {
		synchronized (this.lists) {
			Integer size = this.refused.get(digest);
			return (size != null) ? ("with its %d tasks the leader would have to remember more than %d tasks, or more "
					+ "than %d of all instances together")
				.formatted(size, MAX_TASKS, MAX_ENTRIES) : null;
		}
	}

	@Nullable List<TaskDefinition> get(String digest) {
		OwnList own = this.own;
		if (own != null && own.digest().equals(digest)) {
			return own.tasks();
		}
		synchronized (this.lists) {
			return this.lists.get(digest);
		}
	}

	private static String digest(byte[] text) {
		try {
			byte[] sum = MessageDigest.getInstance("SHA-256").digest(text);
			return HexFormat.of().formatHex(Arrays.copyOf(sum, DIGEST_BYTES));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every Java platform has SHA-256", ex);
		}
	}

	private record OwnList(String digest, List<TaskDefinition> tasks, int textLength) {
	}

}
