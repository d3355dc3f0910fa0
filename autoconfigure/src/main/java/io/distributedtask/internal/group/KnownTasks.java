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
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import org.jspecify.annotations.Nullable;

/**
 * The lists of tasks that this member has seen, by their digest: its own, and as many of
 * others as there is room for. Safe for any thread.
 */
final class KnownTasks {

	/** A list whose text is not longer than this travels as it is. */
	static final int MAX_PLAIN_TEXT = 1024;

	private static final int MAX_LISTS = 32;

	/** In all lists of others together. */
	private static final int MAX_TASKS = 200_000;

	private static final int DIGEST_BYTES = 16;

	private final MessageCodec codec;

	private final Map<String, List<TaskDefinition>> lists = new LinkedHashMap<>(16, 0.75f, true);

	private volatile @Nullable OwnList own;

	KnownTasks(MessageCodec codec) {
		this.codec = codec;
	}

	/**
	 * Remember the list of tasks of this member.
	 * @param tasks the tasks
	 * @return the digest by which to announce them, {@code null} for a short list
	 */
	@Nullable String learnOwn(Collection<TaskDefinition> tasks) {
		byte[] text = this.codec.text(tasks);
		if (text.length <= MAX_PLAIN_TEXT) {
			return null;
		}
		String digest = digest(text);
		this.own = new OwnList(digest, List.copyOf(tasks));
		return digest;
	}

	/**
	 * Remember a list of tasks that another member has told. The digest is not taken from
	 * its words: nobody can say what others have said.
	 * @param tasks the tasks
	 */
	void learn(Collection<TaskDefinition> tasks) {
		byte[] text = this.codec.text(tasks);
		if (text.length > MAX_PLAIN_TEXT) {
			synchronized (this.lists) {
				this.lists.put(digest(text), List.copyOf(tasks));
				forgetEldest();
			}
		}
	}

	private void forgetEldest() {
		int count = this.lists.values().stream().mapToInt(List::size).sum();
		Iterator<List<TaskDefinition>> eldestFirst = this.lists.values().iterator();
		while (this.lists.size() > 1 && (this.lists.size() > MAX_LISTS || count > MAX_TASKS)) {
			count -= eldestFirst.next().size();
			eldestFirst.remove();
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

	private record OwnList(String digest, List<TaskDefinition> tasks) {
	}

}
