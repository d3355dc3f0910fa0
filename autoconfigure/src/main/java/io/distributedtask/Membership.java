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
 * @since 0.1.0
 */
public record Membership(String instance, Assignments.GroupStatus state, int generation, @Nullable Instant lastContact,
		int owned, List<TaskId> stuck, @Nullable String problem, boolean needsRemedy) {

	public Membership {
		stuck = List.copyOf(stuck);
	}

}
