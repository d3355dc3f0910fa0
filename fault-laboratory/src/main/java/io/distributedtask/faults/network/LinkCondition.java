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

package io.distributedtask.faults.network;

/**
 * How a {@link Link} is.
 */
enum LinkCondition {

	/** Everything flows. */
	HEALTHY,
	/** Connections are reset, new ones at once. */
	CUT,
	/** Connections are accepted and stay open, and nothing flows. */
	STALLED,
	/** Nothing flows from the client to the broker. */
	TO_BROKER_STOPPED,
	/** Nothing flows from the broker to the client. */
	FROM_BROKER_STOPPED,
	/** Everything flows, and takes its time. */
	SLOW;

	boolean stopsToBroker() {
		return this == STALLED || this == TO_BROKER_STOPPED;
	}

	boolean stopsFromBroker() {
		return this == STALLED || this == FROM_BROKER_STOPPED;
	}

}
