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

import io.distributedtask.internal.port.Clocks;
import org.jspecify.annotations.Nullable;

/**
 * The request for a rebalance. It lasts until the instance joins, and is not satisfied by
 * a join that was already in progress: that one does not contain the change. Counts the
 * requests, because only changed metadata of a follower starts a rebalance.
 */
public final class RejoinRequest {

	private final Clocks clocks;

	private @Nullable String reason;

	private long dueNanos;

	private int count;

	RejoinRequest(Clocks clocks) {
		this.clocks = clocks;
	}

	public synchronized void request(String reason, Duration delay) {
		long due = this.clocks.nanos() + delay.toNanos();
		if (this.reason == null) {
			this.reason = reason;
			this.dueNanos = due;
			this.count++;
		}
		else if (due - this.dueNanos < 0) {
			this.dueNanos = due;
		}
	}

	/**
	 * The instance is about to join with the state of this moment.
	 * @return why it requested it, {@code null} if it did not
	 */
	synchronized @Nullable String clear() {
		String reason = this.reason;
		this.reason = null;
		return reason;
	}

	synchronized int count() {
		return this.count;
	}

	public synchronized @Nullable String due() {
		return (this.reason != null && this.clocks.nanos() - this.dueNanos >= 0) ? this.reason : null;
	}

	public synchronized Duration untilDue(Duration timeout) {
		long nanos = timeout.toNanos();
		if (this.reason != null) {
			nanos = Math.min(nanos, Math.max(0, this.dueNanos - this.clocks.nanos()));
		}
		return Duration.ofNanos(nanos);
	}

}
