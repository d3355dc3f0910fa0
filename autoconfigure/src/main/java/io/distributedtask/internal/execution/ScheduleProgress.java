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
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;

import io.distributedtask.MissedRun;
import io.distributedtask.internal.execution.Schedule.Interval.Kind;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a schedule under one ownership: what is due next, and from where the
 * next owner has to continue. Uses no clock and no thread, and calls no trigger: a call
 * to a trigger is a {@link Question}, because it may take any time.
 */
final class ScheduleProgress {

	/**
	 * The largest number of instants that passed in a hand-over and are fired one by one.
	 */
	static final int CATCH_UP = 10;

	/** A hand-over that takes longer is a gap: instants in it are missed. */
	static final Duration LONGEST_HAND_OVER = Duration.ofSeconds(5);

	private final Schedule schedule;

	private final Deque<Instant> missed = new ArrayDeque<>();

	private int catchUpLeft;

	private Instant anchor;

	private @Nullable Instant next;

	private @Nullable Question question;

	/** What to do if a hand-over turns out to be a gap. */
	private @Nullable MissedRun ifGap;

	private ScheduleProgress(Schedule schedule, Instant anchor) {
		this.schedule = schedule;
		this.anchor = anchor;
	}

	/**
	 * An independent copy.
	 */
	ScheduleProgress copy() {
		ScheduleProgress copy = new ScheduleProgress(this.schedule, this.anchor);
		copy.missed.addAll(this.missed);
		copy.catchUpLeft = this.catchUpLeft;
		copy.next = this.next;
		copy.question = this.question;
		return copy;
	}

	/**
	 * Begin without knowledge of a former owner.
	 */
	static ScheduleProgress begin(Schedule schedule, Instant now) {
		if (schedule instanceof Schedule.Instants instants) {
			ScheduleProgress progress = new ScheduleProgress(schedule, now);
			progress.ask(new Question(instants, now, now, 0));
			return progress;
		}
		Schedule.Interval interval = (Schedule.Interval) schedule;
		ScheduleProgress progress = new ScheduleProgress(schedule, interval.beginning(now));
		progress.next = interval.first(now);
		return progress;
	}

	/**
	 * Continue where the former owner has just stopped gracefully: no instant twice, none
	 * left out. If that was longer ago, or too many instants have passed, there was a
	 * gap.
	 * @param anchor the instant up to which it is done; {@link Instant#EPOCH} if that is
	 * not known
	 */
	static ScheduleProgress resume(Schedule schedule, Instant anchor, MissedRun onMissedRun, Instant now) {
		if (schedule instanceof Schedule.Instants instants && !anchor.equals(Instant.EPOCH)
				&& !now.isAfter(anchor.plus(LONGEST_HAND_OVER))) {
			ScheduleProgress progress = new ScheduleProgress(schedule, anchor);
			progress.catchUpLeft = CATCH_UP;
			progress.ifGap = onMissedRun;
			progress.ask(new Question(instants, anchor, now, CATCH_UP + 1));
			return progress;
		}
		return goOn(schedule, anchor, null, onMissedRun, now);
	}

	/**
	 * Continue after a gap, whatever its cause: the missed instants are one run, or none.
	 * @param anchor the instant up to which it is done; {@link Instant#EPOCH} if that is
	 * not known
	 * @param missedSince the earliest instant that a vanished owner may not have run;
	 * {@code null} if there is none before the anchor
	 */
	static ScheduleProgress goOn(Schedule schedule, Instant anchor, @Nullable Instant missedSince,
			MissedRun onMissedRun, Instant now) {
		if (schedule instanceof Schedule.Instants instants) {
			Instant known = anchor.equals(Progress.FOR_GOOD) ? Instant.EPOCH : anchor;
			Instant done = (missedSince != null && missedSince.isAfter(known)) ? missedSince : known;
			return done.equals(Instant.EPOCH) ? begin(schedule, now) : goOn(instants, done, onMissedRun, now);
		}
		Schedule.Interval interval = (Schedule.Interval) schedule;
		if (anchor.equals(Instant.EPOCH) || anchor.equals(Progress.FOR_GOOD) && interval.kind() != Kind.ONCE) {
			return begin(schedule, now);
		}
		ScheduleProgress progress = new ScheduleProgress(schedule, interval.done(anchor, missedSince, now));
		progress.next = interval.next(progress.anchor, now);
		if (onMissedRun == MissedRun.SKIP) {
			progress.skip(now);
		}
		return progress;
	}

