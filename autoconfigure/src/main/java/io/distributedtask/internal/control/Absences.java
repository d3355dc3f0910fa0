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
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.port.Clocks;

/**
 * Since when the leader has seen nothing of what operators have decided about. An
 * instance or a task that is away for a moment has to find things as they were, however
 * long ago they were decided. Another leader begins to count anew.
 */
public final class Absences {

	private final Clocks clocks;

	private final Map<Key, Long> since = new HashMap<>();

	private int generation = -1;

	public Absences(Clocks clocks) {
		this.clocks = clocks;
	}

	/**
	 * Look at a round.
	 * @param generation its generation
	 * @param state what has been decided
	 * @param isAbsent whether that is about something that is not there
	 * @param enough for how long it has to be away
	 * @return whether what a decision is about has been away for that long
	 */
	public Predicate<Key> look(int generation, OperatorState state, Predicate<Key> isAbsent, Duration enough) {
		if (generation != this.generation && generation != this.generation + 1) {
			// another instance was the leader meanwhile, and may have seen it
			this.since.clear();
		}
		this.generation = generation;
		long now = this.clocks.nanos();
		Map<Key, Long> next = new HashMap<>();
		state.inForce().forEach((entry) -> {
			if (isAbsent.test(entry.key())) {
				next.put(entry.key(), this.since.getOrDefault(entry.key(), now));
			}
		});
		this.since.clear();
		this.since.putAll(next);
		return (key) -> {
			Long from = this.since.get(key);
			return from != null && now - from > enough.toNanos();
		};
	}

}
