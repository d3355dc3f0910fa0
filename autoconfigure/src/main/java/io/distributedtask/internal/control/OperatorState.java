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

package io.distributedtask.internal.control;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The requests of operators about the group: an immutable map in which the last writer
 * wins. Merging is commutative, associative and idempotent: the latest entry of each key
 * counts, and of too many keys the latest ones are kept.
 */
public final class OperatorState {

	/** No requests. */
	public static final OperatorState EMPTY = new OperatorState(new TreeMap<>());

	/** Pauses, moves and drains, including those that were cleared. */
	public static final int MAX_SETTINGS = 1000;

	/** Requested runs, including those that are done. */
	static final int MAX_RUNS = 500;

	/**
	 * How long an entry is remembered as cleared or done: for that time an older entry,
	 * of an instance that was away, does not restore it.
	 */
	public static final Duration RETENTION = Duration.ofDays(1);

	private final SortedMap<Key, OperatorCommand> entries;

	private OperatorState(SortedMap<Key, OperatorCommand> entries) {
		this.entries = entries;
	}

	public List<OperatorCommand> entries() {
		return List.copyOf(this.entries.values());
	}

	/**
	 * This state merged with entries of others.
	 */
	public OperatorState with(Collection<OperatorCommand> others) {
		SortedMap<Key, OperatorCommand> merged = new TreeMap<>(this.entries);
		others.forEach(
				(entry) -> merged.merge(entry.key(), entry, (one, other) -> (one.compareTo(other) >= 0) ? one : other));
		if (merged.equals(this.entries)) {
			return this;
		}
		keepLatest(merged, (key) -> key.kind() == Kind.RUN, MAX_RUNS);
		keepLatest(merged, OperatorState::isCounted, MAX_SETTINGS);
		return new OperatorState(merged);
	}

	/**
	 * The pause of the whole group has one entry only, which is never displaced by
	 * others.
	 */
	private static boolean isCounted(Key key) {
		return key.kind() != Kind.RUN && key.kind() != Kind.PAUSE_ALL;
	}

	/**
	 * The order has to depend on the entry of a key: otherwise the result would depend on
	 * the order of merges.
	 */
	private static void keepLatest(Map<Key, OperatorCommand> entries, Predicate<Key> which, int most) {
		List<OperatorCommand> ordered = entries.values()
			.stream()
			.filter((entry) -> which.test(entry.key()))
			.sorted()
			.toList();
		for (int i = 0; i < ordered.size() - most; i++) {
			entries.remove(ordered.get(i).key());
		}
	}

	/**
	 * This state and a request that is later than all entries of its key, whatever the
	 * clocks of others.
	 * @throws IllegalStateException if there are too many already
	 */
	public OperatorState decide(Key key, @Nullable String value, long now, String author) {
		OperatorCommand former = this.entries.get(key);
		if (former == null && isCounted(key)
				&& this.entries.keySet().stream().filter(OperatorState::isCounted).count() >= MAX_SETTINGS) {
			throw new IllegalStateException(
					("There are %d pauses, moves and drains in force or cleared within a day, which is the limit: "
							+ "pause the whole group, or try again when the oldest have been removed")
						.formatted(MAX_SETTINGS));
		}
		if (key.kind() == Kind.RUN && (former == null || !former.isSet()) && inForce(Kind.RUN).count() >= MAX_RUNS) {
			throw new IllegalStateException(
					"There are %d requested runs that have not begun, which is the limit: try again later"
						.formatted(MAX_RUNS));
		}
		OperatorCommand next = new OperatorCommand(key, value, timeAfter(former, now), author);
		OperatorState decided = with(List.of(next));
		if (!next.equals(decided.entries.get(key))) {
			throw new IllegalStateException(("There are too many later requests of the same kind: check whether the "
					+ "clock of '%s' is behind the others")
				.formatted(author));
		}
		return decided;
	}

