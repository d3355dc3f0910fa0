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

import java.time.Duration;
import java.util.Map;
import java.util.function.ToIntFunction;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.GroupMembership.Budget;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;

/**
 * The record of {@code __consumer_offsets} in which the coordinator keeps the group: the
 * metadata and the assignments of all members. Above the {@link RecordLimit} every
 * SyncGroup fails.
 */
final class GroupRecord implements Budget {

	/** Client id, host, timeouts and the like, and that its tasks are asked for. */
	private static final int MEMBER_OVERHEAD = 168;

	private final long metadataSize;

	private final RecordLimit limit;

	private final ToIntFunction<MemberAssignment> sizer;

	GroupRecord(long metadataSize, RecordLimit limit, ToIntFunction<MemberAssignment> sizer) {
		this.metadataSize = metadataSize;
		this.limit = limit;
		this.sizer = sizer;
	}

	/**
	 * The record holds the metadata of the protocol in use only.
	 */
	static long memberSize(JoinGroupResponseMember member) {
		return member.metadata().length + member.memberId().length() + MEMBER_OVERHEAD;
	}

	@Override
	public long size(Map<String, MemberAssignment> assignments) {
		return this.metadataSize + assignments.values().stream().mapToLong(this.sizer::applyAsInt).sum();
	}

	@Override
	public long limit() {
		return this.limit.current();
	}

	@Override
	public @Nullable Duration retryAfter() {
		return this.limit.retryAfter();
	}

}
