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

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * What a run amounts to.
 *
 * @param lasted from the first line to the last
 * @param faults how many faults were done, by kind
 * @param violations how many promises were broken, by promise, all of them named
 * @param longestGaps for how long a shard was without an owner at most, by what ended the
 * former ownership
 * @param counts how much of everything there was
 * @param notes what is worth knowing and breaks no promise
 */
public record Figures(Duration lasted, Map<FaultKind, Integer> faults, Map<Promise, Integer> violations,
		Map<String, Gap> longestGaps, Map<String, Long> counts, Map<String, Long> notes) {

	static Figures of(RecordedRun run, Findings findings) {
		Map<FaultKind, Integer> faults = new EnumMap<>(FaultKind.class);
		Set<String> ids = new HashSet<>();
		run.faults()
			.stream()
			.filter((fault) -> ids.add(fault.id()))
			.forEach((fault) -> faults.merge(fault.kind(), 1, Integer::sum));
		Map<Promise, Integer> violations = new EnumMap<>(Promise.class);
		for (Promise promise : Promise.values()) {
			violations.put(promise, 0);
		}
		List<Violation> found = findings.violations();
		found.forEach((violation) -> violations.merge(violation.promise(), 1, Integer::sum));
		Duration lasted = Duration.ofNanos(run.history().end() - run.history().begin());
		return new Figures(lasted, faults, violations, findings.longestGaps(), counts(run), findings.notes());
	}

	private static Map<String, Long> counts(RecordedRun run) {
		Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
		Set<Long> tokens = new HashSet<>();
		for (HistoryEvent event : run.history().events()) {
			kinds.merge(event.kind(), 1L, Long::sum);
			if (event.token() >= 0) {
				tokens.add(event.token());
			}
		}
		Map<String, Long> counts = new TreeMap<>();
		counts.put("instances started", (long) run.lives().size());
		counts.put("ownerships", run.spans().values().stream().mapToLong(List::size).sum());
		counts.put("ownerships handed over in order", ends(run, Span.End.REVOKED));
		counts.put("ownerships lost", ends(run, Span.End.LOST));
		counts.put("runs", kinds.getOrDefault(Kind.RUN_START, 0L));
		counts.put("iterations of work", kinds.getOrDefault(Kind.WORK, 0L));
		counts.put("scheduled runs", kinds.getOrDefault(Kind.FIRE, 0L));
		counts.put("leases seen", kinds.getOrDefault(Kind.LEASE, 0L));
		counts.put("writes accepted", kinds.getOrDefault(Kind.ACCEPTED, 0L));
		counts.put("writes refused", kinds.getOrDefault(Kind.REFUSED, 0L));
		counts.put("tokens seen", (long) tokens.size());
		counts.put("processes that could be watched", watched(run));
		counts.put("kinds of faults for which this machine lacks something", skipped(run));
		return counts;
	}

	private static long watched(RecordedRun run) {
		return run.history()
			.events()
			.stream()
			.filter((event) -> event.kind() == Kind.WATCHED)
			.map(HistoryEvent::source)
			.distinct()
			.count();
	}

	private static long skipped(RecordedRun run) {
		return run.history()
			.events()
			.stream()
			.filter((event) -> event.kind() == Kind.SKIPPED)
			.mapToLong((event) -> event.detail().split(" ")[0].split(",").length)
			.sum();
	}

	private static long ends(RecordedRun run, Span.End end) {
		return run.spans().values().stream().flatMap(List::stream).filter((span) -> span.end() == end).count();
	}

}
