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

package io.distributedtask;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * This instance's own membership in the group: an immutable snapshot from memory.
 *
 * @param instance the name of this instance
 * @param state its state
 * @param generation the generation of its assignment, -1 for none
 * @param lastContact when it sent the last request that the coordinator answered,
 * {@code null} before the first, and in local mode
 * @param owned the number of shards that it owns
 * @param stuck the shards that have not stopped within the revoke timeout
 * @param problem what prevents the instance or the group from working, with the remedy;
 * {@code null} if there is no problem
 * @param needsRemedy whether the problem lasts until somebody fixes its cause
 * @param watch the crash watch, {@code null} if it is off
 * @since 0.1.0
 */
public record Membership(String instance, Assignments.GroupStatus state, int generation, @Nullable Instant lastContact,
		int owned, List<TaskId> stuck, @Nullable String problem, boolean needsRemedy, @Nullable Watch watch) {

	public Membership {
		stuck = List.copyOf(stuck);
	}

	/**
	 * A membership with the crash watch off.
	 */
	public Membership(String instance, Assignments.GroupStatus state, int generation, @Nullable Instant lastContact,
			int owned, List<TaskId> stuck, @Nullable String problem, boolean needsRemedy) {
		this(instance, state, generation, lastContact, owned, stuck, problem, needsRemedy, null);
	}

	/**
	 * The crash watch of this instance: which processes it would notice the end of at
	 * once.
	 *
	 * @param address where others watch this instance, {@code null} if they cannot
	 * @param watching the instances that this one watches
	 * @param watchers the number of connections of others that watch this instance
	 * @param problem why others cannot watch this instance, with the remedy; {@code null}
	 * if they can
	 */
	public record Watch(@Nullable String address, List<WatchedInstance> watching, int watchers,
			@Nullable String problem) {

		public Watch {
			watching = List.copyOf(watching);
		}

	}

	/**
	 * An instance that this one watches.
	 *
	 * @param instance its name
	 * @param connected whether the end of its process would be noticed now
	 * @param problem why not, {@code null} if it would
	 */
	public record WatchedInstance(String instance, boolean connected, @Nullable String problem) {
	}

}
