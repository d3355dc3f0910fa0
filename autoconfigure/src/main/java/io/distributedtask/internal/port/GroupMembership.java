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

import java.time.Duration;

import io.distributedtask.Membership;
import org.jspecify.annotations.Nullable;

/**
 * One instance's membership of a group. Unless said otherwise a method is called on the
 * group's thread only, which calls {@link #poll} repeatedly.
 */
public interface GroupMembership extends AutoCloseable {

	/**
	 * Take part in the group: find the coordinator, join, heartbeat, and call the
	 * callbacks. Returns early when woken up, or when something happened.
	 * @param timeout how long to stay at most
	 * @param callbacks called when something happens
	 * @throws GroupException if the group cannot be reached or rejects this member
	 */
	void poll(Duration timeout, Callbacks callbacks);

	/**
	 * The group's thread is alive, but waits before it polls again. A member whose thread
	 * does not poll for the rebalance timeout leaves the group.
	 */
	default void keepAlive() {
	}

	/**
	 * Make the current or the next {@link #poll} return soon. Any thread.
	 */
	void wakeup();

	/**
	 * Join again at the next {@link #poll}, with the metadata of that moment.
	 * @param reason why, for the coordinator's log
	 */
	void requestRejoin(String reason);

	/**
	 * Leave the group and wait for the coordinator's answer. The member may join again by
	 * {@link #poll}. A static member does not leave, unless the group waits for it in a
	 * rebalance.
	 * @param reason why, for the coordinator's log
	 * @param timeout how long to wait for the answer
	 */
	void leave(String reason, Duration timeout);

	/**
	 * Ask the coordinator for the state of the whole group. Any thread but the group's.
	 * @param timeout how long to wait
	 * @return the description, or {@code null} when the coordinator did not answer
	 */
	@Nullable GroupDescription describe(Duration timeout);

	/**
	 * Which broker has not responded although it should have, and since when. From
	 * memory. Any thread.
	 * @return the silence, or {@code null} if there is none
	 */
	default @Nullable Silence silence() {
		return null;
	}

	/**
	 * The crash watch. From memory. Any thread.
	 * @return its status, {@code null} if there is none
	 */
	default Membership.@Nullable Watch watch() {
		return null;
	}

	/**
	 * Close the connections without leaving the group.
	 */
	@Override
	void close();

}
