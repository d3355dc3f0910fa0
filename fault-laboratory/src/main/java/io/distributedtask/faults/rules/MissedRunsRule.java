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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * After a crash missed instants are one run, or none.
 * <p>
 * Looks at each change of the owner in which the former owner surely had the task when it
 * was killed or lost it, and nobody had it before the next one.
 * <ul>
 * <li><strong>At most one</strong> ({@code FIRE_ONCE}): only the first run of the next
 * owner may be for an instant that had passed when it began.</li>
 * <li><strong>At least one</strong> ({@code FIRE_ONCE}): if an instant was missed before
 * the next owner was given the task, its first run is for an instant before that moment.
 * Only where some instance was there all the time and nothing happened to it: without one
 * the group remembers nothing.</li>
 * <li><strong>None</strong> ({@code SKIP}): the first run of the next owner is for an
 * instant after it was given the task.</li>
 * <li><strong>Repeated:</strong> with {@code FIRE_ONCE} the first run of the next owner
 * may repeat one that a former owner had begun; with {@code SKIP}, or in any later run,
 * none is repeated. An orderly hand-over is the matter of {@link FiresOnceRule}. After an
 * eviction the two owners may overlap, and so may their runs, as {@link Eviction}
 * says.</li>
 * <li><strong>Never a flood:</strong> not more than {@value #FLOOD} runs of one task
 * begin within a second, whatever happened, also to clocks.</li>
 * </ul>
 * When the next owner was given the task is known within limits: not before the leader
 * found the assignment, which is what a token that was drawn from its clock says; not
 * after the first line about any shard that it was given with the same token, plus
 * {@value #LATE} milliseconds. What is within the limits is taken for right. Nothing is
 * said when somebody's wall clock was wrong, nor after the whole group was gone.
 */
final class MissedRunsRule implements Rule {

	/** What is made good one by one in an orderly hand-over, and two more. */
	static final int FLOOD = 13;

	static final long LATE = 500;

	private static final long SECOND = 1_000_000_000;

	@Override
	public void check(RecordedRun run, Findings findings) {
		for (String task : List.of(GroupUnderTest.TICK, GroupUnderTest.TOCK)) {
			ScheduleHistory schedule = ScheduleHistory.of(run, task);
			List<Fire> fires = schedule.fires();
			for (int i = 1; i < fires.size(); i++) {
				Fire last = fires.get(i - 1);
				Fire first = fires.get(i);
				if (!last.isOfSameOwnership(first) && !isAnyClockWrong(last, first, run)
						&& schedule.isFailOver(last, first)) {
					failOver(last, first, (i + 1 < fires.size()) ? fires.get(i + 1) : first, schedule, findings);
				}
			}
			repeated(schedule, run, findings);
			flood(schedule, findings);
		}
	}

	private static boolean isAnyClockWrong(Fire last, Fire first, RecordedRun run) {
		return run.hasFault(last.nanos(), first.end(), (fault) -> fault.kind() == FaultKind.CLOCK_JUMP);
	}

	private static void failOver(Fire last, Fire first, Fire second, ScheduleHistory schedule, Findings findings) {
		findings.count("schedules failed over, judged", 1);
		long notBefore = notBefore(first, schedule);
		if (schedule.task().equals(GroupUnderTest.TOCK)) {
			if (first.instant() <= notBefore) {
				violation(first, "The run for %d was missed by %s and made good by %s, though it is to be skipped"
					.formatted(first.instant(), last.span(), first.span()), schedule, findings);
			}
			return;
		}
		if (second.isOfSameOwnership(first) && second != first
				&& second.instant() < schedule.wall(first.nanos()) - ScheduleHistory.TOLERANCE) {
			violation(second, "%s made good more than one run after %s, for %d and %d".formatted(first.span(),
					last.span(), first.instant(), second.instant()), schedule, findings);
		}
		boolean missed = last.instant() + ScheduleHistory.PERIOD <= notBefore;
		long notAfter = schedule.wall(schedule.givenBy(first)) + LATE;
		if (missed && first.instant() > notAfter && schedule.hasWitness(last, first)) {
			violation(first, "No run was made good after %s: %s began with %d".formatted(last.span(), first.span(),
					first.instant()), schedule, findings);
		}
	}

	// when the leader found the assignment, unless the token was not drawn from its clock
	private static long notBefore(Fire first, ScheduleHistory schedule) {
		long token = first.span().token();
		long began = schedule.wall(first.nanos());
		return (token <= began && began - token < 60_000) ? token : Long.MIN_VALUE;
	}

	private static void repeated(ScheduleHistory schedule, RecordedRun run, Findings findings) {
		Map<Long, Fire> byInstant = new HashMap<>();
		Fire before = null;
		for (Fire fire : schedule.fires()) {
			Fire former = byInstant.put(fire.instant(), fire);
			boolean firstOfItsOwner = before == null || !before.isOfSameOwnership(fire);
			boolean permitted = schedule.task().equals(GroupUnderTest.TICK) && firstOfItsOwner;
			if (former != null && !permitted && !former.isOfSameOwnership(fire) && !schedule.isClockWrong(former, fire)
					&& !schedule.isOrderly(former, fire) && !isPermittedAfterEviction(former, fire, run)) {
				violation(fire, "There are two runs for %d: by %s and by %s".formatted(fire.instant(), former.span(),
						fire.span()), schedule, findings);
			}
			before = fire;
		}
	}

	private static boolean isPermittedAfterEviction(Fire one, Fire other, RecordedRun run) {
		boolean inOrder = one.span().token() < other.span().token();
		Span former = inOrder ? one.span() : other.span();
		Span next = inOrder ? other.span() : one.span();
		long until = Math.max(one.nanos(), other.nanos());
		Eviction eviction = Eviction.find(former.instance(), former.begin(), next.begin(), until, run);
		return eviction != null && eviction.permits(until - next.begin());
	}

	private static void flood(ScheduleHistory schedule, Findings findings) {
		List<Fire> fires = schedule.fires();
		long reported = Long.MIN_VALUE;
		for (int i = FLOOD; i < fires.size(); i++) {
			Fire fire = fires.get(i);
			if (fire.nanos() - fires.get(i - FLOOD).nanos() < SECOND && fire.nanos() > reported) {
				reported = fire.nanos() + 60 * SECOND;
				violation(fire, "More than %d runs began within a second".formatted(FLOOD), schedule, findings);
			}
		}
	}

	private static void violation(Fire fire, String message, ScheduleHistory schedule, Findings findings) {
		findings.violation(Promise.MISSED_RUNS, fire.nanos(), schedule.task(), fire.span().shard(), message);
	}

}
