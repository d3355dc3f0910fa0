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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * The crash watch has no process removed that lives.
 * <p>
 * Judged is what the watch takes for proven, whether or not the coordinator is there to
 * act on it. A process that was taken for ended has lived beyond the end of its
 * connection if it has seen an ownership as its own after that, or if it was killed after
 * that. Both are certain: a line is with the operating system before its process can end,
 * and the beginning of a kill is written down before it is done. One that was frozen
 * shows it when it goes on.
 * <p>
 * So of a process that stops in order it is demanded as well that nobody can take it for
 * ended while it owns something.
 */
final class NobodyRemovedAliveRule implements Rule {

	static final String FOUND = "processes that the crash watch found to have ended";

	static final String KILLED = "processes that could be watched and were killed";

	static final String KILLED_FOUND = "processes that could be watched and were killed, found by the crash watch";

	static final String REMOVED = "fail-overs by the crash watch";

	static final String SOON = "fail-overs by the crash watch within a second of the end of the connection";

	static final String LONGEST = "longest fail-over by the crash watch, ms";

	private static final long SECOND_MILLIS = 1000;

	/** What a process writes only when it has looked, and the answer was yes. */
	private static final Set<Kind> SIGNS_OF_LIFE = Set.of(Kind.WORK, Kind.LEASE, Kind.FIRE, Kind.RAN);

	@Override
	public void check(RecordedRun run, Findings findings) {
		Map<String, String> sources = new HashMap<>();
		Set<String> found = new HashSet<>();
		List<HistoryEvent> events = run.history().events();
		events.stream()
			.filter((event) -> event.kind() == Kind.WATCHED)
			.forEach((event) -> sources.put(event.detail(), event.source()));
		for (HistoryEvent event : events) {
			String[] words = event.detail().split(" ");
			if (event.kind() == Kind.FOUND_ENDED) {
				String source = sources.get(words[1]);
				if (source != null && found.add(source)) {
					check(event, run.life(source), run, findings);
				}
			}
			else if (event.kind() == Kind.CRASHED) {
				long millis = Long.parseLong(words[1]);
				findings.count(REMOVED, 1);
				findings.count(SOON, (millis <= SECOND_MILLIS) ? 1 : 0);
				findings.largest(LONGEST, millis);
			}
		}
		if (!sources.isEmpty()) {
			List<String> killed = sources.values()
				.stream()
				.distinct()
				.filter((source) -> run.life(source).killed() != Long.MAX_VALUE)
				.toList();
			findings.count(FOUND, found.size());
			findings.count(KILLED, killed.size());
			findings.count(KILLED_FOUND, killed.stream().filter(found::contains).count());
		}
	}

	private static void check(HistoryEvent found, Life life, RecordedRun run, Findings findings) {
		Optional<HistoryEvent> sign = run.history()
			.events()
			.stream()
			.filter((event) -> event.nanos() > found.nanos() && event.source().equals(life.source())
					&& SIGNS_OF_LIFE.contains(event.kind()))
			.findFirst();
		sign.ifPresent((event) -> violation(found, life, event.nanos(), "owned something", findings));
		if (sign.isEmpty() && life.killed() != Long.MAX_VALUE && life.killed() > found.nanos()) {
			violation(found, life, life.killed(), "was killed", findings);
		}
	}

	private static void violation(HistoryEvent found, Life life, long at, String what, Findings findings) {
		findings.violation(Promise.NOBODY_REMOVED_ALIVE, found.nanos(), "", -1,
				"%s took %s for ended, which %s %d ms later".formatted(found.source(), life.source(), what,
						(at - found.nanos()) / 1_000_000));
	}

}
