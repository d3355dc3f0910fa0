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
import java.util.Map;

import io.distributedtask.faults.history.Fault;
import io.distributedtask.faults.history.Life;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.Span.End;
import io.distributedtask.faults.rules.Violation.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Nothing stops that does not have to move.
 * <p>
 * An ownership that was revoked in order, by a process that was not stopping, and whose
 * shard is next owned by that same process: it was stopped and started for nothing.
 * <p>
 * <strong>Permitted:</strong> if anything was done to anybody between the time before the
 * revocation in which a fault still has consequences, one rebalance earlier, and the next
 * ownership: the instance to which the shard was to go may have died on the way. That an
 * instance has begun is no excuse, for it is the usual reason of a move.
 * <p>
 * Also counted, without a verdict: the shards that changed hands when an instance joined
 * or left and nothing else happened, and how many of them balance made necessary.
 */
final class NothingStopsNeedlesslyRule implements Rule {

	static final String MOVED = "shards moved by joins and leaves that nothing disturbed";

	static final String HAD_TO_MOVE = "shards that had to move in these";

	@Override
	public void check(RecordedRun run, Findings findings) {
		run.spans().values().forEach((spans) -> check(spans, run, findings));
		run.lives().values().forEach((life) -> {
			countMoves(life.ready(), life, true, run, findings);
			countMoves(life.stopping(), life, false, run, findings);
		});
	}

	private void check(List<Span> spans, RecordedRun run, Findings findings) {
		for (int i = 1; i < spans.size(); i++) {
			Span former = spans.get(i - 1);
			Span next = spans.get(i);
			long before = former.endLine() - run.group().rebalanceTimeout().toNanos();
			if (former.end() == End.REVOKED && former.source().equals(next.source())
					&& run.life(former.source()).stopping() > next.begin()
					&& !isDisturbed(before, next.begin(), null, run)) {
				findings.violation(Promise.NOTHING_STOPS_NEEDLESSLY, former.endLine(), former.task(), former.shard(),
						"%s was revoked, and given back as token %d".formatted(former, next.token()));
			}
		}
	}

	private static boolean isDisturbed(long from, long to, @Nullable Life except, RecordedRun run) {
		return run.hasFault(from, to,
				(fault) -> !Fault.HARMLESS.contains(fault.kind())
						&& (except == null || !fault.target().equals(except.instance())))
				|| run.lives()
					.values()
					.stream()
					.filter((life) -> life != except)
					.anyMatch((life) -> isWithin(life.stopping(), from - run.aftermath(), to)
							|| isWithin(life.dead(), from - run.aftermath(), to) || (except != null
									&& (isWithin(life.started(), from, to) || isWithin(life.ready(), from, to))));
	}

	private static boolean isWithin(long nanos, long from, long to) {
		return nanos >= from && nanos <= to;
	}

	private static void countMoves(long at, Life life, boolean join, RecordedRun run, Findings findings) {
		long settle = OwnedInTimeRule.bound(run.group()).toNanos();
		boolean died = life.crashed() && life.dead() - at < settle;
		if (at == Long.MAX_VALUE || died || at + settle > run.history().end()
				|| isDisturbed(at - settle, at + settle, life, run)) {
			return;
		}
		// a joining instance is first seen when it has got something already
		Map<String, String> before = Owners.at(join ? life.started() : at - 1, run);
		Map<String, String> after = Owners.at(at + settle, run);
		if (before.isEmpty() || after.isEmpty()) {
			return;
		}
		long moved = before.entrySet()
			.stream()
			.filter((owner) -> !owner.getValue().equals(after.get(owner.getKey())))
			.count();
		long least = join ? before.size() / (before.values().stream().distinct().count() + 1)
				: before.values().stream().filter(life.source()::equals).count();
		findings.count(MOVED, moved);
		findings.count(HAD_TO_MOVE, least);
	}

}
