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

import java.time.Duration;
import java.util.Map;

import io.distributedtask.TaskId;

/**
 * The group has a new assignment. Published on a thread of its own, in the order in which
 * the changes happened, after the events of the shards that this instance was assigned.
 *
 * @param generation the generation of the group, which increases with each rebalance
 * @param leader the name of the instance that computed the assignment
 * @param instances the number of instances in the group
 * @param cause the kind of reason for the rebalance, as far as this instance knows it
 * @param duration the time from when this instance learned of the rebalance, or requested
 * it, until it had its assignment
 * @param handedOver the shards that this instance has handed over with this rebalance,
 * with the time from when it was told to stop them until now, when the next owners start
 * @param failedOver the shards that this instance got from owners that have vanished,
 * with the longest time for which nobody can have run them
 * @param reason why the group rebalanced, as text for people
 * @since 0.1.0
 */
public record GroupRebalancedEvent(int generation, String leader, int instances, Cause cause, Duration duration,
		Map<TaskId, Duration> handedOver, Map<TaskId, Duration> failedOver, String reason) {

	public GroupRebalancedEvent {
		handedOver = Map.copyOf(handedOver);
		failedOver = Map.copyOf(failedOver);
	}

	/**
	 * A rebalance of which only the cause is known: the reason is the description of the
	 * cause.
	 */
	public GroupRebalancedEvent(int generation, String leader, int instances, Cause cause, Duration duration,
			Map<TaskId, Duration> handedOver, Map<TaskId, Duration> failedOver) {
		this(generation, leader, instances, cause, duration, handedOver, failedOver, cause.description);
	}

	/**
	 * The kind of reason for a rebalance, as far as an instance knows it.
	 */
	public enum Cause {

		/** This instance has joined, for the first time or again. */
		STARTED("this instance joined"),
		/** Another instance has joined, and none has left. */
		JOINED("an instance joined"),
		/** An instance has left or vanished. */
		LEFT("an instance left"),
		/** No instance joined or left, and shards change owner. */
		HAND_OVER("shards change owner"),
		/** An instance requested it, or sent changed metadata. */
		OTHER("an instance requested it");

		private final String description;

		Cause(String description) {
			this.description = description;
		}

	}

}
