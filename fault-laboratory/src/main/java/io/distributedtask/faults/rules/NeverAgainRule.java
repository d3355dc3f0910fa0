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
import java.util.Map;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * What has run is not run again, however slow the schedule is and however long ago it
 * was.
 * <p>
 * A process that has run an instant never runs it again: it knows. Another one may, if
 * the former owner vanished within its lease: so not unless something happened to
 * somebody in the time after the run in which that can have been, which is two sessions,
 * if the leader was cut off too, and a rebalance.
 * <p>
 * Nothing is said while somebody's wall clock is wrong: its instants are what that clock
 * shows.
 */
final class NeverAgainRule implements Rule {

	@Override
	public void check(RecordedRun run, Findings findings) {
		Map<String, HistoryEvent> ran = new HashMap<>();
		for (HistoryEvent event : run.history().events()) {
			if (event.kind() == Kind.RAN) {
				findings.count("runs of slow schedules", 1);
				HistoryEvent former = ran.put(event.detail(), event);
				if (former != null && !mayRepeat(former, event, run)) {
					findings.violation(Promise.NEVER_AGAIN, event.nanos(), event.detail().split(" ")[0], 0,
							"%s was run by %s, and again by %s %.1f s later".formatted(event.detail(), former.source(),
									event.source(), (event.nanos() - former.nanos()) / 1e9));
				}
			}
		}
	}

	private static boolean mayRepeat(HistoryEvent former, HistoryEvent event, RecordedRun run) {
		if (run.hasFault(former.nanos(), event.nanos(), (fault) -> fault.kind() == FaultKind.CLOCK_JUMP)) {
			return true;
		}
		long within = run.group().sessionTimeout().multipliedBy(2).plus(run.group().rebalanceTimeout()).toNanos();
		return !former.source().equals(event.source()) && run.hasFault(former.nanos(), former.nanos() + within,
				(fault) -> !Fault.ORDERLY.contains(fault.kind()));
	}

}
