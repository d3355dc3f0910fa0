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

package io.distributedtask.faults.rules;

import java.util.List;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.Span.End;

/**
 * The runs of one scheduled task, which has an instant in every second, and what can be
 * said of the changes of its owner.
 *
 * @param run what was recorded
 * @param task the task
 * @param fires its runs, in the order in which they began
 * @param offset the milliseconds of the history's clock less those of the wall clock: the
 * middle one of what all runs say, for nearly all begin at their instant
 */
record ScheduleHistory(RecordedRun run, String task, List<Fire> fires, long offset) {

	/** The time between two instants, in milliseconds. */
	static final long PERIOD = 1000;

	/** What lies between a moment and the line about it, at most, in milliseconds. */
	static final long TOLERANCE = 250;

	static ScheduleHistory of(RecordedRun run, String task) {
		List<Fire> fires = Fire.of(run, task);
		long[] offsets = fires.stream()
			.mapToLong((fire) -> fire.nanos() / 1_000_000 - fire.instant())
			.sorted()
			.toArray();
		return new ScheduleHistory(run, task, fires, (offsets.length > 0) ? offsets[offsets.length / 2] : 0);
	}

	/**
	 * The time of the wall clock, if nobody has set it.
	 * @return milliseconds since the epoch
	 */
	long wall(long nanos) {
		return nanos / 1_000_000 - this.offset;
	}

	/**
	 * Whether the wall clock of one of two owners was wrong, or had just been: their
	 * instants may be any.
	 */
	boolean isClockWrong(Fire one, Fire other) {
		return this.run.hasFault(one.nanos(), other.end(), (fault) -> fault.kind() == FaultKind.CLOCK_JUMP
				&& (fault.concerns(one.span().instance()) || fault.concerns(other.span().instance())));
	}

	/**
	 * Whether a change of the owner was in order, and nothing that happened to anybody
	 * can have kept the knowledge of the former owner's progress from the next.
	 */
	boolean isOrderly(Fire last, Fire first) {
		long from = last.nanos() - this.run.aftermath();
		return last.span().end() == End.REVOKED
				&& !this.run.hasFault(last.nanos(), first.nanos(), (fault) -> !Fault.ORDERLY.contains(fault.kind()))
				&& this.run.lives()
					.values()
					.stream()
					.noneMatch((life) -> life.crashed() && life.dead() >= from && life.dead() <= first.nanos());
	}

	/**
	 * Whether the former owner surely had the task when it crashed or lost it, and nobody
	 * else can have had it before the next: there is no ownership of anything with a
	 * token in between.
	 */
	boolean isFailOver(Fire last, Fire first) {
		Span former = last.span();
		long end = (former.end() == End.DIED) ? this.run.life(former.source()).dead() : former.endLine();
		return (former.end() == End.DIED || former.end() == End.LOST) && this.run.life(former.source()).stopping() > end
				&& this.run.spans()
					.values()
					.stream()
					.flatMap(List::stream)
					.noneMatch((span) -> isBetween(span, last, first) || wasRevokedJustBefore(span, last, end));
	}

	private static boolean isBetween(Span span, Fire last, Fire first) {
		return span.token() > last.span().token() && span.token() < first.span().token()
				&& span.endLine() > last.nanos() && span.begin() < first.nanos();
	}

	private static boolean wasRevokedJustBefore(Span span, Fire last, long end) {
		return span.source().equals(last.span().source()) && span.end() == End.REVOKED
				&& span.endLine() > last.nanos() - 2 * PERIOD * 1_000_000 && span.endLine() <= end;
	}

	/**
	 * When the owner had surely been given the task: by that time other shards that it
	 * was given with the same token had begun.
	 */
	long givenBy(Fire first) {
		return this.run.spans()
			.values()
			.stream()
			.flatMap(List::stream)
			.filter((span) -> span.source().equals(first.span().source()) && span.token() == first.span().token())
			.mapToLong(Span::begin)
			.filter((begin) -> begin >= 0)
			.min()
			.orElse(first.nanos());
	}

	/**
	 * Whether some instance was there all the time between two owners, and nothing
	 * happened to it: so the group went on, and somebody knew that there had been an
	 * owner.
	 */
	boolean hasWitness(Fire last, Fire first) {
		return this.run.lives()
			.values()
			.stream()
			.filter((life) -> !life.source().equals(last.span().source()))
			.filter((life) -> life.ready() < last.nanos() - this.run.aftermath()
					&& first.nanos() < Math.min(life.stopping(), life.dead()))
			.anyMatch(
					(life) -> !this.run
						.hasFault(last.nanos(), first.nanos(),
								(fault) -> fault.concerns(life.instance()) && fault.kind() != FaultKind.GARBAGE
										&& !Fault.HARMLESS.contains(fault.kind()))
							&& hasLostNothing(life, last, first));
	}

	private boolean hasLostNothing(Life life, Fire last, Fire first) {
		return this.run.spans()
			.values()
			.stream()
			.flatMap(List::stream)
			.noneMatch((span) -> span.source().equals(life.source()) && span.end() == End.LOST
					&& span.endLine() >= last.nanos() - this.run.aftermath() && span.endLine() <= first.nanos());
	}

}
