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

package io.distributedtask.internal.leader;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.port.Round;
import org.jspecify.annotations.Nullable;

/**
 * What a leader's own instance knows of the group as it was before.
 *
 * @param ownedUntil until when others that are missing may have owned something, at most
 * @param instances the number of instances of the group from which this instance was
 * dropped, or in which its lease has ended in the coordinator's silence; 0 otherwise
 * @param generation the last generation of that group in which this instance was a member
 * @param own what this instance itself had lost, and is not known to have been another's
 * since
 * @param session how long to wait for the others
 * @param leader the name of the leader of the last assignment, {@code null} if there was
 * none
 */
public record FormerGroup(Instant ownedUntil, int instances, int generation, Set<TaskId> own, Duration session,
		@Nullable String leader) {

	public FormerGroup {
		own = Set.copyOf(own);
	}

	/**
	 * Whether a group has gone on after it had dropped this instance: when it drops all
	 * at once, there is a generation for each of them at most, and an empty one.
	 * @param round the round in which it begins anew
	 */
	boolean hasGoneOn(Round round) {
		return round.generation() > this.generation + this.instances + 2;
	}

}
