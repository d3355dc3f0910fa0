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

package io.distributedtask.internal.group;

import org.apache.kafka.common.Node;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's group membership with our protocol type.
 */
public interface TaskGroupCoordinator {

	/**
	 * The type of the group's protocol, as the brokers show it.
	 */
	String PROTOCOL_TYPE = "distributed-task";

	/**
	 * Find the coordinator of the group. Not left to {@link #stayInGroup}: a wake-up
	 * during the search would keep a failed search for ever.
	 * @param timer how long to search
	 * @return whether it was found
	 */
	boolean findCoordinator(Timer timer);

	/**
	 * Join if that is needed, and wait until it is done or the client is woken up.
	 * @param beforeJoin called before it waits for a join
	 * @return whether a join was completed
	 */
	boolean stayInGroup(Runnable beforeJoin);

	/**
	 * Let Kafka's heartbeat thread know that the group's thread is alive, and check that
	 * the heartbeat thread is. One that has failed is replaced by a join only. If it
	 * failed because of missing authorization, the join will fail with that, or succeed
	 * if that is repaired.
	 * @throws IllegalStateException if it has ended without reporting a failure
	 */
	void lookAfterHeartbeats();

	/**
	 * Let Kafka's heartbeat thread know that the group's thread is alive. The heartbeat
	 * thread is checked later.
	 */
	void keepAlive();

	/**
	 * Join again, unless that is going to happen anyway: kafka-clients logs each request.
	 * @param reason why, for the log
	 */
	void rejoin(String reason);

	/**
	 * Close without leaving the group.
	 * @param time the time
	 */
	void closeQuietly(Time time);

	/**
	 * Search for the coordinator again.
	 */
	void forgetCoordinator();

	/**
	 * Whether this member is going to join without a member id.
	 */
	boolean isNewcomer();

	/**
	 * Whether a member id is the one with which this member is going to join.
	 */
	boolean isOwnId(String memberId);

	@Nullable Node node();

	long untilNextHeartbeat(long now);

	/**
	 * Join again.
	 * @param reason why, for the log
	 */
	void requestRejoin(String reason);

}
