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

package io.distributedtask.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * Durations that are fine by themselves and harmful together. Those that are set by
 * properties of other owners, which may have good reasons for them, are worth a warning;
 * {@link PropertyRules} refuses those that can only be mistakes.
 */
final class DurationConflicts {

	private static final String IN_KAFKA_PROPERTIES = "in distributed-task.kafka.properties, which applies to the "
			+ "group member only";

	/** How many attempts a session has to have room for. */
	private static final int ATTEMPTS = 3;

	private DurationConflicts() {
	}

	/**
	 * Whether tasks may take longer to stop than the application.
	 * @param revokeTimeout how long a task may take to stop when revoked
	 * @param shutdownPhase how long Spring waits for a phase of the shutdown
	 * @return the warnings
	 */
	static List<String> atShutdown(Duration revokeTimeout, Duration shutdownPhase) {
		if (revokeTimeout.compareTo(shutdownPhase) <= 0) {
			return List.of();
		}
		return List.of(("distributed-task.revoke-timeout (%s) is longer than "
				+ "spring.lifecycle.timeout-per-shutdown-phase (%s): a task that needs that long is interrupted "
				+ "earlier when the application stops. Raise spring.lifecycle.timeout-per-shutdown-phase to %s, or "
				+ "lower distributed-task.revoke-timeout")
			.formatted(PropertyRules.text(revokeTimeout), PropertyRules.text(shutdownPhase),
					PropertyRules.text(revokeTimeout.plusSeconds(2))));
	}

	/**
	 * Whether the Kafka client may give up a connection, or wait before it makes one, at
	 * a time when the group counts on this instance.
	 * @param kafka the properties of the client
	 * @param sessionTimeout the session timeout
	 * @param rebalanceTimeout the rebalance timeout
	 * @return the warnings
	 */
	static List<String> ofClient(Map<String, Object> kafka, Duration sessionTimeout, Duration rebalanceTimeout) {
		List<String> warnings = new ArrayList<>();
		Long idle = millis(kafka, CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG);
		if (idle != null && idle >= 0 && idle <= rebalanceTimeout.toMillis()) {
			warnings.add(conflict(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, idle,
					"is not longer than distributed-task.rebalance-timeout", rebalanceTimeout,
					"a member that waits for the others to join sends nothing for that long, and would lose its "
							+ "connection and join again. Set it to more than %s",
					rebalanceTimeout));
		}
		Long request = millis(kafka, CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG);
		if (request != null && request <= sessionTimeout.toMillis()) {
			warnings.add(conflict(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, request,
					"is not longer than distributed-task.session-timeout", sessionTimeout,
					"a member that waits for a leader which has just died would close its connection and join again. "
							+ "Set it to more than %s",
					sessionTimeout));
		}
		for (String backoff : List.of(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG,
				CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG,
				CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG)) {
			Long pause = millis(kafka, backoff);
			Duration most = sessionTimeout.dividedBy(ATTEMPTS);
			if (pause != null && pause > most.toMillis()) {
				warnings.add(conflict(backoff, pause, "is more than a third of distributed-task.session-timeout",
						sessionTimeout,
						"after a disconnection this instance would lose its tasks before it has tried again. Set it "
								+ "to %s or less",
						most));
			}
		}
		return warnings;
	}

	private static String conflict(String key, long value, String what, Duration other, String why, Duration remedy) {
		return "Kafka's %s (%s) %s (%s): %s, %s".formatted(key, PropertyRules.text(Duration.ofMillis(value)), what,
				PropertyRules.text(other), why.formatted(PropertyRules.text(remedy)), IN_KAFKA_PROPERTIES);
	}

	/**
	 * A value that is not a number is the client's to complain about.
	 */
	private static @Nullable Long millis(Map<String, Object> kafka, String key) {
		try {
			return Long.valueOf(String.valueOf(kafka.get(key)).strip());
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

}
