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

import io.distributedtask.internal.message.MemberMetadata.Progress;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.FixedRateTask;
import org.springframework.scheduling.config.OneTimeTask;
import org.springframework.scheduling.config.Task;
import org.springframework.scheduling.config.TriggerTask;
import org.springframework.scheduling.support.CronTrigger;
import org.springframework.scheduling.support.SimpleTriggerContext;

/**
 * When something is due.
 */
sealed interface Schedule {

	/**
	 * The schedule of a task that Spring has read.
	 */
	static Schedule of(Task task) {
		if (task instanceof TriggerTask triggered) {
			return new Instants(triggered.getTrigger());
		}
		if (task instanceof FixedRateTask rate) {
			return fixedRate(rate.getIntervalDuration(), rate.getInitialDelayDuration());
		}
		if (task instanceof FixedDelayTask delay) {
			return fixedDelay(delay.getIntervalDuration(), delay.getInitialDelayDuration());
		}
		if (task instanceof OneTimeTask once) {
			return once(once.getInitialDelayDuration());
		}
		throw new IllegalArgumentException("A schedule of %s is not supported".formatted(task.getClass()));
	}

	/**
	 * A fixed time between the ends and the beginnings of runs.
	 */
	static Schedule fixedDelay(Duration delay, Duration initialDelay) {
		return new Interval(Interval.Kind.DELAY, delay, initialDelay);
	}

	/**
	 * A fixed time between the beginnings of runs.
	 */
	static Schedule fixedRate(Duration period, Duration initialDelay) {
		return new Interval(Interval.Kind.RATE, period, initialDelay);
	}

	/**
	 * One run, which is not repeated where it is known that it was made.
	 */
	static Schedule once(Duration initialDelay) {
		return new Interval(Interval.Kind.ONCE, initialDelay, initialDelay);
	}

	/**
	 * Instants that are the same for every owner: a cron expression.
	 *
	 * @param trigger computes them; application code, unless it is Spring's
	 */
	record Instants(Trigger trigger) implements Schedule {

		/** All zones change their offset to UTC at one of these. */
		private static final long QUARTER_OF_AN_HOUR = 900;

		/** The quarters of a day, the longest time by which a zone was ever set back. */
		private static final int MOST_QUARTERS = 96;

		/** Later than any instant that people, timers and JSON can handle. */
		private static final Instant NEVER = Instant.parse("9999-12-31T00:00:00Z");

		/**
		 * The first instant after another. Where a zone sets its clock back by half an
		 * hour, or at a quarter to the hour, Spring's trigger may return one that is not
		 * later: then it is called again for the following quarters of an hour.
		 * @return the instant, or {@code null} if there is none
		 * @throws IllegalStateException if the trigger returns nothing later
		 */
		@Nullable Instant after(Instant instant) {
			Instant from = instant;
			Instant answer = null;
			for (int quarter = 0; quarter <= MOST_QUARTERS; quarter++) {
				answer = this.trigger.nextExecution(new SimpleTriggerContext(from, from, from));
				if (answer == null || !answer.isBefore(NEVER)) {
					return null;
				}
				if (answer.isAfter(instant)) {
					return answer;
				}
				long quarters = Math.floorDiv(from.plusNanos(1).getEpochSecond(), QUARTER_OF_AN_HOUR) + 1;
				from = Instant.ofEpochSecond(quarters * QUARTER_OF_AN_HOUR).minusNanos(1);
			}
			throw new IllegalStateException(
					"The trigger '%s' returns no time after %s, but %s".formatted(this.trigger, instant, answer));
		}

		/**
		 * Whether the trigger may take any time.
		 */
		boolean isApplicationCode() {
			return this.trigger.getClass() != CronTrigger.class;
		}

	}

	/**
	 * A schedule that depends on its beginning and its runs, not on the clock. An anchor
	 * is the instant up to which it is done: the instant of the last run of a rate, the
	 * end of the last run of a delay, and of a single run its beginning or
	 * {@link Progress#FOR_GOOD}.
	 *
	 * @param kind between which events the time is
	 * @param time the time between runs; of a single run, before it
	 * @param initialDelay the time before the first run
	 */
	record Interval(Kind kind, Duration time, Duration initialDelay) implements Schedule {

		/**
		 * The anchor if it has begun and not run yet: the next owner continues from there
		 * as after a run.
		 * @param at when it has begun
		 * @return the anchor, {@link Instant#EPOCH} where the delay is longer than any
		 * real wait
		 */
		Instant beginning(Instant at) {
			Instant anchor = first(at).minus(this.time);
			return (anchor.isAfter(Instant.EPOCH) && anchor.isBefore(Progress.FOR_GOOD)) ? anchor : Instant.EPOCH;
		}

		/**
		 * When it is first due.
		 * @param at when it begins
		 */
		Instant first(Instant at) {
			return at.plus(this.initialDelay);
		}

		/**
		 * The anchor if its owner has vanished: that was alive for some time after its
		 * last report, and is assumed to have made the runs that were due. Runs of a
		 * fixed delay are assumed to be short.
		 * @param anchor the anchor of the last report
		 * @param missedSince until when it was alive, {@code null} if it reports itself
		 * @param now the time: a clock may be behind
		 */
		Instant done(Instant anchor, @Nullable Instant missedSince, Instant now) {
			Instant alive = (missedSince != null) ? earlier(missedSince, now) : anchor;
			if (!alive.isAfter(anchor)) {
				return anchor;
			}
			if (this.kind == Kind.ONCE) {
				return anchor.plus(this.time).isAfter(alive) ? anchor : Progress.FOR_GOOD;
			}
			return this.time.isZero() ? alive : latest(anchor, alive);
		}

		/**
		 * The last instant that is not later than another, where each run takes no time.
		 */
		Instant latest(Instant from, Instant upTo) {
			return from.plus(this.time.multipliedBy(Duration.between(from, upTo).dividedBy(this.time)));
		}

		/**
		 * When it is due next, which may have passed. A clock that was set back must not
		 * make it wait longer than a new schedule.
		 * @return the instant, {@code null} if there is none
		 */
		@Nullable Instant next(Instant anchor, Instant now) {
			if (anchor.equals(Progress.FOR_GOOD)) {
				return null;
			}
			Instant following = anchor.plus(this.time);
			return (this.kind == Kind.RATE && !following.isAfter(now)) ? latest(anchor, now)
					: earlier(following, now.plus(longest()));
		}

		private Duration longest() {
			return (this.initialDelay.compareTo(this.time) > 0) ? this.initialDelay : this.time;
		}

		private static Instant earlier(Instant one, Instant other) {
			return one.isBefore(other) ? one : other;
		}

		/**
		 * Between which events the time is.
		 */
		enum Kind {

			/** The end of a run and the beginning of the next. */
			DELAY,
			/** The beginnings of runs. */
			RATE,
			/** The beginning of the schedule and its only run. */
			ONCE

		}

	}

}
