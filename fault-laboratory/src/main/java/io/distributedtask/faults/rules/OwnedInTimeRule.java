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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.Span.End;
import io.distributedtask.faults.history.SpanBuilder;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * No shard is without an owner for longer than promised.
 * <p>
 * A shard is without an owner from the moment until which one was worked on (see
 * {@link SpanBuilder}) to the beginning of the next ownership that was seen valid; a
 * scheduled task from the end of a run to the beginning of the next, less the second in
 * which none is due. A gap is too long if a {@link Quiet quiet} time in it is longer than
 *
 * <pre>
 *     session timeout             until the former owner is missed
 *   + heartbeat interval          until the others hear of it
 *   + rebalance timeout           if a member that joins no more holds up the rebalance
 *   + revoke timeout              the time that a former owner may need to stop
 *   + one second                  for a thread to start on a busy machine
 *   + session timeout             that a static member's former process may act for
 * </pre>
 *
 * So the promise is counted from the last disturbance: who is disturbed anew has to be
 * waited for anew. It is most severe when the laboratory leaves the group alone, between
 * {@code SETTLING} and {@code SETTLED}. If the history ends in that state, later than the
 * bound after {@code SETTLING}, that is too long as well.
 * <p>
 * The longest gap is noted by what ended the former ownership, whether it is permitted or
 * not, and also that between owners that handed over in order.
 */
public final class OwnedInTimeRule implements Rule {

	private static final long PERIOD = 1_000_000_000;

	private static final Duration THREAD_START = Duration.ofSeconds(1);

	/**
	 * The longest quiet time without an owner.
	 * @param group what is under test
	 * @return the time
	 */
	public static Duration bound(GroupUnderTest group) {
		return group.sessionTimeout()
			.plus(group.heartbeatInterval())
			.plus(group.rebalanceTimeout())
			.plus(group.revokeTimeout())
			.plus(THREAD_START)
			.plus(group.staticMembers() ? group.sessionTimeout() : Duration.ZERO);
	}

	@Override
	public void check(RecordedRun run, Findings findings) {
		Quiet quiet = new Quiet(run);
		run.spans().forEach((id, spans) -> {
			List<Span> pieces = isScheduled(spans.get(0)) ? runs(spans, run) : spans;
			check(pieces, run, quiet, findings);
		});
		checkSettled(run, findings);
	}

	private static boolean isScheduled(Span span) {
		return span.task().equals(GroupUnderTest.TICK) || span.task().equals(GroupUnderTest.TOCK);
	}

	// the single runs of a scheduled task, and the second after each
	private static List<Span> runs(List<Span> spans, RecordedRun run) {
		List<Span> runs = new ArrayList<>();
		for (Fire fire : Fire.of(run, spans.get(0).task())) {
			Span owner = fire.span();
			boolean last = fire.nanos() >= owner.endLine() || fire.end() >= owner.endLine();
			runs.add(new Span(owner.source(), owner.task(), owner.shard(), owner.token(), fire.nanos(),
					fire.end() + PERIOD, fire.end() + PERIOD, last ? owner.end() : End.PAUSED, fire.end()));
		}
		return runs;
	}

	private void check(List<Span> spans, RecordedRun run, Quiet quiet, Findings findings) {
		Span former = null;
		for (Span next : spans) {
			if (!next.wasSeenValid()) {
				continue;
			}
			if (former != null && former.workedUntil() < next.begin()) {
				gap(former, next.begin(), true, run, quiet, findings);
			}
			if (former == null || next.workedUntil() > former.workedUntil()) {
				former = next;
			}
		}
		if (former != null && former.end() != End.OPEN && former.workedUntil() < observedUntil(run)) {
			gap(former, observedUntil(run), false, run, quiet, findings);
		}
	}

	// when all is well for the last time the laboratory ends by stopping everything
	private static long observedUntil(RecordedRun run) {
		List<HistoryEvent> events = run.history().events();
		for (int i = events.size() - 1; i >= 0; i--) {
			if (events.get(i).kind() == Kind.SETTLED) {
				return events.get(i).nanos();
			}
			if (events.get(i).kind() == Kind.SETTLING) {
				break;
			}
		}
		return run.history().end();
	}

	private void gap(Span former, long until, boolean ended, RecordedRun run, Quiet quiet, Findings findings) {
		long length = until - former.workedUntil();
		String cause = Cause.of(former, run);
		findings.gap(cause, new Gap(length, former.workedUntil() - run.history().begin(), former.id()));
		long bound = bound(run.group()).toNanos();
		long longest = (length > bound) ? quiet.longest(former.workedUntil(), until, former.task()) : 0;
		if (longest > bound) {
			findings.violation(Promise.OWNED_IN_TIME, former.workedUntil(), former.task(), former.shard(),
					"Nobody owned %s for %d ms%s after %s (%s); of these %d ms were quiet, and %d ms are permitted"
						.formatted(former.id(), length / 1_000_000, ended ? "" : " until the end", former, cause,
								longest / 1_000_000, bound / 1_000_000));
		}
	}

	private static void checkSettled(RecordedRun run, Findings findings) {
		Optional<HistoryEvent> last = run.history()
			.events()
			.stream()
			.filter((event) -> event.kind() == Kind.SETTLING || event.kind() == Kind.SETTLED)
			.reduce((former, next) -> next);
		if (last.isPresent() && last.get().kind() == Kind.SETTLING
				&& run.history().end() - last.get().nanos() > bound(run.group()).multipliedBy(2).toNanos()) {
			findings.violation(Promise.OWNED_IN_TIME, last.get().nanos(), "", -1,
					"Episode %s did not settle%s".formatted(last.get().detail(), isAnyReady(run) ? ""
							: ": no instance has come up, which says more of the machine than of a promise"));
		}
	}

	private static boolean isAnyReady(RecordedRun run) {
		return run.lives().values().stream().anyMatch((life) -> life.ready() != Long.MAX_VALUE);
	}

}
