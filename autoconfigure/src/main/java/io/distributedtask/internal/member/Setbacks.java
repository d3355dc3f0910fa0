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
import java.util.Random;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long an instance stays away that loses its place in the group again and again. Each
 * return is a rebalance for everybody: where a machine or a broker is too slow for its
 * members, all of them returning at once is what keeps each from getting in. So they
 * return one by one, and the group is small enough to hold those that are in.
 * <p>
 * Not safe for use by several threads.
 */
final class Setbacks {

	private static final Logger logger = LoggerFactory.getLogger(Setbacks.class);

	/** Return at once so often: an outage is over when it is over. */
	private static final int FREE = 2;

	private static final int MOST_DOUBLINGS = 2;

	private final MemberSettings settings;

	private final Clocks clocks;

	private int inARow;

	/** Whether the instance has tried to return since the last setback. */
	private boolean tried;

	private boolean assigned;

	private long assignedNanos;

	private long untilNanos;

	Setbacks(MemberSettings settings, Clocks clocks) {
		this.settings = settings;
		this.clocks = clocks;
		this.untilNanos = clocks.nanos();
	}

	/**
	 * The instance is about to join.
	 */
	void joins() {
		this.tried = true;
	}

	/**
	 * The instance has got its assignment in time.
	 */
	void assigned() {
		if (!this.assigned) {
			this.assigned = true;
			this.assignedNanos = this.clocks.nanos();
		}
	}

	/**
	 * The instance has lost its lease or its membership, or could not begin one. What
	 * follows from that before it has tried to return is the same setback.
	 * @return how long to wait before it returns
	 */
	Duration next() {
		long now = this.clocks.nanos();
		if (this.assigned && now - this.assignedNanos >= this.settings.sessionTimeout().multipliedBy(3).toNanos()) {
			this.inARow = 0;
		}
		this.assigned = false;
		if (this.tried || this.inARow == 0) {
			this.tried = false;
			this.inARow++;
			this.untilNanos = now + pause().toNanos();
			if (this.inARow == FREE + 1) {
				logger.warn(
						"Instance '{}' of group '{}' has lost its membership {} times in a row, and waits longer from "
								+ "now on before it joins again: its machine or the brokers are too slow for so many "
								+ "members",
						this.settings.instance(), this.settings.groupId(), this.inARow);
			}
		}
		return remaining();
	}

	/**
	 * Different for each instance, and the same in each repetition of a test. The first
	 * attempt after a pause may fail for what is left of the one before it, and is
	 * repeated at once.
	 */
	private Duration pause() {
		int paused = this.inARow - FREE - 1;
		if (paused < 0 || paused % 2 == 1) {
			return Duration.ZERO;
		}
		long most = this.settings.sessionTimeout().toNanos() << Math.min(paused / 2, MOST_DOUBLINGS);
		Random random = new Random(31L * this.settings.instance().hashCode() + this.inARow);
		random.nextLong();
		return Duration.ofNanos((long) (most * random.nextDouble()));
	}

	Duration remaining() {
		return Duration.ofNanos(Math.max(0, this.untilNanos - this.clocks.nanos()));
	}

}
