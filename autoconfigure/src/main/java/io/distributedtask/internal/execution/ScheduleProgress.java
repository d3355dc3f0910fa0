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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

import io.distributedtask.MissedRun;
import org.jspecify.annotations.Nullable;

/**
 * How far a schedule has come under one ownership: what is due next, and from where the
 * next owner has to go on. Knows no clock and no thread.
 */
final class ScheduleProgress {

	/** How many missed instants are made good one by one; all older ones are one run. */
	static final int CATCH_UP = 10;

	private final Schedule schedule;

	private final Deque<Instant> missed = new ArrayDeque<>();

	private int catchUpLeft;

	private Instant anchor;

	private @Nullable Instant next;

	private ScheduleProgress(Schedule schedule, Instant anchor) {
		this.schedule = schedule;
		this.anchor = anchor;
	}

	/**
	 * Begin without knowledge of a former owner.
	 */
	static ScheduleProgress begin(Schedule schedule, Instant now) {
		if (schedule instanceof Schedule.Instants instants) {
			ScheduleProgress progress = new ScheduleProgress(schedule, now);
			progress.next = instants.after(now);
			return progress;
		}
		ScheduleProgress progress = new ScheduleProgress(schedule, Instant.EPOCH);
		progress.next = now.plus(initialDelay(schedule));
		return progress;
	}

	/**
	 * Go on where the former owner stopped in order: no instant twice, none left out.
	 * @param anchor up to where it is done; {@link Instant#EPOCH} if that is not known
	 */
	static ScheduleProgress resume(Schedule schedule, Instant anchor, Instant now) {
		if (anchor.equals(Instant.EPOCH) || schedule instanceof Schedule.Once) {
			return begin(schedule, now);
		}
		ScheduleProgress progress = new ScheduleProgress(schedule, anchor);
		if (schedule instanceof Schedule.Instants instants) {
			progress.missed.addAll(latest(instants, anchor, now, CATCH_UP + 1));
			progress.catchUpLeft = progress.missed.isEmpty() ? 0 : CATCH_UP + 1;
			progress.next = progress.missed.isEmpty() ? instants.after(anchor) : progress.missed.removeFirst();
		}
		else if (schedule instanceof Schedule.FixedDelay delay) {
			progress.next = earlier(anchor.plus(delay.delay()), now.plus(delay.delay()));
		}
		else if (schedule instanceof Schedule.FixedRate rate) {
			progress.next = inPhase(rate, anchor, now);
		}
		return progress;
	}

	/**
	 * Go on after the former owner vanished.
	 * @param missedSince the earliest instant that it may have left undone
	 */
	static ScheduleProgress takeOver(Schedule schedule, Instant missedSince, MissedRun onMissedRun, Instant now) {
		ScheduleProgress progress = begin(schedule, now);
		if (schedule instanceof Schedule.Instants instants && onMissedRun == MissedRun.FIRE_ONCE
				&& missedSince.isBefore(now)) {
			Instant latest = latest(instants, missedSince, now, 1).peekLast();
			if (latest != null) {
				progress.next = latest;
				progress.anchor = latest.minusMillis(1);
			}
		}
		return progress;
	}

	/**
	 * The instant for which the next run is due, which may have passed; {@code null} if
	 * there is none.
	 */
	@Nullable Instant next() {
		return this.next;
	}

	/**
	 * Whether the next run is due when the clock says so, and not when so much time has
	 * passed.
	 */
	boolean isByTheClock() {
		return this.schedule instanceof Schedule.Instants;
	}

	/**
	 * Up to where the schedule is done; {@link Instant#EPOCH} if that says nothing.
	 */
	Instant anchor() {
		return this.anchor;
	}

	/**
	 * A run has ended.
	 * @param scheduled the instant that it stood for
	 * @param now its end
	 */
	void completed(Instant scheduled, Instant now) {
		if (this.schedule instanceof Schedule.Instants instants) {
			completed(instants, scheduled, now);
		}
		else if (this.schedule instanceof Schedule.FixedDelay delay) {
			this.anchor = now;
			this.next = now.plus(delay.delay());
		}
		else if (this.schedule instanceof Schedule.FixedRate rate) {
			this.anchor = scheduled;
			this.next = inPhase(rate, scheduled, now);
		}
		else {
			this.next = null;
		}
	}

	/**
	 * Leave out what has been due up to now, for good. What is to come only once is not
	 * left out.
	 */
	void skip(Instant now) {
		this.missed.clear();
		this.catchUpLeft = 0;
		Instant due = this.next;
		if (this.schedule instanceof Schedule.Instants instants) {
			this.anchor = this.anchor.isAfter(now) ? this.anchor : now;
			this.next = instants.after(this.anchor);
		}
		else if (due == null || due.isAfter(now)) {
			return;
		}
		else if (this.schedule instanceof Schedule.FixedDelay delay) {
			this.anchor = now;
			this.next = now.plus(delay.delay());
		}
		else if (this.schedule instanceof Schedule.FixedRate rate) {
			this.anchor = due.plus(rate.period().multipliedBy(Duration.between(due, now).dividedBy(rate.period())));
			this.next = this.anchor.plus(rate.period());
		}
	}

	private void completed(Schedule.Instants instants, Instant scheduled, Instant now) {
		this.catchUpLeft = Math.max(0, this.catchUpLeft - 1);
		if (!this.missed.isEmpty()) {
			this.anchor = scheduled;
			this.next = this.missed.removeFirst();
			return;
		}
		Instant following = instants.after(scheduled);
		if (this.catchUpLeft > 0 && following != null && !following.isAfter(now)) {
			// It came while older ones were made good: it is not left out for that
			this.anchor = scheduled;
			this.next = following;
			return;
		}
		this.catchUpLeft = 0;
		this.anchor = scheduled.isAfter(now) ? scheduled : now;
		this.next = instants.after(this.anchor);
	}

	private static Duration initialDelay(Schedule schedule) {
		if (schedule instanceof Schedule.FixedDelay delay) {
			return delay.initialDelay();
		}
		if (schedule instanceof Schedule.FixedRate rate) {
			return rate.initialDelay();
		}
		return (schedule instanceof Schedule.Once once) ? once.initialDelay() : Duration.ZERO;
	}

	/**
	 * The first instant in phase after the anchor, or the latest that has passed. A clock
	 * that was set back must not make it wait for longer than a period.
	 */
	private static Instant inPhase(Schedule.FixedRate rate, Instant anchor, Instant now) {
		Instant following = anchor.plus(rate.period());
		if (following.isAfter(now)) {
			return earlier(following, now.plus(rate.period()));
		}
		long periods = Duration.between(anchor, now).dividedBy(rate.period());
		return anchor.plus(rate.period().multipliedBy(periods));
	}

	private static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

	/**
	 * The latest instants after one and up to another. Looks back step by step, so that a
	 * long time with very many instants need not be walked through.
	 */
	private static Deque<Instant> latest(Schedule.Instants instants, Instant after, Instant upTo, int count) {
		Deque<Instant> found = new ArrayDeque<>();
		Duration back = Duration.ofSeconds(1);
		boolean complete = false;
		while (!complete && found.size() < count) {
			Instant from = upTo.minus(back);
			complete = !from.isAfter(after);
			found.clear();
			Instant instant = instants.after(complete ? after : from);
			while (instant != null && !instant.isAfter(upTo)) {
				found.addLast(instant);
				if (found.size() > count) {
					found.removeFirst();
				}
				instant = instants.after(instant);
			}
			back = back.multipliedBy(2);
		}
		return found;
	}

}
