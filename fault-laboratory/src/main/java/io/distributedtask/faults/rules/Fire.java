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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;

/**
 * One run of a scheduled task.
 *
 * @param span the ownership under which it was
 * @param instant the instant for which it was, in milliseconds
 * @param nanos when it began
 * @param end when it ended, or {@code nanos} if that is not known
 */
record Fire(Span span, long instant, long nanos, long end) {

	/**
	 * All runs of a task, in the order in which they began.
	 */
	static List<Fire> of(RecordedRun run, String task) {
		Map<String, Span> spans = new HashMap<>();
		run.spans()
			.values()
			.stream()
			.flatMap(List::stream)
			.filter((span) -> span.task().equals(task))
			.forEach((span) -> spans.put(key(span.source(), span.shard(), span.token()), span));
		List<Fire> fires = new ArrayList<>();
		Map<String, Integer> open = new HashMap<>();
		for (HistoryEvent event : run.history().events()) {
			if (!event.task().equals(task) || event.detail().isEmpty()) {
				continue;
			}
			String key = key(event.source(), event.shard(), event.token());
			Span span = spans.get(key);
			if (event.kind() == Kind.FIRE && span != null) {
				open.put(key, fires.size());
				fires.add(new Fire(span, Long.parseLong(event.detail()), event.nanos(), event.nanos()));
			}
			else if (event.kind() == Kind.FIRE_END && open.containsKey(key)) {
				int index = open.remove(key);
				Fire begun = fires.get(index);
				fires.set(index, new Fire(begun.span, begun.instant, begun.nanos, event.nanos()));
			}
		}
		return fires;
	}

	private static String key(String source, int shard, long token) {
		return source + " " + shard + " " + token;
	}

	boolean isOfSameOwnership(Fire other) {
		return this.span.source().equals(other.span.source()) && this.span.token() == other.span.token();
	}

}
