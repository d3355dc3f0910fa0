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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.Map;

/**
 * Figures of this instance, from memory.
 *
 * @param generation the generation of its assignment, -1 for none
 * @param instances the number of instances in the group, 0 when it is in none
 * @param leader whether it is the leader
 * @param owned the number of shards that it owns, by task; without zeros
 * @param paused the number of its shards that are paused, by task; without zeros
 * @param unassigned the number of shards that nobody owns, by task, if it is the leader;
 * otherwise empty
 * @param sinceContact the time since the last request was sent that the coordinator has
 * answered, or since the start
 * @param leaseRemaining how long its lease is valid
 * @param recordSize the size of the group's record in bytes, if it is the leader;
 * otherwise 0
 * @param recordLimit the size up to which the record is safe, if it is the leader;
 * otherwise 0
 */
public record EngineFigures(int generation, int instances, boolean leader, Map<String, Integer> owned,
		Map<String, Integer> paused, Map<String, Integer> unassigned, Duration sinceContact, Duration leaseRemaining,
		long recordSize, long recordLimit) {

	public EngineFigures {
		owned = Map.copyOf(owned);
		paused = Map.copyOf(paused);
		unassigned = Map.copyOf(unassigned);
	}

}
