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

import io.distributedtask.internal.member.Lease.Contact;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import org.jspecify.annotations.Nullable;

/**
 * This instance's standing with the coordinator in time: when it was heard last, and the
 * lease that follows from that. Changed under the lock of the {@link MemberLifecycle}
 * only; may be read by anybody.
 */
public final class Session {

	private final MemberSettings settings;

	private final Clocks clocks;

	private final long createdNanos;

	private volatile @Nullable Lease lease;

	/** When the last request was sent that was answered, whatever the answer. */
	private long answeredNanos;

	/** Whether the last lease ended because the coordinator answered nothing. */
	private volatile boolean silenced;

	private volatile @Nullable Contact lastContact;

	/** The last answer that the group is rebalancing, while there is no lease. */
	private @Nullable Contact lastRebalancing;

	/** When that rebalance had not begun, while there is no lease. */
	private @Nullable Contact beforeRebalance;

	/** When the coordinator was last asked that has answered that all is well. */
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
		// nobody has gathered with this one yet
		this.gatheredMillis = this.wellMillis - settings.sessionTimeout().toMillis();
		this.assignedMillis = this.wellMillis;
	}

	/**
	 * The coordinator has answered.
	 * @param contact when it was asked
	 * @param rebalancing whether the answer was that the group is rebalancing
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
	 * The coordinator has begun to wait anew for members.
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
	 * Until when the coordinator has counted in everybody that the assignment in force is
	 * for: until it was asked last and answered that all is well, which moves with every
	 * such answer, and stands still when none comes. Who is missing now was heard at most
	 * one session timeout before that.
	 * <p>
	 * A session begins anew when the group has gathered, whether the member is alive or
	 * not. So what is less than a session after that proves nothing but that everybody
	 * was alive to join, which was after the last such answer before: as if they had been
	 * counted in for a session from there.
	 */
	Instant ownedUntil() {
		long session = this.settings.sessionTimeout().toMillis();
		long owned = (this.wellMillis - session > this.assignedMillis) ? this.wellMillis
				: this.gatheredMillis + session;
		return Instant.ofEpochMilli(owned);
	}

	/**
	 * The earliest instant that a vanished owner may have left undone. It was heard at
	 * most one session timeout before it was counted in for the last time, and takes a
	 * moment to begin a run.
	 * @param ownedUntil what the leader says of that, by its clock; {@code null} if it
	 * says nothing
	 * @param said when it says so, by its clock: one that is wrong is not gone by
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
	 * The lease, which begins with the first use of an assignment: by the last answer
	 * that all is well, or by one that the group is rebalancing again already, as a
	 * newcomer may get to its first heartbeat.
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
			// during a rebalance a lease ends although the coordinator answers
			this.silenced = this.clocks.nanos() - this.answeredNanos > this.settings.sessionTimeout().toNanos() / 2;
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
	 * Whether there is no lease because the coordinator has answered nothing: what it
	 * says of others may be about the time in which it stood still.
	 */
	boolean isSilenced() {
		return this.lease == null && this.silenced;
	}

	boolean hasLease() {
		return this.lease != null;
	}

	boolean isExpired() {
		Lease lease = this.lease;
		return lease != null && !lease.isValid();
	}

	/**
	 * Whether the coordinator has never answered, for longer than a session lasts.
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
	 * When the coordinator was in touch last, or now if it never was.
	 */
	Instant lastContactAt() {
		Contact contact = this.lastContact;
		return Instant.ofEpochMilli((contact != null) ? contact.millis() : this.clocks.millis());
	}

	@Nullable Contact lastContact() {
		return this.lastContact;
	}

}
