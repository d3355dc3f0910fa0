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

import java.util.Map;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Receives what happens in the group.
 */
public interface Callbacks {

	/**
	 * This member is going to join, and another one has its static member id: it will be
	 * replaced. Group's thread.
	 * @param assignment the last assignment of the other one, or {@code null} if that is
	 * not known
	 */
	default void replaces(@Nullable MemberAssignment assignment) {
	}

	/**
	 * The metadata of this instance, requested just before it joins. Group's thread.
	 * @return the metadata of this moment
	 */
	MemberMetadata memberMetadata();

	/**
	 * This member is the leader: find an assignment. Group's thread.
	 * @param round the members and the limits
	 * @return an assignment for each member, by its id
	 */
	Map<String, MemberAssignment> assign(Round round);

	/**
	 * A rebalance has ended. Group's thread.
	 * @param memberId the id of this member
	 * @param generation the number of the rebalance
	 * @param assignor the name of the assignor that the group uses
	 * @param assignment the assignment of this member, or {@code null} when its bytes
	 * could not be decoded
	 */
	void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment);

	/**
	 * The coordinator has answered a request of the current member. Any thread.
	 * @param sentNanos the monotonic clock when the request was sent
	 * @param sentMillis the wall clock when the request was sent
	 * @param rebalancing whether the response was that the group is rebalancing
	 */
	void contact(long sentNanos, long sentMillis, boolean rebalancing);

	/**
	 * The coordinator has started to wait again for a request that members have to send
	 * in time: for their SyncGroup when all have joined, or for their JoinGroup when it
	 * asks them to join again. Any thread.
	 * @param sentNanos the monotonic clock when a heartbeat was sent whose response shows
	 * that it had not started to
	 * @param sentMillis the wall clock at that time
	 */
	void waitsAnew(long sentNanos, long sentMillis);

	/**
	 * This member has found that the process of another one has ended, and the
	 * coordinator has removed it. Any thread.
	 * @param instance the name of the other instance
	 * @param sinceNanos when its connection ended, by the monotonic clock
	 */
	default void crashed(String instance, long sinceNanos) {
	}

	/**
	 * The address of this member in its metadata is no longer valid. Any thread.
	 */
	default void addressChanged() {
	}

	/**
	 * The coordinator no longer knows the current member. Any thread.
	 * @param reason the coordinator's answer
	 */
	void membershipLost(String reason);

}
