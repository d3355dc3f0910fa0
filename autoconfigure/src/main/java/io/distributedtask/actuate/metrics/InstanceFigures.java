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
 * An instance in numbers.
 *
 * @param generation the generation of its assignment, -1 for none
 * @param instances the number of instances in the group, 0 when it is in none
 * @param leader whether it is the leader
 * @param sinceContact the time since the coordinator has answered, or since the start
 * @param leaseRemaining how long its lease holds
 * @param recordSize the size of the group's record in bytes, if it is the leader; else 0
 * @param recordLimit the size up to which the record is safe, if it is the leader; else 0
 * @param tasks what there is to say of single tasks
 * @since 0.1.0
 */
public record InstanceFigures(int generation, int instances, boolean leader, Duration sinceContact,
		Duration leaseRemaining, long recordSize, long recordLimit, TaskFigures tasks) {

	/** Those of an instance that is in no group. */
	public static final InstanceFigures NONE = new InstanceFigures(-1, 0, false, Duration.ZERO, Duration.ZERO, 0, 0,
			new TaskFigures(Map.of(), Map.of(), Map.of(), Map.of()));

	/**
	 * Single tasks in numbers, by task. A task that is not there has no such number.
	 *
	 * @param owned the number of shards that the instance owns
	 * @param paused the number of these that are held back from running
	 * @param unassigned the number of shards that nobody owns, if it is the leader
	 * @param sinceSuccess the time since a run of a scheduled task has ended well; of the
	 * shards that the instance owns the longest
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
