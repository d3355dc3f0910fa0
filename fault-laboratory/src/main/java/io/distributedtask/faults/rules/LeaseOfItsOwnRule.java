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
import java.util.TreeMap;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.Span.End;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * Nobody loses its lease because another instance is stalled.
 * <p>
 * An instance that loses a shard must have a reason of its own: within the time before
 * that in which a fault has consequences (one session timeout and two heartbeat
 * intervals) there was a fault of its process, its links, its clock or a broker, or it
 * was evicted, or it was stopping. Faults of other instances are no reason: another one
 * that is killed, frozen or cut off, a leader that freezes in a rebalance, a member that
 * sends garbage, a storm of members that come and go. Nor is whatever is done to the
 * connections by which its process is watched.
 * <p>
 * Judged by the shards that say when they were lost; a schedule's loss is a conclusion
 * from theirs.
 * <p>
 * <strong>Permitted:</strong> a process from which no line came for half a session
 * timeout within that time. It did not run, though nobody froze it: a machine with more
 * processes than processors does that. Such pauses are counted.
 */
final class LeaseOfItsOwnRule implements Rule {

	static final String STARVED = "leases lost by processes that did not run, though nobody froze them";

	private static final long AT_ONCE = 1_000_000_000;

	@Override
	public void check(RecordedRun run, Findings findings) {
		Map<String, TreeMap<Long, Span>> losses = new HashMap<>();
		for (List<Span> spans : run.spans().values()) {
			for (Span span : spans) {
				if (span.end() == End.LOST && !span.isScheduled()) {
					losses.computeIfAbsent(span.source(), (source) -> new TreeMap<>()).put(span.endLine(), span);
				}
			}
		}
		losses.forEach((source, spans) -> {
			long last = Long.MIN_VALUE;
			for (Map.Entry<Long, Span> loss : spans.entrySet()) {
				if (loss.getKey() - AT_ONCE > last) {
					check(run.life(source), loss.getValue(), run, findings);
				}
				last = loss.getKey();
			}
		});
	}

	private void check(Life life, Span lost, RecordedRun run, Findings findings) {
		long at = lost.endLine();
		if (life.stopping() <= at || run.hasFault(at, at, (fault) -> isReason(fault, life.instance()))) {
			return;
		}
		if (wasSilent(life.source(), at, run)) {
			findings.count(STARVED, 1);
			return;
		}
		findings.violation(Promise.LEASE_OF_ITS_OWN, at, lost.task(), lost.shard(),
				"%s was lost, and nothing was done to %s or the brokers".formatted(lost, life.instance()));
	}

	private static boolean isReason(Fault fault, String instance) {
		return switch (fault.kind()) {
			case THROW, STORM, GARBAGE, WATCH_CUT, WATCH_STALL, WATCH_ONE_WAY, WATCH_REJECT, WATCH_PROXY,
					WATCH_LISTENER ->
				false;
			default -> fault.concerns(instance);
		};
	}

	private static boolean wasSilent(String source, long at, RecordedRun run) {
		long from = at - run.aftermath();
		long last = Long.MIN_VALUE;
		long longest = 0;
		for (HistoryEvent event : run.history().events()) {
			if (event.nanos() > at) {
				break;
			}
			if (event.source().equals(source) && event.kind() != Kind.STARTED) {
				if (last != Long.MIN_VALUE && event.nanos() >= from) {
					longest = Math.max(longest, event.nanos() - Math.max(last, from));
				}
				last = event.nanos();
			}
		}
		return longest > run.group().sessionTimeout().toNanos() / 2;
	}

}
