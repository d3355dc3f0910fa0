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

package io.distributedtask.event;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An operator has decided something about the group, here or on another instance.
 * Published on every instance when it hears of it, on a thread of its own; an instance
 * that joins hears of what is in force.
 *
 * @param at when it was decided, by the clock of the instance that was asked
 * @param decision what was decided
 * @param task the task that it is about, {@code null} if it is not about one
 * @param shard the shard that it is about, {@code null} if it is not about one
 * @param instance the instance that a shard was moved to, or that is drained or not any
 * more
 * @param askedOn the instance that was asked
 * @since 0.1.0
 */
public record OperatorDecisionEvent(Instant at, Decision decision, @Nullable String task, @Nullable Integer shard,
		@Nullable String instance, String askedOn) {

	/**
	 * What can be decided.
	 */
	public enum Decision {

		/** A task, or the whole group, is paused. */
		PAUSE,
		/** A task, or the whole group, is resumed. */
		RESUME,
		/** A shard is moved to an instance. */
		MOVE,
		/** A shard that was moved may be anywhere again. */
		CLEAR,
		/** A shard is to run once. */
		RUN,
		/** An instance gives up what it owns. */
		DRAIN,
		/** An instance may own shards again. */
		UNDRAIN

	}

}
