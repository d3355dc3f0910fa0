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

package io.distributedtask.internal.member;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.distributedtask.internal.leader.Successes;
import io.distributedtask.internal.message.Success;

/**
 * What one instance knows about successful runs of scheduled tasks: of its own shards, of
 * those that it has held since the leader last received its metadata, and what the leader
 * has sent. One success for each task: the oldest of its shards.
 */
final class OwnSuccesses {

	private final Map<String, Success> ended = new HashMap<>();

	private Map<String, Success> announced = Map.of();

	/**
	 * A shard has stopped.
	 */
	void stopped(OwnedShard shard) {
		add(this.ended, shard);
	}

	private static void add(Map<String, Success> successes, OwnedShard shard) {
		Success success = shard.countedSuccess();
		if (success != null) {
			successes.merge(shard.id().name(), success, Success::older);
		}
	}

	/**
	 * What to announce to the leader.
	 * @param held what this instance holds
	 * @param received what the leader has sent
	 */
	Map<String, Success> announce(Collection<OwnedShard> held, Map<String, Success> received) {
		this.announced = Map.copyOf(this.ended);
		Map<String, Success> own = new HashMap<>(this.ended);
		held.forEach((shard) -> add(own, shard));
		Map<String, Success> all = new HashMap<>(received);
		// the success of a task is the oldest of all its shards
		own.forEach((task, success) -> all.merge(task, success,
				(others, mine) -> mine.withAnchors(Success.older(others, mine).anchors())));
		return Successes.limited(all);
	}

	/**
	 * The leader has received what was announced.
	 */
	void areKnown() {
		this.ended.entrySet().removeAll(this.announced.entrySet());
		this.announced = Map.of();
	}

}
