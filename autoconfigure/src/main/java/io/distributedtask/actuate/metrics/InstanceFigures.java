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

package io.distributedtask.actuate.metrics;

import java.time.Duration;
import java.util.Map;

/**
 * The values of an instance's meters.
 *
 * @param generation the generation of its assignment, -1 for none
 * @param instances the number of instances in the group, 0 when it is in none
 * @param leader whether it is the leader
 * @param sinceContact the time since it sent the last request that the coordinator
 * answered, or since the start
 * @param leaseRemaining how long its lease is still valid, zero without a lease
 * @param recordSize the size of the group's record in bytes, if it is the leader; else 0
 * @param recordLimit the size up to which the record is safe, if it is the leader; else 0
 * @param tasks the values of single tasks
 * @since 0.1.0
 */
public record InstanceFigures(int generation, int instances, boolean leader, Duration sinceContact,
		Duration leaseRemaining, long recordSize, long recordLimit, TaskFigures tasks) {

	/** The values of an instance that is in no group. */
	public static final InstanceFigures NONE = new InstanceFigures(-1, 0, false, Duration.ZERO, Duration.ZERO, 0, 0,
			new TaskFigures(Map.of(), Map.of(), Map.of(), Map.of()));

	/**
	 * The values of single tasks, by the name of the task. A task that is not in a map
	 * has no such value.
	 *
	 * @param owned the number of shards that the instance owns
	 * @param paused the number of these that are paused
	 * @param unassigned the number of shards that nobody owns, if it is the leader
	 * @param sinceSuccess the time since a run of a scheduled task has ended
	 * successfully; the longest of the shards that the instance owns
	 */
	public record TaskFigures(Map<String, Integer> owned, Map<String, Integer> paused, Map<String, Integer> unassigned,
			Map<String, Duration> sinceSuccess) {

		public TaskFigures {
			owned = Map.copyOf(owned);
			paused = Map.copyOf(paused);
			unassigned = Map.copyOf(unassigned);
			sinceSuccess = Map.copyOf(sinceSuccess);
		}

	}

}