	private static ScheduleProgress goOn(Schedule.Instants instants, Instant done, MissedRun onMissedRun, Instant now) {
		ScheduleProgress progress = new ScheduleProgress(instants, done);
		if (onMissedRun == MissedRun.SKIP) {
			progress.skip(now);
		}
		else {
			progress.ask(new Question(instants, done, now, 1));
		}
		return progress;
	}

	/**
	 * The call to a trigger that is necessary before the next run is known; {@code null}
	 * if it is known.
	 */
	@Nullable Question question() {
		return this.question;
	}

	/**
	 * Use an answer, unless there is another question meanwhile.
	 */
	void answer(Question asked, Answer answer) {
		if (asked != this.question) {
			return;
		}
		this.question = null;
		MissedRun ifGap = this.ifGap;
		this.ifGap = null;
		this.missed.addAll(answer.passed());
		if (ifGap != null && this.missed.size() > CATCH_UP) {
			this.catchUpLeft = 0;
			if (ifGap == MissedRun.SKIP) {
				skip(asked.upTo());
				return;
			}
			Instant latest = this.missed.getLast();
			this.missed.clear();
			this.missed.add(latest);
		}
		Instant first = this.missed.pollFirst();
		if (first == null) {
			this.catchUpLeft = 0;
			this.next = answer.following();
			return;
		}
		this.next = first;
		Instant before = first.minusMillis(1);
		this.anchor = this.anchor.isAfter(before) ? this.anchor : before;
	}

	private void ask(Question question) {
		this.question = question;
		this.next = null;
	}

	/**
	 * The instant for which the next run is due, which may have passed; {@code null} if
	 * there is none, or while there is a question.
	 */
	@Nullable Instant next() {
		return this.next;
	}

	/**
	 * Whether nothing is due any more.
	 */
	boolean isOver() {
		return this.next == null && this.question == null;
	}

	/**
	 * Whether the trigger that is to be called is application code.
	 */
	boolean asksApplicationCode() {
		return this.schedule instanceof Schedule.Instants instants && instants.isApplicationCode();
	}

	/**
	 * Whether the next run is due at a time of the clock, not after an interval.
	 */
	boolean isByTheClock() {
		return this.schedule instanceof Schedule.Instants;
	}

	/**
	 * The instant up to which the schedule is done; {@link Instant#EPOCH} if there is
	 * none.
	 */
	Instant anchor() {
		return this.anchor;
	}

	/**
	 * The instant up to which the schedule is done when it stops: if nothing is due, that
	 * is now. Rounded to seconds where that means the same, so that many shards have
	 * equal anchors.
	 * @param paused whether what is due is left out
	 * @param now the time
	 */
	Instant anchor(boolean paused, Instant now) {
		if (paused) {
			skip(now);
		}
		Instant due = this.next;
		boolean isNothingDue = this.question == null && (due == null || due.isAfter(now));
		if (!(this.schedule instanceof Schedule.Instants) || !isNothingDue || !now.isAfter(this.anchor)) {
			return this.anchor;
		}
		Instant second = now.truncatedTo(ChronoUnit.SECONDS);
		return second.isBefore(this.anchor) ? now : second;
	}

