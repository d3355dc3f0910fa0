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

package io.distributedtask.internal.message;

import java.util.BitSet;
import java.util.Collection;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.distributedtask.TaskId;

/**
 * An immutable set of shards. Its text form is a list of ranges, such as
 * {@code 0-99,105}.
 */
public final class ShardSet {

	/** The set without shards. */
	public static final ShardSet EMPTY = new ShardSet(new BitSet());

	private final BitSet shards;

	private ShardSet(BitSet shards) {
		this.shards = shards;
	}

	public static ShardSet of(int... shards) {
		BitSet bits = new BitSet();
		IntStream.of(shards).forEach(bits::set);
		return new ShardSet(bits);
	}

	public static ShardSet of(Collection<Integer> shards) {
		BitSet bits = new BitSet();
		shards.forEach(bits::set);
		return new ShardSet(bits);
	}

	public static ShardSet of(BitSet shards) {
		return new ShardSet((BitSet) shards.clone());
	}

	/**
	 * Read the text form.
	 * @param text ascending ranges, such as {@code 0-99,105}
	 * @param limit the number that every shard must be less than
	 * @return the set
	 * @throws IllegalArgumentException if the text is malformed or names a shard beyond
	 * the limit
	 */
	public static ShardSet parse(String text, int limit) {
		BitSet bits = new BitSet();
		if (text.isEmpty()) {
			return EMPTY;
		}
		int next = 0;
		for (String range : text.split(",", -1)) {
			int dash = range.indexOf('-');
			int first = number((dash < 0) ? range : range.substring(0, dash), text);
			int last = (dash < 0) ? first : number(range.substring(dash + 1), text);
			if (first < next || last < first || last >= limit) {
				throw new IllegalArgumentException(
						"Shard ranges '%s' are not ascending and below %d".formatted(abbreviate(text), limit));
			}
			bits.set(first, last + 1);
			next = last + 1;
		}
		return new ShardSet(bits);
	}

	private static int number(String digits, String text) {
		if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch((c) -> c >= '0' && c <= '9')) {
			throw new IllegalArgumentException("'%s' is not a list of shard ranges".formatted(abbreviate(text)));
		}
		return Integer.parseInt(digits);
	}

	private static String abbreviate(String text) {
		return (text.length() <= 64) ? text : text.substring(0, 64) + "…";
	}

	public IntStream stream() {
		return this.shards.stream();
	}

	/**
	 * The shards of a task.
	 * @param task the name of the task
	 */
	public Stream<TaskId> ids(String task) {
		return this.shards.stream().mapToObj((shard) -> new TaskId(task, shard));
	}

	public boolean contains(int shard) {
		return this.shards.get(shard);
	}

	public boolean isEmpty() {
		return this.shards.isEmpty();
	}

	public int size() {
		return this.shards.cardinality();
	}

	/**
	 * The memory that the set takes: one for each shard, and one for each 64-bit word.
	 * @return a number that is at least the size
	 */
	public int cost() {
		return 1 + size() + this.shards.length() / Long.SIZE;
	}

	/**
	 * The shards of this set for which a condition holds.
	 * @param condition the condition
	 * @return a set
	 */
	public ShardSet filter(IntPredicate condition) {
		BitSet bits = new BitSet();
		stream().filter(condition).forEach(bits::set);
		return new ShardSet(bits);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof ShardSet that && this.shards.equals(that.shards);
	}

	@Override
	public int hashCode() {
		return this.shards.hashCode();
	}

	/**
	 * The text form.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		int first = this.shards.nextSetBit(0);
		while (first >= 0) {
			int end = this.shards.nextClearBit(first);
			text.append(text.isEmpty() ? "" : ",").append(first);
			if (end - first > 1) {
				text.append('-').append(end - 1);
			}
			first = this.shards.nextSetBit(end);
		}
		return text.toString();
	}

}
