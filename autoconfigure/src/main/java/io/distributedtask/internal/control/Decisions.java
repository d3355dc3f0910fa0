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

package io.distributedtask.internal.control;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.OperatorDecisionEvent.Decision;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The requests of operators between two states.
 */
public final class Decisions {

	/**
	 * A request whose task or instance is gone is cleared by a leader with an earlier
	 * time than that: it is not a request of an operator.
	 */
	private static final Duration RECENT = Duration.ofHours(1);

	private Decisions() {
	}

	public static List<OperatorDecisionEvent> between(OperatorState former, OperatorState now, long millis) {
		if (former.equals(now)) {
			return List.of();
		}
		Map<Key, OperatorCommand> before = new HashMap<>();
		former.entries().forEach((entry) -> before.put(entry.key(), entry));
		List<OperatorDecisionEvent> decisions = new ArrayList<>();
		now.entries()
			.stream()
			.filter((entry) -> !entry.equals(before.get(entry.key())))
			.filter((entry) -> entry.isSet() || isTakenBack(entry, before.get(entry.key()), millis))
			.sorted()
			.forEach((entry) -> decisions.add(decision(entry)));
		return decisions;
	}

	/**
	 * A run that is done is cleared, too, by the instance that made it.
	 */
	private static boolean isTakenBack(OperatorCommand entry, @Nullable OperatorCommand former, long millis) {
		return entry.key().kind() != Kind.RUN && former != null && former.isSet()
				&& millis - entry.time() < RECENT.toMillis();
	}

	private static OperatorDecisionEvent decision(OperatorCommand entry) {
		Key key = entry.key();
		boolean isSet = entry.isSet();
		Instant at = Instant.ofEpochMilli(entry.time());
		return switch (key.kind()) {
			case PAUSE_ALL -> new OperatorDecisionEvent(at, isSet ? Decision.PAUSE : Decision.RESUME, null, null, null,
					entry.author());
			case PAUSE -> new OperatorDecisionEvent(at, isSet ? Decision.PAUSE : Decision.RESUME, key.subject(), null,
					null, entry.author());
			case MOVE -> new OperatorDecisionEvent(at, isSet ? Decision.MOVE : Decision.CLEAR, key.subject(),
					key.shard(), entry.value(), entry.author());
			case RUN -> new OperatorDecisionEvent(at, Decision.RUN, key.subject(), key.shard(), null, entry.author());
			case DRAIN -> new OperatorDecisionEvent(at, isSet ? Decision.DRAIN : Decision.UNDRAIN, null, null,
					key.subject(), entry.author());
		};
	}

}