	private static long timeAfter(@Nullable OperatorCommand former, long now) {
		if (former == null) {
			return now;
		}
		// the entry of a former run that is done is one millisecond later than its
		// request
		boolean mayBeDone = former.key().kind() == Kind.RUN && former.isSet();
		return Math.max(now, former.time() + (mayBeDone ? 2 : 1));
	}

	/**
	 * This state without entries that were cleared or done long enough ago.
	 */
	public OperatorState recent(long now) {
		return new OperatorState(filtered(this.entries.values(), (entry) -> isRecent(entry, now)));
	}

	private static boolean isRecent(OperatorCommand entry, long now) {
		boolean passes = !entry.isSet() || entry.key().kind() == Kind.RUN;
		return !passes || now - entry.time() <= RETENTION.toMillis();
	}

	/**
	 * The entries of others that can be accepted. A time from the far future would win
	 * for ever.
	 * @param said the entries
	 * @param now the wall clock in milliseconds
	 * @param latest the latest time that is accepted
	 */
	public static List<OperatorCommand> believable(Collection<OperatorCommand> said, long now, long latest) {
		return said.stream().filter((entry) -> entry.time() <= latest && isRecent(entry, now)).toList();
	}

	private static SortedMap<Key, OperatorCommand> filtered(Collection<OperatorCommand> entries,
			Predicate<OperatorCommand> which) {
		SortedMap<Key, OperatorCommand> filtered = new TreeMap<>();
		entries.stream().filter(which).forEach((entry) -> filtered.put(entry.key(), entry));
		return filtered;
	}

	/**
	 * The latest time of all entries, 0 if there is none.
	 */
	public long newest() {
		return this.entries.values().stream().mapToLong(OperatorCommand::time).max().orElse(0);
	}

	/**
	 * Clear entries whose task or instance is gone. A request of an instance that does
	 * not know that yet is to win, so they are cleared with an earlier time.
	 * @param which the entries to clear
	 * @param now the wall clock in milliseconds
	 * @param author the name of the instance that does it
	 */
	public OperatorState takeBack(Predicate<OperatorCommand> which, long now, String author) {
		long earlier = now - RETENTION.dividedBy(2).toMillis();
		return with(inForce().filter(which).map((entry) -> entry.takenBack(earlier, author)).toList());
	}

	/**
	 * The entry that is in force.
	 * @return the entry, {@code null} if there is none or it was cleared
	 */
	public @Nullable OperatorCommand get(Kind kind, String subject, int shard) {
		OperatorCommand entry = this.entries.get(new Key(kind, subject, shard));
		return (entry != null && entry.isSet()) ? entry : null;
	}

	/**
	 * The entry that pauses a task.
	 * @return the entry, {@code null} if it may run
	 */
	@Nullable OperatorCommand pause(String task) {
		OperatorCommand all = get(Kind.PAUSE_ALL, "", 0);
		return (all != null) ? all : get(Kind.PAUSE, task, 0);
	}

	public boolean isPaused(String task) {
		return pause(task) != null;
	}

	public boolean isDrained(String instance) {
		return get(Kind.DRAIN, instance, 0) != null;
	}

	/**
	 * The instance that a shard was moved to.
	 * @return its name, or {@code null} if the shard was not moved
	 */
	public @Nullable String moved(TaskId id) {
		OperatorCommand move = get(Kind.MOVE, id.name(), id.shard());
		return (move != null) ? move.value() : null;
	}

	/**
	 * The entries of a kind that are in force.
	 */
	public Stream<OperatorCommand> inForce(Kind kind) {
		return inForce().filter((entry) -> entry.key().kind() == kind);
	}

	/**
	 * The entries that are in force.
	 */
	public Stream<OperatorCommand> inForce() {
		return this.entries.values().stream().filter(OperatorCommand::isSet);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof OperatorState that && this.entries.equals(that.entries);
	}

	@Override
	public int hashCode() {
		return this.entries.hashCode();
	}

	@Override
	public String toString() {
		return this.entries.values().toString();
	}

}