	/**
	 * A run has ended.
	 * @param scheduled its instant
	 * @param now its end
	 */
	void completed(Instant scheduled, Instant now) {
		if (this.schedule instanceof Schedule.Instants instants) {
			completed(instants, scheduled, now);
		}
		else if (this.schedule instanceof Schedule.Interval interval) {
			this.anchor = switch (interval.kind()) {
				case DELAY -> now;
				case RATE -> scheduled;
				case ONCE -> Progress.FOR_GOOD;
			};
			this.next = interval.next(this.anchor, now);
		}
	}

	/**
	 * Skip what has been due up to now. A single run is not skipped.
	 */
	void skip(Instant now) {
		this.missed.clear();
		this.catchUpLeft = 0;
		Instant due = this.next;
		if (this.schedule instanceof Schedule.Instants instants) {
			this.anchor = this.anchor.isAfter(now) ? this.anchor : now;
			ask(new Question(instants, this.anchor, now, 0));
		}
		else if (this.schedule instanceof Schedule.Interval interval && interval.kind() != Kind.ONCE && due != null
				&& !due.isAfter(now)) {
			this.anchor = (interval.kind() == Kind.DELAY) ? now : interval.latest(due, now);
			this.next = this.anchor.plus(interval.time());
		}
	}

	private void completed(Schedule.Instants instants, Instant scheduled, Instant now) {
		this.catchUpLeft = Math.max(0, this.catchUpLeft - 1);
		if (!this.missed.isEmpty()) {
			this.anchor = scheduled;
			this.next = this.missed.removeFirst();
			return;
		}
		// Instants that passed while older ones were made up for are not left out
		this.anchor = (this.catchUpLeft > 0 || scheduled.isAfter(now)) ? scheduled : now;
		ask(new Question(instants, this.anchor, now, this.catchUpLeft));
	}

	/**
	 * What a trigger is to be asked.
	 *
	 * @param instants computes the answer
	 * @param after the instant after which it is asked
	 * @param upTo up to where instants have passed
	 * @param count how many of the latest passed instants are needed
	 */
	record Question(Schedule.Instants instants, Instant after, Instant upTo, int count) {

		/** How many instants are computed before the search skips some. */
		private static final int MANY = 1000;

		/** Enough to halve the longest time until it is shorter than an instant. */
		private static final int MOST_ROUNDS = 100;

		/**
		 * Call the trigger. It may be application code, so it may take any time and throw
		 * anything; no lock may be held.
		 */
		Answer ask() {
			Deque<Instant> passed = (this.count > 0) ? passed() : new ArrayDeque<>();
			Instant from = this.after.isAfter(this.upTo) ? this.after : this.upTo;
			return new Answer(passed, passed.isEmpty() ? this.instants.after(from) : null);
		}

		/**
		 * Goes from one instant to the next, as the schedule does; where there are very
		 * many, it repeatedly skips half of the remaining time.
		 */
		private Deque<Instant> passed() {
			Deque<Instant> found = new ArrayDeque<>();
			Instant from = this.after;
			Instant end = this.upTo;
			for (int round = 0; round < MOST_ROUNDS; round++) {
				Instant next = this.instants.after(from);
				for (int looked = 0; next != null && !next.isAfter(end) && looked < MANY; looked++) {
					from = next;
					add(found, next);
					next = this.instants.after(from);
				}
				if (next == null || next.isAfter(end)) {
					return found;
				}
				Instant middle = from.plus(Duration.between(from, end).dividedBy(2));
				next = this.instants.after(middle);
				if (next == null || next.isAfter(end)) {
					end = middle;
				}
				else {
					from = middle;
				}
			}
			return found;
		}

		private void add(Deque<Instant> found, Instant instant) {
			found.addLast(instant);
			if (found.size() > this.count) {
				found.removeFirst();
			}
		}

	}

	/**
	 * What a trigger has answered.
	 *
	 * @param passed the latest instants that have passed, in order
	 * @param following the first that has not, if none has passed
	 */
	record Answer(Deque<Instant> passed, @Nullable Instant following) {
	}

}
