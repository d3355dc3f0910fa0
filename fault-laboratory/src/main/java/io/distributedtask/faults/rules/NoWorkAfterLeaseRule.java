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
import java.util.LinkedHashMap;
import java.util.Map;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * No work by an owner after its lease, past its first look.
 * <p>
 * A {@code WORK} or {@code FIRE} line bears the time from before the look at
 * {@code isOwned()} that said yes. Two things show that this answer was wrong:
 * <ul>
 * <li>Another process had begun on that shard with a higher token before that time. It
 * had been given the shard even earlier, whenever it came to write its line.</li>
 * <li>The process had been frozen for longer than a session timeout, and the ownership is
 * from before that. No heartbeat was sent meanwhile, so the lease had ended, and an ended
 * lease is never renewed. That it was frozen is taken from the fault <em>and</em> from
 * its silence, so a signal that came late or never raises no false alarm.</li>
 * </ul>
 * The end of a lease as such cannot be judged from outside: a renewal between two lines
 * may not have been written down.
 * <p>
 * An owner that is frozen after its look, and goes on with that iteration when it is
 * thawed, is not meant here: its time is from before it was frozen. What it writes then
 * has a stale token, see {@link FencedStoreRule}.
 * <p>
 * <strong>Permitted:</strong> what {@link OneOwnerRule} permits after an eviction.
 */
final class NoWorkAfterLeaseRule implements Rule {

	/** A signal is written down before it is sent. */
	private static final long SIGNAL = 500_000_000;

	@Override
	public void check(RecordedRun run, Findings findings) {
		Walk walk = new Walk(run);
		run.history().events().stream().filter((event) -> run.lives().containsKey(event.source())).forEach(walk::take);
		walk.wrong.values().forEach((wrong) -> wrong.report(findings));
	}

	private record Key(String source, String task, int shard, long token) {

		static Key of(HistoryEvent event) {
			return new Key(event.source(), event.task(), event.shard(), event.token());
		}

	}

	private static final class Wrong {

		private final HistoryEvent first;

		private final String why;

		private int iterations;

		private Wrong(HistoryEvent first, String why) {
			this.first = first;
			this.why = why;
		}

		private void report(Findings findings) {
			findings.violation(Promise.NO_WORK_AFTER_LEASE, this.first.nanos(), this.first.task(), this.first.shard(),
					"%s#%d on %s under token %d: %d iterations %s".formatted(this.first.task(), this.first.shard(),
							this.first.source(), this.first.token(), this.iterations, this.why));
		}

	}

	private static final class Walk {

		private final RecordedRun run;

		private final Map<Key, Wrong> wrong = new LinkedHashMap<>();

		private final Map<Key, Long> begun = new HashMap<>();

		private final Map<String, HistoryEvent> highest = new HashMap<>();

		private final Map<String, Long> lastLines = new HashMap<>();

		/** Ownerships of the process that began before this moment are over. */
		private final Map<String, Long> overBefore = new HashMap<>();

		private Walk(RecordedRun run) {
			this.run = run;
		}

		private void take(HistoryEvent event) {
			noteSilence(event);
			if (event.task().isEmpty()) {
				return;
			}
			Key key = Key.of(event);
			long begin = this.begun.computeIfAbsent(key, (absent) -> event.nanos());
			if (event.kind() == Kind.WORK || event.kind() == Kind.FIRE) {
				HistoryEvent other = this.highest.get(event.task() + "#" + event.shard());
				if (other != null && other.token() > event.token() && !other.source().equals(event.source())
						&& !isPermitted(event, begin, other)) {
					wrong(key, event, "after %s had begun under token %d".formatted(other.source(), other.token()));
				}
				else if (begin < this.overBefore.getOrDefault(event.source(), Long.MIN_VALUE)) {
					wrong(key, event, "after its process was frozen for longer than its session");
				}
			}
			if (event.kind() == Kind.RUN_START || event.kind() == Kind.ASSIGNED || event.kind() == Kind.FIRE) {
				this.highest.merge(event.task() + "#" + event.shard(), event,
						(former, next) -> (next.token() > former.token()) ? next : former);
			}
		}

		private void wrong(Key key, HistoryEvent event, String why) {
			this.wrong.computeIfAbsent(key, (absent) -> new Wrong(event, why)).iterations++;
		}

		private void noteSilence(HistoryEvent event) {
			Long last = this.lastLines.put(event.source(), event.nanos());
			long session = this.run.group().sessionTimeout().toNanos();
			if (last != null && event.nanos() - last > session) {
				this.run.faults()
					.stream()
					.filter((fault) -> Fault.FREEZES.contains(fault.kind()) && fault.target().equals(event.instance())
							&& fault.begin() <= event.nanos() && last <= fault.begin() + SIGNAL
							&& event.nanos() - fault.begin() - SIGNAL > session)
					.mapToLong(Fault::begin)
					.max()
					.ifPresent((begin) -> this.overBefore.put(event.source(), begin));
			}
		}

		private boolean isPermitted(HistoryEvent work, long begin, HistoryEvent other) {
			Eviction eviction = Eviction.find(work.instance(), begin, other.nanos(), work.nanos(), this.run);
			return eviction != null && eviction.permits(work.nanos() - other.nanos());
		}

	}

}
