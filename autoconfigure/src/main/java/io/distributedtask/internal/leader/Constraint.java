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
 * What is to be heeded in one round about the shards that nobody claims.
 */
final class Constraint {

	private final Map<TaskId, String> owners = new HashMap<>();

	private final Map<TaskId, String> kept = new HashMap<>();

	private final Map<TaskId, String> withheld = new HashMap<>();

	private final Map<TaskId, Instant> ownerless = new HashMap<>();

	private final Set<TaskId> vanished = new HashSet<>();

	private final Map<TaskId, String> successors = new HashMap<>();

	private final Map<TaskId, Instant> stopping;

	private final OperatorOverrides steering;

	private @Nullable Instant ownedUntil;

	private @Nullable Duration retryAfter;

	/**
	 * Begin where no operator has decided anything.
	 */
	Constraint() {
		this(OperatorOverrides.NONE, Map.of());
	}

	/**
	 * Begin.
	 * @param steering what operators have decided
	 * @param stopping since when shards are to be stopped that had not stopped in the
	 * round before
	 */
	Constraint(OperatorOverrides steering, Map<TaskId, Instant> stopping) {
		this.steering = steering;
		this.stopping = stopping;
	}

	OperatorOverrides steering() {
		return this.steering;
	}

	/**
	 * A shard belongs to an instance that is here.
	 */
	void belongsTo(TaskId id, String instance) {
		this.owners.put(id, instance);
	}

	/**
	 * A shard is kept for an instance that is not here, or about to go.
	 */
	void keepFor(TaskId id, String reason) {
		this.kept.put(id, reason);
	}

	/**
	 * Shards are not kept any more, since operators want them elsewhere.
	 */
	void letGo(Collection<TaskId> ids) {
		this.kept.keySet().removeAll(ids);
	}

	/**
	 * A shard must not be given to anybody.
	 */
	void withhold(TaskId id, String reason) {
		this.withheld.putIfAbsent(id, reason);
	}

	/**
	 * A former process of a member may still run a shard.
	 */
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

	/**
	 * The owner of a shard that nobody claims has vanished with the whole group, whoever
	 * remembers it.
	 * @param id the shard
	 * @param since until when that owner was counted in
	 */
	void vanishedAt(TaskId id, Instant since) {
		this.vanished.add(id);
		this.ownerless.put(id, since);
	}

	/**
	 * Whether a shard is known to have had an owner that has vanished.
	 */
	boolean hasVanished(TaskId id) {
		return this.vanished.contains(id);
	}

	void lookAgainAfter(Duration time) {
		Duration sooner = this.retryAfter;
		this.retryAfter = (sooner != null && sooner.compareTo(time) <= 0) ? sooner : time;
	}

	/**
	 * The instances that shards belong to which nobody claims.
	 */
	Map<TaskId, String> owners() {
		return this.owners;
	}

	/**
	 * The members whose former processes may still run a shard.
	 */
	Map<TaskId, String> successors() {
		return this.successors;
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
	 * Until when owners were counted in that are missing only now.
	 */
	void ownedUntil(Instant until) {
		this.ownedUntil = until;
	}

	/**
	 * Until when a shard had an owner that was counted in.
	 * @param id the shard
	 * @return the time, or {@code null} if it is not known
	 */
	@Nullable Instant ownerlessSince(TaskId id) {
		return this.ownerless.getOrDefault(id, this.ownedUntil);
	}

	/**
	 * Since when the owner of a shard has to stop it.
	 * @param id the shard
	 * @param now the answer for one that was to go on in the round before
	 */
	Instant stoppingSince(TaskId id, Instant now) {
		return this.stopping.getOrDefault(id, now);
	}

	/**
	 * Whether an instance is expected back, so that nothing is moved for the sake of a
	 * balance that is not going to last.
	 */
	boolean awaitsReturn() {
		return !this.kept.isEmpty();
	}

	/**
	 * What is kept for instances that are expected back: it is on its way to nobody.
	 */
	Set<TaskId> kept() {
		return this.kept.keySet();
	}

	/**
	 * When the answers will be different.
	 * @return the time to wait, or {@code null} if nothing changes by waiting
	 */
	@Nullable Duration retryAfter() {
		return this.retryAfter;
	}

}
