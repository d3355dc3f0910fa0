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
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * What the memory contains about the shards that nobody claims in a round, and the plan
 * has to respect. Immutable.
 *
 * @param owners the instances of the round that shards belong to
 * @param kept the shards that are kept for an instance that is not here, or about to go,
 * with the reason; they are on their way to nobody
 * @param withheld the shards that must not be given to anybody, with the reason
 * @param successors the members whose former processes may still run a shard
 * @param ownerless until when shards had an owner that was counted in
 * @param vanished the shards that are known to have had an owner that vanished with the
 * whole group
 * @param ownedUntil until when owners were counted in that are missing only now
 * @param retryAfter when the answers will be different, {@code null} if nothing changes
 * by waiting
 */
record Constraint(Map<TaskId, String> owners, Map<TaskId, String> kept, Map<TaskId, String> withheld,
		Map<TaskId, String> successors, Map<TaskId, Instant> ownerless, Set<TaskId> vanished, Instant ownedUntil,
		@Nullable Duration retryAfter) {

	/**
	 * Ask all parts of a memory.
	 */
	static Constraint of(RoundFacts facts, RoundMemory memory) {
		Builder builder = new Builder();
		memory.reservations().constrain(facts, builder);
		memory.formerProcesses().constrain(facts, builder);
		memory.regathering().constrain(facts, memory.progress(), builder);
		return new Constraint(builder.owners, builder.kept, builder.withheld, builder.successors, builder.ownerless,
				builder.vanished, facts.former().ownedUntil(), builder.retryAfter);
	}

	/**
	 * The same for shards that are not kept any more, since operators want them
	 * elsewhere.
	 */
	Constraint withoutKept(Collection<TaskId> ids) {
		if (ids.isEmpty()) {
			return this;
		}
		Map<TaskId, String> kept = new HashMap<>(this.kept);
		kept.keySet().removeAll(ids);
		return new Constraint(this.owners, kept, this.withheld, this.successors, this.ownerless, this.vanished,
				this.ownedUntil, this.retryAfter);
	}

	/**
	 * Why a shard is given to nobody in this round.
	 * @param id the shard
	 * @return the reason, or {@code null} if it may be given away
	 */
	@Nullable String reasonToWithhold(TaskId id) {
		String kept = this.kept.get(id);
		return (kept != null) ? kept : this.withheld.get(id);
	}

	/**
	 * Until when a shard had an owner that was counted in.
	 */
	Instant ownerlessSince(TaskId id) {
		return this.ownerless.getOrDefault(id, this.ownedUntil);
	}

	/**
	 * Whether an instance is expected back, so that nothing is moved for the sake of a
	 * balance that is not going to last.
	 */
	boolean awaitsReturn() {
		return !this.kept.isEmpty();
	}

	/**
	 * Collects what the parts of a memory contain.
	 */
	static final class Builder {

		private final Map<TaskId, String> owners = new HashMap<>();

		private final Map<TaskId, String> kept = new HashMap<>();

		private final Map<TaskId, String> withheld = new HashMap<>();

		private final Map<TaskId, String> successors = new HashMap<>();

		private final Map<TaskId, Instant> ownerless = new HashMap<>();

		private final Set<TaskId> vanished = new HashSet<>();

		private @Nullable Duration retryAfter;

		void belongsTo(TaskId id, String instance) {
			this.owners.put(id, instance);
		}

		void keep(TaskId id, String reason) {
			this.kept.put(id, reason);
		}

		void withhold(TaskId id, String reason) {
			this.withheld.put(id, reason);
		}

		void mayStillRunAt(TaskId id, @Nullable String memberId) {
			if (memberId != null) {
				this.successors.put(id, memberId);
			}
		}

		void ownerlessSince(TaskId id, @Nullable Instant since) {
			if (since != null) {
				this.ownerless.put(id, since);
			}
		}

		void vanishedAt(TaskId id, Instant since) {
			this.vanished.add(id);
			this.ownerless.put(id, since);
		}

		void lookAgainAfter(Duration time) {
			Duration sooner = this.retryAfter;
			this.retryAfter = (sooner != null && sooner.compareTo(time) <= 0) ? sooner : time;
		}

	}

}
