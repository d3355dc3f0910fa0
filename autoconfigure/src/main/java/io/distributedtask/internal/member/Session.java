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

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import org.jspecify.annotations.Nullable;

/**
 * This instance's session with the coordinator: the times of its last responses, and the
 * lease that follows from them. Changed under the lock of the {@link MemberLifecycle}
 * only; may be read by any thread.
 */
final class Session {

	private final MemberSettings settings;

	private final Clocks clocks;

	private final long createdNanos;

	private volatile @Nullable Lease lease;

	/** When the last request was sent that got a response, whatever the response. */
	private long answeredNanos;

	/** Whether the last lease ended because the coordinator did not respond. */
	private volatile boolean unresponsive;

	private volatile @Nullable Contact lastContact;

	/** The last response that the group is rebalancing, while there is no lease. */
	private @Nullable Contact lastRebalancing;

	/** When that rebalance had not begun, while there is no lease. */
	private @Nullable Contact beforeRebalance;

	/** When the last request was sent that got a response without an error. */
	private volatile long wellMillis;

	/** The same as it was when this instance joined last. */
	private volatile long joinedMillis;

	/** The same as it was when it joined for the assignment in force. */
	private volatile long gatheredMillis;

	private volatile long assignedMillis;

	Session(MemberSettings settings, Clocks clocks) {
		this.settings = settings;
		this.clocks = clocks;
		this.createdNanos = clocks.nanos();
		this.wellMillis = clocks.millis();
		this.joinedMillis = this.wellMillis;
		// the group has not gathered with this instance yet
		this.gatheredMillis = this.wellMillis - settings.sessionTimeout().toMillis();
		this.assignedMillis = this.wellMillis;
	}

	/**
	 * The coordinator has responded.
	 * @param contact when the request was sent
	 * @param rebalancing whether the response was that the group is rebalancing
	 */
	void contact(Contact contact, boolean rebalancing) {
		this.answeredNanos = contact.nanos();
		Lease lease = this.lease;
		if (lease != null) {
			lease.renew(contact, rebalancing);
		}
		else if (rebalancing) {
			this.lastRebalancing = contact;
		}
		if (!rebalancing) {
			this.lastContact = contact;
			this.wellMillis = contact.millis();
		}
	}

	/**
	 * The coordinator has started to wait for members again.
	 * @param contact a time at which it had not begun to
	 */
	void waitsAnew(Contact contact) {
		Lease lease = this.lease;
		if (lease != null) {
			lease.waitsAnew(contact);
		}
		else {
			this.beforeRebalance = contact;
		}
	}

	/**
	 * This instance is going to join.
	 */
	void joins() {
		this.joinedMillis = this.wellMillis;
	}

	/**
	 * A rebalance has ended; the next one may have begun.
	 */
	void assigned() {
		this.gatheredMillis = this.joinedMillis;
		this.assignedMillis = this.clocks.millis();
	}

	/**
	 * Until when the coordinator counted all instances of the current assignment as
	 * members: the time of the last request that got a response without an error, which
	 * moves with every such response. An instance that is missing now sent its last
	 * heartbeat at most one session timeout before that.
	 * <p>
	 * The coordinator starts the sessions of all members again when the group has
	 * gathered, whether a member is alive or not. So a response less than a session after
	 * that proves only that all members were alive to join, which was after the last such
	 * response before the rebalance: as if they had been members for a session from
	 * there.
	 */
	Instant ownedUntil() {
		long session = this.settings.sessionTimeout().toMillis();
		long owned = (this.wellMillis - session > this.assignedMillis) ? this.wellMillis
				: this.gatheredMillis + session;
		return Instant.ofEpochMilli(owned);
	}

	/**
	 * The earliest instant that a vanished owner may not have run. It sent its last
	 * heartbeat at most one session timeout before it last counted as a member, and needs
	 * a moment to begin a run.
	 * @param ownedUntil what the leader sent about that, by its clock; {@code null} if it
	 * sent nothing
	 * @param said when it sent that, by its clock; a wrong clock is ignored
	 */
	Instant missedSince(@Nullable Instant ownedUntil, Instant said) {
		Instant until = (ownedUntil != null) ? ownedUntil : ownedUntil();
		if (ownedUntil != null) {
			Instant byOwnClock = Instant.ofEpochMilli(this.clocks.millis()).minus(Duration.between(ownedUntil, said));
			boolean isAlike = ownedUntil.isBefore(byOwnClock)
					&& ownedUntil.isAfter(byOwnClock.minus(this.settings.sessionTimeout()));
			until = isAlike ? ownedUntil : byOwnClock;
		}
		return until.minus(this.settings.sessionTimeout()).minus(this.settings.heartbeatInterval());
	}

	/**
	 * The lease, which begins with the first use of an assignment: from the last response
	 * without an error, or from one that the group is already rebalancing again, as a new
	 * member may get to its first heartbeat.
	 * @return the lease, or {@code null} if there is none and the last contact is too
	 * long ago to begin one
	 */
	@Nullable Lease begin() {
		if (this.lease == null && !begin(this.lastContact, this.lastContact)) {
			begin(this.lastRebalancing, this.beforeRebalance);
		}
		return this.lease;
	}

	private boolean begin(@Nullable Contact contact, @Nullable Contact beforeRebalance) {
		if (contact == null || beforeRebalance == null) {
			return false;
		}
		Lease begun = new Lease(this.clocks, this.settings.sessionTimeout(), this.settings.rebalanceTimeout(), contact,
				beforeRebalance);
		if (begun.isValid()) {
			this.lease = begun;
		}
		return begun.isValid();
	}

	/**
	 * End the lease.
	 * @return whether there was one
	 */
	boolean end() {
		Lease lease = this.lease;
		if (lease != null) {
			// during a rebalance a lease ends although the coordinator responds
			this.unresponsive = this.clocks.nanos() - this.answeredNanos > this.settings.sessionTimeout().toNanos() / 2;
			lease.end();
			this.lease = null;
		}
		return lease != null;
	}

	/**
	 * The coordinator no longer knows this member.
	 */
	void forgetContact() {
		this.lastContact = null;
		this.lastRebalancing = null;
		this.beforeRebalance = null;
	}

	/**
	 * Whether there is no lease because the coordinator has not responded: what it
	 * reports about others may date from before its outage.
	 */
	boolean isUnresponsive() {
		return this.lease == null && this.unresponsive;
	}

	boolean hasLease() {
		return this.lease != null;
	}

	boolean isExpired() {
		Lease lease = this.lease;
		return lease != null && !lease.isValid();
	}

	/**
	 * Whether the coordinator has never responded, for longer than a session timeout.
	 */
	boolean isUnanswered() {
		return this.lease == null && this.lastContact == null
				&& this.clocks.nanos() - this.createdNanos > this.settings.sessionTimeout().toNanos();
	}

	Duration remaining() {
		Lease lease = this.lease;
		return (lease != null) ? lease.remaining() : Duration.ZERO;
	}

	/**
	 * When the coordinator last responded, or now if it never did.
	 */
	Instant lastContactAt() {
		Contact contact = this.lastContact;
		return Instant.ofEpochMilli((contact != null) ? contact.millis() : this.clocks.millis());
	}

	@Nullable Contact lastContact() {
		return this.lastContact;
	}

}
