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

package io.distributedtask.internal.simulation;

import io.distributedtask.internal.port.Clocks;

/**
 * The clocks of one machine: they go a little wrong, the wall clock may be set, and the
 * monotonic one may stand still while the machine is suspended.
 */
public final class SimulatedClocks implements Clocks {

	static final long EPOCH_MILLIS = 1_795_500_000_000L;

	private final VirtualTime time;

	private final double rate;

	private final long nanosOffset;

	private long millisOffset;

	private long suspendedNanos;

	private long suspendedSince = -1;

	private boolean set;

	public SimulatedClocks(VirtualTime time, double rate, long nanosOffset, long millisOffset) {
		this.time = time;
		this.rate = rate;
		this.nanosOffset = nanosOffset;
		this.millisOffset = millisOffset;
	}

	/**
	 * Let the monotonic clock stand still, unless the wall clock has been set: of two
	 * clocks one has to be right.
	 */
	void suspend() {
		if (!this.set) {
			this.suspendedSince = this.time.now();
		}
	}

	void resume() {
		if (this.suspendedSince >= 0) {
			this.suspendedNanos += this.time.now() - this.suspendedSince;
			this.suspendedSince = -1;
		}
	}

	/**
	 * Set the wall clock, unless the monotonic clock has stood still.
	 */
	void setWallClock(long byMillis) {
		if (this.suspendedSince < 0 && this.suspendedNanos == 0) {
			this.set = true;
			this.millisOffset += byMillis;
		}
	}

	@Override
	public long nanos() {
		long now = (this.suspendedSince >= 0) ? this.suspendedSince : this.time.now();
		return this.nanosOffset + (long) ((now - this.suspendedNanos) * this.rate);
	}

	@Override
	public long millis() {
		return EPOCH_MILLIS + this.millisOffset + (long) (this.time.now() / 1_000_000L * this.rate);
	}

}
