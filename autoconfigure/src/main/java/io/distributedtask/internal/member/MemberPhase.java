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

import java.util.EnumSet;
import java.util.Set;

import io.distributedtask.Assignments.GroupStatus;

/**
 * The life of an instance in its group.
 *
 * <pre>
 *             ┌────────────── membership lost ─────────────┐
 *             ▼                                            │
 *  start ─▶ JOINING ── assigned ─▶ STABLE ◀─ assigned ─▶ REBALANCING
 *             │  ▲                   │  └─ group rebalances ─▶ │
 *   no answer │  │ membership lost   │ lease expired           │ lease expired
 *             ▼  │                   ▼                         │
 *          DISCONNECTED ◀────────────┴─────────────────────────┘
 *             └── assigned ─▶ STABLE
 *
 *  any of these ── drain ─▶ DRAINING ── group left ─▶ STOPPED
 * </pre>
 */
public enum MemberPhase {

	/** On its way into the group: owns nothing. */
	JOINING(GroupStatus.JOINING),
	/** Has the assignment of the current generation. */
	STABLE(GroupStatus.STABLE),
	/** Waits for a new assignment, and keeps what it owns meanwhile. */
	REBALANCING(GroupStatus.REBALANCING),
	/** Has got no response of the coordinator for longer than the lease: owns nothing. */
	DISCONNECTED(GroupStatus.DISCONNECTED),
	/** Gives back what it owns, to leave the group. */
	DRAINING(GroupStatus.REBALANCING),
	/** Has left the group. */
	STOPPED(GroupStatus.STOPPED);

	private final GroupStatus groupStatus;

	MemberPhase(GroupStatus groupStatus) {
		this.groupStatus = groupStatus;
	}

	public GroupStatus groupStatus() {
		return this.groupStatus;
	}

	private Set<MemberPhase> next() {
		return switch (this) {
			case JOINING, DISCONNECTED -> EnumSet.of(JOINING, STABLE, DISCONNECTED, DRAINING);
			case STABLE, REBALANCING -> EnumSet.of(JOINING, STABLE, REBALANCING, DISCONNECTED, DRAINING);
			case DRAINING -> EnumSet.of(STOPPED);
			case STOPPED -> EnumSet.noneOf(MemberPhase.class);
		};
	}

	/**
	 * Check a move.
	 * @param next the state to move to
	 * @return that state
	 * @throws IllegalStateException if there is no such move
	 */
	MemberPhase moveTo(MemberPhase next) {
		if (!next().contains(next)) {
			throw new IllegalStateException("An instance cannot go from %s to %s".formatted(this, next));
		}
		return next;
	}

	/**
	 * Whether the instance is a member that has had its assignment.
	 */
	boolean isMembership() {
		return this == STABLE || this == REBALANCING;
	}

	public boolean isLeaving() {
		return this == DRAINING || this == STOPPED;
	}

}
