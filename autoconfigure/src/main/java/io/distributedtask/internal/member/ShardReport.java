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

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.port.Clocks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the changes of this instance's shards, with one line for each occasion, and how
 * long they take from one owner to the next. Used under the lock of the
 * {@link MemberLifecycle}.
 */
final class ShardReport {

	private static final Logger logger = LoggerFactory.getLogger(ShardReport.class);

	private final Clocks clocks;

	/** When shards were told to stop that have stopped since. */
	private final Map<TaskId, Long> revokedNanos = new HashMap<>();

	private final Map<TaskId, Duration> failedOver = new HashMap<>();

	ShardReport(Clocks clocks) {
		this.clocks = clocks;
	}

	void assigned(List<TaskId> started) {
		if (!started.isEmpty()) {
			long vanished = started.stream().filter(this.failedOver::containsKey).count();
			logger.info("Assigned {}{}", ShardNames.of(started),
					(vanished > 0) ? " (%d from an owner that has vanished)".formatted(vanished) : "");
		}
	}

	void revoked(List<TaskId> revoked) {
		if (!revoked.isEmpty()) {
			logger.info("Revoked {} (given back as soon as stopped)", ShardNames.of(revoked));
		}
	}

	void lost(List<TaskId> lost, String reason) {
		if (!lost.isEmpty()) {
			logger.warn("Lost {}: {}", ShardNames.of(lost), reason);
		}
	}

	/**
	 * A shard that was revoked has stopped.
	 */
	void released(OwnedShard shard) {
		this.revokedNanos.put(shard.id(), shard.revokedNanos());
	}

	/**
	 * The leader has received that shards have stopped, and has assigned them again.
	 * @return the time since they were revoked, of those that were
	 */
	Map<TaskId, Duration> handedOver(Collection<TaskId> ids) {
		Map<TaskId, Duration> handedOver = new HashMap<>();
		long now = this.clocks.nanos();
		ids.forEach((id) -> {
			Long revokedAt = this.revokedNanos.remove(id);
			if (revokedAt != null) {
				handedOver.put(id, Duration.ofNanos(now - revokedAt));
			}
		});
		if (!handedOver.isEmpty()) {
			logger.info("Given back {}, within {} ms of being revoked", ShardNames.of(handedOver.keySet()),
					Collections.max(handedOver.values()).toMillis());
		}
		return handedOver;
	}

	void forgetReleases() {
		this.revokedNanos.clear();
	}

	/**
	 * A shard has come from an owner that has vanished.
	 * @param id the shard
	 * @param vanished the earliest time at which it can have vanished
	 */
	void failedOver(TaskId id, Instant vanished) {
		Duration idle = Duration.between(vanished, Instant.ofEpochMilli(this.clocks.millis()));
		this.failedOver.put(id, idle.isNegative() ? Duration.ZERO : idle);
	}

	/**
	 * The shards from owners that have vanished since the last call, each with the
	 * longest time for which nobody can have run it.
	 */
	Map<TaskId, Duration> takeFailedOver() {
		Map<TaskId, Duration> taken = Map.copyOf(this.failedOver);
		this.failedOver.clear();
		return taken;
	}

}
