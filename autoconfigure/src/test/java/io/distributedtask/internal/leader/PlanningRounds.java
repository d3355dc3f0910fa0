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
import java.util.Map;
import java.util.Set;

import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Round;

/**
 * Lets tests of other rooms plan rounds as a leader does.
 */
public final class PlanningRounds {

	private final Leader planner;

	private final Clocks clocks;

	/**
	 * Create a planner with the assignor {@code sticky}.
	 * @param clocks the clocks of the leader
	 */
	public PlanningRounds(Clocks clocks) {
		this.planner = new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofSeconds(60)),
				Duration.ZERO, clocks);
		this.clocks = clocks;
	}

	/**
	 * Find an assignment.
	 * @param round who is in and what they say
	 * @return an assignment for each member
	 */
	public Map<String, MemberAssignment> plan(Round round) {
		return this.planner.plan(round, ownedUntil(this.clocks));
	}

	/**
	 * What a leader knows that has always been a member, and was told a moment ago that
	 * all is well.
	 */
	static FormerGroup ownedUntil(Clocks clocks) {
		return ownedUntil(Instant.ofEpochMilli(clocks.millis()));
	}

	static FormerGroup ownedUntil(Instant ownedUntil) {
		return new FormerGroup(ownedUntil, 0, -1, Set.of(), Duration.ZERO, null);
	}

}
