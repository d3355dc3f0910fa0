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

import java.util.Comparator;
import java.util.Objects;

import io.distributedtask.TaskDefinition;
import org.jspecify.annotations.Nullable;

/**
 * One request of an operator about the group, or that it is cleared. Part of every
 * member's metadata; of two entries with one key the {@linkplain #compareTo later} one
 * counts.
 *
 * @param key what it is about
 * @param value what was requested: the instance to move to, the fencing token under which
 * a run was requested, empty for the others; {@code null} if it is cleared or done
 * @param time the wall clock in milliseconds of the instance that received it, or one
 * more than the time of the entry that it replaces
 * @param author the name of the instance that received it
 */
public record OperatorCommand(Key key, @Nullable String value, long time,
		String author) implements Comparable<OperatorCommand> {

	private static final Comparator<OperatorCommand> ORDER = Comparator.comparingLong(OperatorCommand::time)
		.thenComparing(OperatorCommand::author)
		.thenComparing(OperatorCommand::value, Comparator.nullsFirst(Comparator.naturalOrder()))
		.thenComparing(OperatorCommand::key);

	/** Of names and values. */
	public static final int MAX_TEXT = TaskDefinition.MAX_NAME_LENGTH;

	public OperatorCommand {
		author = author.substring(0, Math.min(author.length(), MAX_TEXT));
	}

	@Override
	public int compareTo(OperatorCommand other) {
		return ORDER.compare(this, other);
	}

	public boolean isSet() {
		return this.value != null;
	}

	/**
	 * The entry that clears this one.
	 * @param now the wall clock in milliseconds
	 * @param author who does it
	 */
	public OperatorCommand takenBack(long now, String author) {
		return new OperatorCommand(this.key, null, Math.max(now, this.time + 1), author);
	}

	/**
	 * What can be requested. The order is that of the numbers on the wire: new ones are
	 * added at the end.
	 */
	public enum Kind {

		/** Nothing of the whole group runs. */
		PAUSE_ALL,
		/** A task does not run. */
		PAUSE,
		/** A shard belongs to an instance. */
		MOVE,
		/** A shard is to run once. */
		RUN,
		/** An instance owns nothing. */
		DRAIN

	}

	/**
	 * What an entry is about.
	 *
	 * @param kind the kind of request
	 * @param subject the name of the task or of the instance; empty for the whole group
	 * @param shard the shard, 0 if there is none
	 */
	public record Key(Kind kind, String subject, int shard) implements Comparable<Key> {

		private static final Comparator<Key> ORDER = Comparator.comparing(Key::kind)
			.thenComparing(Key::subject)
			.thenComparingInt(Key::shard);

		public Key {
			Objects.requireNonNull(subject, "'subject' must not be null");
		}

		public static Key of(Kind kind, String subject) {
			return new Key(kind, subject, 0);
		}

		@Override
		public int compareTo(Key other) {
			return ORDER.compare(this, other);
		}

	}

}
