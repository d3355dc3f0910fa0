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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;

import io.distributedtask.TaskContext;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import org.jspecify.annotations.Nullable;

/**
 * The context of one ownership, or of one scheduled run under it.
 *
 * @param ownership the ownership
 * @param finishing whether a run in progress counts as owned while the shard is handed
 * over
 * @param scheduledTime the instant of a scheduled run
 */
record OwnedTaskContext(Ownership ownership, boolean finishing,
		@Nullable Instant scheduledTime) implements TaskContext {

	static OwnedTaskContext of(Ownership ownership) {
		return new OwnedTaskContext(ownership, false, null);
	}

	@Override
	public String name() {
		return this.ownership.id().name();
	}

	@Override
	public int shard() {
		return this.ownership.id().shard();
	}

	@Override
	public int shardCount() {
		return this.ownership.shardCount();
	}

	@Override
	public long fencingToken() {
		return this.ownership.fencingToken();
	}

	@Override
	public boolean isOwned() {
		Phase phase = this.ownership.phase();
		return phase == Phase.OWNED || (this.finishing && phase == Phase.REVOKING);
	}

	@Override
	public Duration leaseRemaining() {
		return isOwned() ? this.ownership.leaseRemaining() : Duration.ZERO;
	}

	@Override
	public String toString() {
		return "%s, fencing token %d, %s".formatted(this.ownership.id(), fencingToken(), this.ownership.phase());
	}

}
