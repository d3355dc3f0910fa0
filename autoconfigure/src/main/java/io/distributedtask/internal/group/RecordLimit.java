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

package io.distributedtask.internal.group;

import java.time.Duration;

import io.distributedtask.internal.port.Clocks;
import org.jspecify.annotations.Nullable;

/**
 * How large the group's record may be. That is the brokers' {@code message.max.bytes}, 1
 * MiB unless somebody has changed it, and no client is told. So when the brokers refuse a
 * record, the next ones are kept smaller; since the brokers' limit may be raised, a large
 * one is tried again after some time.
 */
final class RecordLimit {

	/** Of the default limit, with room for what the estimate leaves out. */
	static final long SAFE = 1024 * 1024 * 9 / 10;

	private static final Duration FIRST_TRIAL = Duration.ofSeconds(15);

	private static final Duration LAST_TRIAL = Duration.ofMinutes(16);

	private final Clocks clocks;

	private long limit = SAFE;

	private long lastSize;

	private boolean trial;

	private Duration trialAfter = FIRST_TRIAL;

	private long refusedNanos;

	RecordLimit(Clocks clocks) {
		this.clocks = clocks;
	}

	synchronized long current() {
		Duration untilTrial = untilTrial();
		return (untilTrial == null || untilTrial.isZero()) ? SAFE : this.limit;
	}

	/**
	 * How long it takes until a larger record may be tried.
	 * @return the time, or {@code null} when only other members and tasks could make a
	 * difference
	 */
	synchronized @Nullable Duration untilTrial() {
		if (this.limit >= SAFE) {
			return null;
		}
		long nanos = this.trialAfter.toNanos() - (this.clocks.nanos() - this.refusedNanos);
		return Duration.ofNanos(Math.max(0, nanos));
	}

	/**
	 * The leader sends a record.
	 * @param size its size
	 */
	synchronized void sent(long size) {
		Duration untilTrial = untilTrial();
		this.trial = untilTrial != null && untilTrial.isZero() && size > this.limit;
		this.lastSize = size;
	}

	/**
	 * The brokers have refused the record that was sent last, if one was.
	 */
	synchronized void refused() {
		long size = this.lastSize;
		if (size == 0) {
			return;
		}
		if (this.trial) {
			Duration doubled = this.trialAfter.multipliedBy(2);
			this.trialAfter = (doubled.compareTo(LAST_TRIAL) < 0) ? doubled : LAST_TRIAL;
		}
		this.limit = Math.min(this.limit, size * 9 / 10);
		this.refusedNanos = this.clocks.nanos();
		this.lastSize = 0;
	}

	/**
	 * The record that was sent last has been stored.
	 */
	synchronized void accepted() {
		if (this.lastSize > this.limit) {
			this.limit = SAFE;
			this.trialAfter = FIRST_TRIAL;
		}
		this.lastSize = 0;
	}

}
