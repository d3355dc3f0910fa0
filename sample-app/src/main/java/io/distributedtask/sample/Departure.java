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

package io.distributedtask.sample;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.sample.OwnershipEvent.Kind;

/**
 * An instance that was told to go, or killed.
 *
 * @param instance the name of the instance
 * @param killed whether it had no chance to hand over
 * @param at when the signal was sent
 */
record Departure(String instance, boolean killed, Instant at) {

	/**
	 * What became of the shards whose code ran on the instance.
	 * @param events the events of all instances, in order
	 * @return how long each shard took until it ran elsewhere
	 */
	Outcome outcome(List<OwnershipEvent> events) {
		Map<TaskId, Duration> moved = new HashMap<>();
		Map<TaskId, OwnershipEvent> left = new HashMap<>();
		for (OwnershipEvent event : events) {
			if (!event.at().isAfter(this.at)) {
				before(event, left);
			}
			else if (event.kind() == Kind.RUNNING && left.containsKey(event.task())
					&& !event.instance().equals(this.instance)) {
				moved.putIfAbsent(event.task(), Duration.between(this.at, event.at()));
			}
		}
		List<Duration> times = new ArrayList<>(moved.values());
		Collections.sort(times);
		return new Outcome(left.size(), times);
	}

	private void before(OwnershipEvent event, Map<TaskId, OwnershipEvent> left) {
		if (event.kind() == Kind.RUNNING && event.instance().equals(this.instance)) {
			left.put(event.task(), event);
		}
		else if (event.kind() == Kind.RUNNING || (event.instance().equals(this.instance)
				&& (event.kind() == Kind.REVOKED || event.kind() == Kind.LOST))) {
			left.remove(event.task());
		}
	}

	/**
	 * What became of the shards.
	 *
	 * @param shards the number of shards that ran on the instance
	 * @param times how long those that run elsewhere took, the shortest first
	 */
	record Outcome(int shards, List<Duration> times) {

		boolean isComplete() {
			return this.times.size() == this.shards;
		}

		Duration median() {
			return this.times.get(this.times.size() / 2);
		}

		Duration max() {
			return this.times.get(this.times.size() - 1);
		}

	}

}
