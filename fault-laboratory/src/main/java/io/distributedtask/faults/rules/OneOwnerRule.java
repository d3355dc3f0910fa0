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

import java.util.ArrayList;
import java.util.List;

import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;
import io.distributedtask.faults.history.SpanBuilder;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * At most one instance holds a valid lease on a shard.
 * <p>
 * An ownership counts from its first line to the last moment at which it was surely
 * valid, as {@link SpanBuilder} says; two of different processes on one shard must not
 * overlap. Beginnings are taken late and ends early, so an overlap is real and its length
 * a lower bound. Of a scheduled task the ownership counts from the beginning of its first
 * run to the end of its last.
 * <p>
 * <strong>Permitted:</strong> after an administrator has removed a member by hand
 * ({@code EVICT}), that member's ownerships may overlap with those of their next owners
 * for one heartbeat interval, and for a session timeout if that member, its links or the
 * brokers were disturbed at the time: see {@link Eviction}.
 */
final class OneOwnerRule implements Rule {

	static final String EVICTED = "longest overlap after an eviction, ms";

	static final String EVICTED_DISTURBED = "longest overlap after an eviction of a disturbed member, ms";

	@Override
	public void check(RecordedRun run, Findings findings) {
		run.spans().values().forEach((spans) -> check(spans, run, findings));
	}

	private void check(List<Span> spans, RecordedRun run, Findings findings) {
		List<Span> valid = new ArrayList<>();
		for (Span next : spans) {
			if (next.wasSeenValid()) {
				valid.removeIf((span) -> span.validUntil() <= next.begin());
				valid.stream()
					.filter((span) -> !span.source().equals(next.source()))
					.forEach((span) -> overlap(span, next, run, findings));
				valid.add(next);
			}
		}
	}

	private void overlap(Span former, Span next, RecordedRun run, Findings findings) {
		long end = Math.min(former.validUntil(), next.validUntil());
		long length = end - next.begin();
		Eviction eviction = Eviction.find(former.instance(), former.begin(), next.begin(), end, run);
		if (eviction != null) {
			findings.largest(eviction.disturbed() ? EVICTED_DISTURBED : EVICTED, length / 1_000_000);
		}
		if (eviction == null || !eviction.permits(length)) {
			findings.violation(Promise.ONE_OWNER, next.begin(), next.task(), next.shard(),
					"%s was still valid for at least %d ms when %s began".formatted(former, length / 1_000_000, next));
		}
	}

}
