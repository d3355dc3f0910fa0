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

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * Instants are neither repeated nor missed while the owner stays the same, nor in an
 * orderly hand-over, whatever {@code onMissedRun} says.
 * <p>
 * <strong>Steady:</strong> the runs of one ownership are for instants that follow each
 * other. Left out may be what came due while the run before was still in progress, as
 * Spring does, so those up to the end of that run; anything, if the process was frozen.
 * <p>
 * <strong>Hand-over:</strong> likewise for the last run of the former and the first run
 * of the next owner, if the former gave the task back in order and nothing but orderly
 * things happened to anybody at the time. What came due in between is fired one by one,
 * if it is not more than {@value #CATCH_UP} instants in {@value #LONGEST} milliseconds;
 * else, and when the former owner has got it back after a restart, it was missed in a
 * gap.
 * <p>
 * <strong>Repeated:</strong> an instant for which there are two runs, in the same
 * ownership or across an orderly hand-over. (After a crash see {@link MissedRunsRule}.)
 * <p>
 * Nothing is said of owners whose wall clock is wrong, or has just been: their instants
 * are what that clock shows.
 */
final class FiresOnceRule implements Rule {

	/** How many instants the next owner makes good one by one, at least. */
	static final int CATCH_UP = 10;

	/** How long a hand-over may take, less what a line may be late. */
	static final long LONGEST = 4500;

	@Override
	public void check(RecordedRun run, Findings findings) {
		for (String task : List.of(GroupUnderTest.TICK, GroupUnderTest.TOCK)) {
			ScheduleHistory schedule = ScheduleHistory.of(run, task);
			List<Fire> fires = schedule.fires();
			for (int i = 1; i < fires.size(); i++) {
				missed(fires.get(i - 1), fires.get(i), schedule, findings);
			}
			repeated(schedule, findings);
		}
	}

	private static void missed(Fire former, Fire next, ScheduleHistory schedule, Findings findings) {
		boolean steady = former.isOfSameOwnership(next);
		long missed = (next.instant() - former.instant()) / ScheduleHistory.PERIOD - 1;
		long lastMissed = next.instant() - ScheduleHistory.PERIOD;
		long excused = schedule.wall(former.end()) + ScheduleHistory.TOLERANCE;
		if (!steady && isGap(former, next)) {
			return;
		}
		if (missed <= 0 || lastMissed <= excused || schedule.isClockWrong(former, next)) {
			return;
		}
		if (steady ? !wasFrozen(former, next, schedule.run()) : schedule.isOrderly(former, next)) {
			findings.violation(Promise.FIRES_ONCE, next.nanos(), schedule.task(), next.span().shard(),
					"%d instants before %d have no run, %s".formatted(missed, next.instant(),
							steady ? "though %s was its owner all the time".formatted(next.span())
									: "though %s handed over in order to %s".formatted(former.span(), next.span())));
		}
	}

	private static boolean isGap(Fire former, Fire next) {
		return next.nanos() - former.end() > LONGEST * 1_000_000
				|| next.span().instance().equals(former.span().instance());
	}

	private static boolean wasFrozen(Fire former, Fire next, RecordedRun run) {
		return run.faults()
			.stream()
			.anyMatch((fault) -> Fault.FREEZES.contains(fault.kind()) && fault.target().equals(former.span().instance())
					&& fault.overlaps(former.nanos(), next.nanos()));
	}

	private static void repeated(ScheduleHistory schedule, Findings findings) {
		Map<Long, Fire> byInstant = new HashMap<>();
		for (Fire fire : schedule.fires()) {
			Fire former = byInstant.put(fire.instant(), fire);
			if (former != null && !schedule.isClockWrong(former, fire)
					&& (former.isOfSameOwnership(fire) || schedule.isOrderly(former, fire))) {
				findings.violation(Promise.FIRES_ONCE, fire.nanos(), schedule.task(), fire.span().shard(),
						"There are two runs for %d: by %s and by %s".formatted(fire.instant(), former.span(),
								fire.span()));
			}
		}
	}

}
