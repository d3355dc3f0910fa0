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
 * How long an instance that loses its membership repeatedly waits before it joins again.
 * Each join is a rebalance for all members: where a machine or a broker is too slow for
 * its members, all of them joining at once keeps each from becoming a member. So they
 * join one by one, and the group remains small enough to keep its members.
 * <p>
 * Not safe for use by several threads.
 */
final class Setbacks {

	private static final Logger logger = LoggerFactory.getLogger(Setbacks.class);

	/** The number of times to join again at once, as after a short outage. */
	private static final int FREE = 2;

	private static final int MOST_DOUBLINGS = 2;

	private final MemberSettings settings;

	private final Clocks clocks;

	private int inARow;

	/** Whether the instance has tried to join since the last setback. */
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
	 * The instance has lost its lease or its membership, or could not begin one. Losses
	 * before it has tried to join again belong to the same setback.
	 * @return how long to wait before it joins again
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
	 * attempt after a pause may fail because of the remains of the one before, and is
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
