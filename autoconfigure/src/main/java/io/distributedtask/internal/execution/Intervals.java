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

/**
 * When schedules are due that follow from their beginning and their runs, not from the
 * clock. An anchor says up to where one is done: the instant of the last run of a rate,
 * the end of the last run of a delay, and of what runs once its beginning or
 * {@link Progress#FOR_GOOD}.
 */
final class Intervals {

	private Intervals() {
	}

	/**
	 * Up to where a schedule is done that has begun and not run yet: the next owner goes
	 * on from there as after a run.
	 * @param at when it has begun
	 * @return the anchor, {@link Instant#EPOCH} of one that does not depend on that, and
	 * where delays are longer than people use them for waiting
	 */
	static Instant beginning(Schedule schedule, Instant at) {
		Instant anchor = Instant.EPOCH;
		if (schedule instanceof Schedule.FixedDelay delay) {
			anchor = first(schedule, at).minus(delay.delay());
		}
		else if (schedule instanceof Schedule.FixedRate rate) {
			anchor = first(schedule, at).minus(rate.period());
		}
		else if (schedule instanceof Schedule.Once) {
			anchor = at;
		}
		return (anchor.isAfter(Instant.EPOCH) && anchor.isBefore(Progress.FOR_GOOD)) ? anchor : Instant.EPOCH;
	}

	/**
	 * When a schedule is due first.
	 * @param at when it begins
	 */
	static Instant first(Schedule schedule, Instant at) {
		return at.plus(initialDelay(schedule));
	}

	/**
	 * Up to where a schedule is done whose owner has vanished: it was alive for some time
	 * after it was heard of, and is taken to have run meanwhile what was due. Of a fixed
	 * delay the runs are taken to be short.
	 * @param anchor up to where it was done when it was heard of
	 * @param missedSince until when it was alive, {@code null} if it tells itself
	 * @param now the time: a clock may be behind
	 */
	static Instant done(Schedule schedule, Instant anchor, @Nullable Instant missedSince, Instant now) {
		Instant alive = (missedSince != null) ? earlier(missedSince, now) : anchor;
		if (!alive.isAfter(anchor)) {
			return anchor;
		}
		if (schedule instanceof Schedule.Once once) {
			return anchor.plus(once.initialDelay()).isAfter(alive) ? anchor : Progress.FOR_GOOD;
		}
		Duration period = (schedule instanceof Schedule.FixedRate rate) ? rate.period()
				: (schedule instanceof Schedule.FixedDelay delay) ? delay.delay() : Duration.ZERO;
		return period.isZero() ? alive
				: anchor.plus(period.multipliedBy(Duration.between(anchor, alive).dividedBy(period)));
	}

	/**
	 * When a schedule is due next, which may have passed. A clock that was set back must
	 * not make it wait for longer than a schedule that begins.
	 * @return the instant, {@code null} if there is none
	 */
	static @Nullable Instant next(Schedule schedule, Instant anchor, Instant now) {
		if (schedule instanceof Schedule.FixedRate rate) {
			return inPhase(rate, anchor, now);
		}
		Duration wait = (schedule instanceof Schedule.FixedDelay delay) ? delay.delay() : initialDelay(schedule);
		return anchor.equals(Progress.FOR_GOOD) ? null : earlier(anchor.plus(wait), now.plus(longest(wait, schedule)));
	}

	private static Instant inPhase(Schedule.FixedRate rate, Instant anchor, Instant now) {
		Instant following = anchor.plus(rate.period());
		if (following.isAfter(now)) {
			return earlier(following, now.plus(longest(rate.period(), rate)));
		}
		long periods = Duration.between(anchor, now).dividedBy(rate.period());
		return anchor.plus(rate.period().multipliedBy(periods));
	}

	private static Duration longest(Duration period, Schedule schedule) {
		Duration initialDelay = initialDelay(schedule);
		return (initialDelay.compareTo(period) > 0) ? initialDelay : period;
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

	private static Instant earlier(Instant one, Instant other) {
		return one.isBefore(other) ? one : other;
	}

}
