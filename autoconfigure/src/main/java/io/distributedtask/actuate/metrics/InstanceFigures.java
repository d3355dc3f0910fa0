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
 * What the meters of an instance show, at one moment.
 *
 * @param generation the generation of its assignment, -1 for none
 * @param instances the number of instances in the group, 0 when it is in none
 * @param leader whether it is the leader
 * @param owned the number of shards that it owns, by task; only those that are more than
 * none
 * @param unassigned the number of shards that nobody owns, if it is the leader; else 0
 * @param leaseRemaining how long its lease holds
 * @param recordSize the size of the group's record in bytes, if it is the leader; else 0
 * @param recordLimit the size up to which the record is safe, if it is the leader; else 0
 * @param sinceSuccess the time since the last run ended well, by task
 * @since 0.1.0
 */
public record InstanceFigures(int generation, int instances, boolean leader, Map<String, Integer> owned, int unassigned,
		Duration leaseRemaining, long recordSize, long recordLimit, Map<String, Duration> sinceSuccess) {

	/** Those of an instance that is in no group. */
	public static final InstanceFigures NONE = new InstanceFigures(-1, 0, false, Map.of(), 0, Duration.ZERO, 0, 0,
			Map.of());

	public InstanceFigures {
		owned = Map.copyOf(owned);
		sinceSuccess = Map.copyOf(sinceSuccess);
	}

}
