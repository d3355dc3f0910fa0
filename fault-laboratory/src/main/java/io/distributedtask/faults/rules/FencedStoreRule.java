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

import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * A store that compares tokens accepts no write of a former owner.
 * <p>
 * The tokens of the writes that the store has accepted for a shard never fall, and writes
 * under one token come from one process only: a store cannot tell two owners with one
 * token apart. What the store refused was stale and came from an owner that was frozen
 * between its look and its write; it is counted.
 */
final class FencedStoreRule implements Rule {

	@Override
	public void check(RecordedRun run, Findings findings) {
		Map<String, HistoryEvent> latest = new HashMap<>();
		Map<String, String> writers = new HashMap<>();
		for (HistoryEvent event : run.history().events()) {
			if (event.kind() != Kind.ACCEPTED) {
				continue;
			}
			String id = event.task() + "#" + event.shard();
			HistoryEvent former = latest.put(id, event);
			if (former != null && former.token() > event.token()) {
				findings.violation(Promise.FENCED_STORE, event.nanos(), event.task(), event.shard(),
						"A write of %s under token %d was accepted after one of %s under token %d"
							.formatted(event.detail(), event.token(), former.detail(), former.token()));
			}
			String writer = writers.putIfAbsent(id + " " + event.token(), event.detail());
			if (writer != null && !writer.equals(event.detail())) {
				writers.put(id + " " + event.token(), event.detail());
				findings.violation(Promise.FENCED_STORE, event.nanos(), event.task(), event.shard(),
						"%s and %s both wrote under token %d".formatted(writer, event.detail(), event.token()));
			}
		}
	}

}
