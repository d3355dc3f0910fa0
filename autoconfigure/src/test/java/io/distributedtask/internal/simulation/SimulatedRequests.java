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

package io.distributedtask.internal.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What members and the broker say to each other.
 */
interface SimulatedRequests {

	/**
	 * The error codes of the group protocol.
	 */
	enum Code {

		NONE, MEMBER_ID_REQUIRED, UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION, REBALANCE_IN_PROGRESS, FENCED_INSTANCE_ID

	}

	/**
	 * JoinGroup.
	 */
	record Join(String memberId, @Nullable String staticId, Duration sessionTimeout, Duration rebalanceTimeout,
			List<String> protocols, MemberMetadata metadata) {
	}

	/**
	 * The answer to JoinGroup; the members are for the leader only.
	 */
	record Joined(Code code, String memberId, int generation, @Nullable String protocol, @Nullable String leader,
			Map<String, MemberMetadata> members, Map<String, String> staticIds, boolean skipAssignment) {

		static Joined failed(Code code, String memberId) {
			return new Joined(code, memberId, -1, null, null, Map.of(), Map.of(), false);
		}

	}

	/**
	 * SyncGroup; the assignments are the leader's.
	 */
	record Sync(String memberId, @Nullable String staticId, int generation, Map<String, MemberAssignment> assignments) {
	}

	/**
	 * The answer to SyncGroup.
	 */
	record Synced(Code code, @Nullable MemberAssignment assignment) {
	}

	/**
	 * Who has a static id, if anybody, and its last assignment.
	 */
	record Described(boolean held, @Nullable MemberAssignment assignment) {
	}

}
