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

package io.distributedtask.faults.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.Span.End;

/**
 * Concludes how the ownerships of scheduled tasks ended: between two runs nobody writes
 * down anything, unless a listener of the application does. One that was followed by
 * another was lost if its process lost other shards before that, or died if the process
 * did; else it was given back in order.
 */
final class ScheduleEnds {

	private ScheduleEnds() {
	}

	static List<Span> infer(List<Span> spans, Map<String, List<Span>> all, Map<String, Life> lives) {
		List<Span> inferred = new ArrayList<>(spans.size());
		for (int i = 0; i < spans.size(); i++) {
			Span span = spans.get(i);
			Life life = lives.get(span.source());
			if (span.isScheduled() && span.end() == End.PAUSED && i + 1 < spans.size() && life != null) {
				End end = conclude(span, spans.get(i + 1).begin(), life, all);
				inferred.add(new Span(span.source(), span.task(), span.shard(), span.token(), span.begin(),
						span.validUntil(), span.workedUntil(), end, span.endLine()));
			}
			else {
				inferred.add(span);
			}
		}
		return inferred;
	}

	private static End conclude(Span span, long until, Life life, Map<String, List<Span>> all) {
		boolean lost = all.values()
			.stream()
			.flatMap(List::stream)
			.anyMatch((other) -> other.source().equals(span.source()) && other.end() == End.LOST
					&& other.endLine() >= span.endLine() && other.endLine() <= until);
		if (lost) {
			return End.LOST;
		}
		boolean died = life.dead() <= until && life.stopping() > life.dead();
		return died ? End.DIED : End.REVOKED;
	}

}
