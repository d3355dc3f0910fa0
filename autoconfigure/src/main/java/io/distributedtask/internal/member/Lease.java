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
 * How long this instance may act without a response of the coordinator. The coordinator
 * counts a member's session from the moment at which it receives a request, which is not
 * before the moment of sending: so the lease counts from there, and ends a margin earlier
 * than the session.
 * <p>
 * A response that the group is rebalancing proves less: from then on the coordinator may
 * remove a member that does not join in time, at the earliest one rebalance timeout after
 * the last response without an error. The lease never lasts longer. When the join has
 * been answered, the coordinator waits for another rebalance timeout for the SyncGroup,
 * and when it gives up on the leader, for another JoinGroup.
 * <p>
 * A lease that was once found expired remains expired. Safe for any thread.
 */
final class Lease {

	private final Clocks clocks;

	private final Duration validity;

	private final Duration rebalanceValidity;

	private volatile @Nullable Deadline deadline;

	private Deadline rebalanceDeadline;

	/**
	 * Begin a lease.
	 * @param clocks the clocks
	 * @param sessionTimeout how long the coordinator waits for a heartbeat
	 * @param rebalanceTimeout how long it waits for a member in a rebalance
	 * @param firstContact when the heartbeat was sent that it has answered
	 * @param beforeRebalance a time at which it had not begun to gather members, the
	 * first contact itself if the response had no error
	 */
	Lease(Clocks clocks, Duration sessionTimeout, Duration rebalanceTimeout, Contact firstContact,
			Contact beforeRebalance) {
		Duration margin = margin(sessionTimeout);
		this.clocks = clocks;
		this.validity = sessionTimeout.minus(margin);
		this.rebalanceValidity = rebalanceTimeout.minus(margin);
		this.rebalanceDeadline = Deadline.after(beforeRebalance, this.rebalanceValidity);
		this.deadline = Deadline.after(firstContact, this.validity).earlier(this.rebalanceDeadline);
	}

	/**
	 * The time by which the lease is shorter than the session: a reserve for clocks that
	 * run at slightly different rates, and for the time that it takes to interrupt a
	 * task.
	 */
	private static Duration margin(Duration sessionTimeout) {
		return sessionTimeout.dividedBy(20);
	}

	boolean isValid() {
		Deadline current = this.deadline;
		if (current == null) {
			return false;
		}
		if (current.isOver(this.clocks)) {
			return recheck();
		}
		return true;
	}

	/**
	 * A renewal may have come between reading the deadline and the decision. The decision
	 * is final, so it is made under the lock.
	 */
	private synchronized boolean recheck() {
		Deadline current = this.deadline;
		if (current != null && current.isOver(this.clocks)) {
			this.deadline = null;
		}
		return this.deadline != null;
	}

	Duration remaining() {
		Deadline current = this.deadline;
		return (current != null && isValid()) ? current.remaining(this.clocks) : Duration.ZERO;
	}

	/**
	 * Note a response of the coordinator.
	 * @param contact when the request was sent
	 * @param rebalancing whether the response was that the group is rebalancing
	 */
	synchronized void renew(Contact contact, boolean rebalancing) {
		if (!isValid()) {
			return;
		}
		Deadline renewed = Deadline.after(contact, this.validity);
		if (rebalancing) {
			renewed = renewed.earlier(this.rebalanceDeadline);
		}
		else {
			this.rebalanceDeadline = this.rebalanceDeadline.later(Deadline.after(contact, this.rebalanceValidity));
		}
		Deadline current = this.deadline;
		this.deadline = (current != null) ? current.later(renewed) : null;
	}

	/**
	 * Note that the coordinator has started to wait for this member again.
	 * @param contact a time at which it had not begun to
	 */
	synchronized void waitsAnew(Contact contact) {
		this.rebalanceDeadline = this.rebalanceDeadline.later(Deadline.after(contact, this.rebalanceValidity));
	}

	synchronized void end() {
		this.deadline = null;
	}

	private record Deadline(long nanos, long millis) {

		static Deadline after(Contact contact, Duration time) {
			return new Deadline(contact.nanos() + time.toNanos(), contact.millis() + time.toMillis());
		}

		boolean isOver(Clocks clocks) {
			return clocks.nanos() - this.nanos >= 0 || clocks.millis() >= this.millis;
		}

		Duration remaining(Clocks clocks) {
			long byNanos = this.nanos - clocks.nanos();
			long byMillis = Duration.ofMillis(this.millis - clocks.millis()).toNanos();
			return Duration.ofNanos(Math.max(0, Math.min(byNanos, byMillis)));
		}

		Deadline later(Deadline other) {
			return new Deadline((other.nanos - this.nanos > 0) ? other.nanos : this.nanos,
					Math.max(this.millis, other.millis));
		}

		Deadline earlier(Deadline other) {
			return new Deadline((other.nanos - this.nanos < 0) ? other.nanos : this.nanos,
					Math.min(this.millis, other.millis));
		}

	}

}
