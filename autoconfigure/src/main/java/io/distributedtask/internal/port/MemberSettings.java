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

package io.distributedtask.internal.port;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The settings of this instance and its timeouts.
 *
 * @param groupId the group
 * @param instance the name of this instance
 * @param uri the URI of this instance's actuator, for people; requested each time it
 * joins
 * @param labels the labels of this instance
 * @param capacity how much it can carry relative to others
 * @param heartbeatInterval the interval between heartbeats to the coordinator
 * @param sessionTimeout how long the coordinator waits for a heartbeat
 * @param rebalanceTimeout how long the coordinator waits for members to join again
 * @param revokeTimeout how long a task may take to stop when revoked
 * @param rebalanceDelay how long the shards of an instance that has left are reserved for
 * its return
 * @param maxMoves how many shards may be in hand-over at a time that could stay
 * @param staticMember whether this instance is a static member, which returns without
 * having left
 * @param local whether there is no group, so that this instance owns everything
 */
public record MemberSettings(String groupId, String instance, Supplier<@Nullable URI> uri, Map<String, String> labels,
		double capacity, Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout,
		Duration revokeTimeout, Duration rebalanceDelay, int maxMoves, boolean staticMember, boolean local) {

	public MemberSettings {
		labels = Map.copyOf(labels);
	}

	/**
	 * The settings of an instance without a limit of moves.
	 */
	public MemberSettings(String groupId, String instance, Supplier<@Nullable URI> uri, Map<String, String> labels,
			double capacity, Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout,
			Duration revokeTimeout, Duration rebalanceDelay, boolean staticMember, boolean local) {
		this(groupId, instance, uri, labels, capacity, heartbeatInterval, sessionTimeout, rebalanceTimeout,
				revokeTimeout, rebalanceDelay, Integer.MAX_VALUE, staticMember, local);
	}

	/**
	 * The settings of an instance that is not expected to return.
	 */
	public MemberSettings(String groupId, String instance, Supplier<@Nullable URI> uri, Map<String, String> labels,
			double capacity, Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout,
			Duration revokeTimeout) {
		this(groupId, instance, uri, labels, capacity, heartbeatInterval, sessionTimeout, rebalanceTimeout,
				revokeTimeout, Duration.ZERO, false, false);
	}

	/**
	 * How long to wait for more shards to stop before the first is announced to the
	 * group. An announcement is a rebalance, which takes about a heartbeat interval:
	 * shards that stop meanwhile have to wait for the next one.
	 */
	public Duration gatherTime() {
		return this.heartbeatInterval.multipliedBy(3).dividedBy(10);
	}

}
