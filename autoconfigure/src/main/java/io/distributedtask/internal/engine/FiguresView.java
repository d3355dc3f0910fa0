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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import io.distributedtask.internal.leader.RecordFullness;
import io.distributedtask.internal.member.Contact;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.MemberPhase;
import io.distributedtask.internal.member.MembershipSnapshot;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.Clocks;

/**
 * Computes the figures of this instance.
 */
public final class FiguresView {

	private final MemberLifecycle life;

	private final RecordFullness fullness;

	private final Clocks clocks;

	private volatile long contactNanos;

	public FiguresView(MemberLifecycle life, RecordFullness fullness, Clocks clocks) {
		this.life = life;
		this.fullness = fullness;
		this.clocks = clocks;
		this.contactNanos = clocks.nanos();
	}

	/**
	 * The coordinator has responded.
	 * @param contact when the request was sent
	 */
	void heard(Contact contact) {
		this.contactNanos = contact.nanos();
	}

	public EngineFigures now() {
		MembershipSnapshot snapshot = this.life.snapshot();
		MemberAssignment assignment = snapshot.assignment();
		MemberPhase phase = this.life.phase();
		Map<String, Integer> owned = this.life.shards().ownedByTask();
		Map<String, Integer> paused = new HashMap<>(owned);
		paused.keySet().removeIf((task) -> !this.life.control().isPaused(task));
		// what was last known about the group is out of date, and others report it
		boolean inGroup = phase != MemberPhase.DISCONNECTED && phase != MemberPhase.STOPPED;
		boolean leader = inGroup && snapshot.isLeader();
		Map<String, Integer> unassigned = new HashMap<>();
		if (leader) {
			snapshot.unassigned()
				.forEach((shards) -> unassigned.merge(shards.task(), shards.shards().size(), Integer::sum));
		}
		return new EngineFigures(inGroup ? snapshot.generation() : -1,
				(inGroup && assignment != null) ? assignment.instances() : 0, leader, owned, paused, unassigned,
				Duration.ofNanos(Math.max(0, this.clocks.nanos() - this.contactNanos)), this.life.leaseRemaining(),
				leader ? this.fullness.size() : 0, leader ? this.fullness.limit() : 0);
	}

}
