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

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import io.distributedtask.internal.leader.Successes;

/**
 * When runs of scheduled tasks have ended well, as far as one instance knows: of its own
 * shards, of those that it has had since the leader heard of it last, and of those that
 * the leader has told it of. One instant for each task: of its shards the oldest.
 */
final class OwnSuccesses {

	private final Map<String, Instant> ended = new HashMap<>();

	private Map<String, Instant> announced = Map.of();

	/**
	 * A shard has stopped.
	 */
	void stopped(OwnedShard holding) {
		add(this.ended, holding);
	}

	private static void add(Map<String, Instant> successes, OwnedShard holding) {
		Instant success = holding.countedSuccess();
		if (success != null) {
			successes.merge(holding.id().name(), success, Successes::older);
		}
	}

	/**
	 * What to tell the leader.
	 * @param held what this instance holds
	 * @param heard what the leader has said
	 */
	Map<String, Instant> announce(Collection<OwnedShard> held, Map<String, Instant> heard) {
		this.announced = Map.copyOf(this.ended);
		Map<String, Instant> own = new HashMap<>(this.ended);
		held.forEach((holding) -> add(own, holding));
		Map<String, Instant> all = new HashMap<>(heard);
		all.putAll(own);
		return Successes.limited(all);
	}

	/**
	 * The leader has learned what was announced.
	 */
	void areKnown() {
		this.ended.entrySet().removeAll(this.announced.entrySet());
		this.announced = Map.of();
	}

}
