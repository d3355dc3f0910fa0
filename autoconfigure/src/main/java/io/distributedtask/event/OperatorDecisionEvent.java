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
 * An operator has made a request to the group, on this or another instance. Published on
 * every instance when it receives the request, on a thread of its own; an instance that
 * joins receives the requests that are in effect.
 *
 * @param at when the request was made, by the clock of the instance that received it
 * @param decision what was requested
 * @param task the task that it concerns, {@code null} if it concerns none in particular
 * @param shard the shard that it concerns, {@code null} if it concerns none in particular
 * @param instance the instance that a shard is moved to, or whose drain begins or ends;
 * otherwise {@code null}
 * @param askedOn the instance that received the request from the operator
 * @since 0.1.0
 */
public record OperatorDecisionEvent(Instant at, Decision decision, @Nullable String task, @Nullable Integer shard,
		@Nullable String instance, String askedOn) {

	/**
	 * What an operator can request.
	 */
	public enum Decision {

		/** A task, or the whole group, is paused. */
		PAUSE,
		/** A task, or the whole group, is resumed. */
		RESUME,
		/** A shard is moved to an instance. */
		MOVE,
		/** The move of a shard is cleared. */
		CLEAR,
		/** A shard is to run once. */
		RUN,
		/** An instance hands over all its shards and gets no others. */
		DRAIN,
		/** An instance may own shards again. */
		UNDRAIN

	}

}
