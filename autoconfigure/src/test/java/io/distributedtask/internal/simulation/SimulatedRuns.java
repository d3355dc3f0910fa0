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

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;

import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.simulation.InstantLedger.Fired;
import io.distributedtask.internal.simulation.OwnershipLedger.Entry;
import org.jspecify.annotations.Nullable;

/**
 * The scheduled runs of one simulated ownership: what is due fires once while the shard
 * is owned, what was missed in a gap is one run, what passed in a hand-over is not left
 * out.
 */
final class SimulatedRuns {

	private static final long LONGEST_HAND_OVER = 5_000;

	private static final int CATCH_UP = 10;

	private final Entry entry;

	private final SimulatedSchedule schedule;

	private final SimulatedProcess process;

	private final Clocks clocks;

	private final Random random;

	private final InstantLedger ledger;

	private final Deque<Long> due = new ArrayDeque<>();

	private long anchor;

	private @Nullable Fired current;

	private boolean over;

	SimulatedRuns(Entry entry, SimulatedSchedule schedule, SimulatedProcess process, Clocks clocks, Random random,
			InstantLedger ledger) {
		this.entry = entry;
		this.schedule = schedule;
		this.process = process;
		this.clocks = clocks;
		this.random = random;
		this.ledger = ledger;
		begin(entry.ownership());
	}

	private void begin(Ownership ownership) {
		long now = this.clocks.millis();
		Instant missedSince = ownership.missedSince();
		long told = ownership.progress().isEmpty() ? 0 : ownership.progress().get(0).toEpochMilli();
		long done = Math.max(told, (missedSince != null) ? missedSince.toEpochMilli() : 0);
		this.anchor = (done > 0) ? done : now;
		List<Long> passed = this.schedule.between(this.anchor, now);
		boolean direct = ownership.isDirect() && now - this.anchor <= LONGEST_HAND_OVER && passed.size() <= CATCH_UP;
		this.due.addAll((direct || passed.isEmpty()) ? passed : passed.subList(passed.size() - 1, passed.size()));
		if (this.due.isEmpty()) {
			this.due.add(this.schedule.after(Math.max(this.anchor, now)));
		}
		arm();
	}

	private void arm() {
		Long next = this.due.peek();
		if (next != null && next < Long.MAX_VALUE) {
			long wait = Math.max(0, next - this.clocks.millis());
			long late = this.random.nextInt(30);
			this.process.after(VirtualTime.millis(wait + late), () -> fire(next));
		}
	}

	private void fire(long instant) {
		if (this.over || this.entry.ownership().phase() != Phase.OWNED) {
			return;
		}
		if (this.clocks.millis() < instant) {
			arm();
			return;
		}
		this.current = this.ledger.began(this.entry, instant);
		this.due.remove();
		this.process.after(Duration.ofMillis(1 + this.random.nextInt(600)).toNanos(), this::complete);
	}

	/**
	 * The run in progress ends, if it has not ended already.
	 */
	private void complete() {
		Fired current = this.current;
		if (this.over || current == null) {
			return;
		}
		this.ledger.completed(current);
		this.current = null;
		long now = this.clocks.millis();
		this.anchor = this.due.isEmpty() ? Math.max(current.instant(), now) : current.instant();
		if (this.due.isEmpty()) {
			this.due.add(this.schedule.after(this.anchor));
		}
		arm();
	}

	/**
	 * The shard stops in order: a run in progress may end.
	 * @return how far the schedule has come
	 */
	List<Instant> stop() {
		complete();
		return anchors();
	}

	/**
	 * The shard is lost: a run in progress is interrupted.
	 * @return how far the schedule has come
	 */
	List<Instant> lost() {
		return anchors();
	}

	private List<Instant> anchors() {
		this.over = true;
		long now = this.clocks.millis();
		Long next = this.due.peek();
		boolean isNothingDue = this.current == null && (next == null || next > now);
		return List.of(Instant.ofEpochMilli(isNothingDue ? Math.max(this.anchor, now) : this.anchor));
	}

}
