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
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.port.Clocks;
import org.jspecify.annotations.Nullable;

/**
 * The former process that this one has replaced in the group, under the same static
 * member id. The coordinator replaces a static member without waiting (KIP-345), and the
 * former process may be alive, disconnected from the coordinator, and act under its
 * lease: for one session after the change nobody may run its shards. Changed under the
 * lock of the {@link MemberLifecycle} only.
 */
final class TakeoverWait {

	private final String incarnation;

	private final Clocks clocks;

	private final Duration ownSession;

	private Duration session;

	private boolean unknown;

	private boolean replaced;

	private long replacedNanos;

	private List<Claim> claims = List.of();

	/**
	 * Create the former process of one that has not joined yet.
	 * @param incarnation the one that has not joined
	 * @param session how long a process may act without a response
	 * @param clocks the clocks
	 */
	TakeoverWait(String incarnation, Duration session, Clocks clocks) {
		this.incarnation = incarnation;
		this.ownSession = session;
		this.session = session;
		this.clocks = clocks;
	}

	/**
	 * Another member has the id that this one is going to join with.
	 * @param assignment what it was assigned last; {@code null} if that is not known
	 */
	void found(@Nullable MemberAssignment assignment) {
		if (assignment == null || !assignment.incarnation().equals(this.incarnation) && !assignment.isIdle()) {
			this.unknown = true;
			this.replaced = false;
			noteSession(assignment);
		}
	}

	private void noteSession(@Nullable MemberAssignment assignment) {
		if (assignment != null && assignment.session().compareTo(this.session) > 0) {
			this.session = assignment.session();
		}
	}

	/**
	 * The coordinator has accepted this process.
	 */
	void isReplaced() {
		if (!this.replaced && this.unknown) {
			this.replaced = true;
			this.replacedNanos = this.clocks.nanos();
		}
	}

	/**
	 * The coordinator has sent the assignment of the former process to this one.
	 * @param assignment the assignment
	 */
	void wasAssigned(MemberAssignment assignment) {
		if (assignment.isIdle()) {
			this.unknown = false;
			return;
		}
		noteSession(assignment);
		this.unknown = assignment.isNothing() || assignment.replacing();
		this.replaced = true;
		this.replacedNanos = this.clocks.nanos();
		List<Claim> claims = new ArrayList<>();
		assignment.grants()
			.forEach((grant) -> claims.add(new Claim(grant.task(), grant.shardCount(), grant.token(), grant.since(),
					grant.generation(), Hold.LOST, grant.shards())));
		for (Shards revoked : assignment.revoked()) {
			claims.add(new Claim(revoked.task(), shardCount(assignment, revoked), 0, Instant.EPOCH,
					assignment.generation(), Hold.LOST, revoked.shards()));
		}
		this.claims = List.copyOf(claims);
	}

	/**
	 * Revoked shards come without their shard count.
	 */
	private static int shardCount(MemberAssignment assignment, Shards revoked) {
		return assignment.kept()
			.stream()
			.filter((kept) -> kept.task().equals(revoked.task()))
			.mapToInt(Reservation::shardCount)
			.findFirst()
			.orElseGet(() -> assignment.revoked()
				.stream()
				.filter((other) -> other.task().equals(revoked.task()))
				.flatMapToInt((other) -> other.shards().stream())
				.max()
				.orElse(0) + 1);
	}

	/**
	 * How long nobody else may run the shards of this static member: the next process
	 * that replaces it has to know that, too.
	 */
	Duration session() {
		return this.session;
	}

	/**
	 * Whether it may run shards that are not known.
	 */
	boolean isUnknown() {
		return this.unknown;
	}

	/**
	 * What it may still run, as if it were lost here.
	 */
	List<Claim> claims() {
		return this.claims;
	}

	/**
	 * Whether it may still run something. Others do not get those shards while this
	 * process is a member, so it must not leave.
	 */
	boolean isGuarded() {
		return this.unknown || !this.claims.isEmpty();
	}

	/**
	 * Whether the time in which it may have run something is over. Returns {@code true}
	 * once.
	 */
	boolean ends() {
		boolean ends = this.replaced && isGuarded()
				&& this.clocks.nanos() - this.replacedNanos >= this.session.toNanos();
		if (ends) {
			this.unknown = false;
			this.claims = List.of();
			this.session = this.ownSession;
		}
		return ends;
	}

}
