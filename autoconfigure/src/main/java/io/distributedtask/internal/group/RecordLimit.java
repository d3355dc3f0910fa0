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
import java.util.function.ToLongBiFunction;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.Clocks;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.jspecify.annotations.Nullable;

/**
 * How large the record of {@code __consumer_offsets} may be in which the coordinator
 * stores the group: the metadata and the assignments of all members. Above the limit
 * every SyncGroup fails. It is the brokers' {@code message.max.bytes}, 1 MiB by default,
 * and clients do not learn it. So when the brokers reject a record, the next ones are
 * kept smaller for a while; the brokers' limit may be raised, or it may not have been the
 * reason.
 */
final class RecordLimit {

	/** The safe part of the default limit: the estimate is not exact. */
	static final long SAFE = 1024 * 1024 * 9 / 10;

	/** The same interval as retries of failures that somebody has to fix. */
	static final Duration VALIDITY = Duration.ofSeconds(30);

	/** Client id, host, timeouts and the like, and the request for its tasks. */
	private static final int MEMBER_OVERHEAD = 168;

	private final Clocks clocks;

	private long limit = SAFE;

	private long lastSize;

	private long refusedNanos;

	RecordLimit(Clocks clocks) {
		this.clocks = clocks;
	}

	/**
	 * The size of a member in the record without its assignment: only the metadata of the
	 * protocol in use.
	 */
	static long size(JoinGroupResponseMember member) {
		return member.metadata().length + member.memberId().length() + MEMBER_OVERHEAD;
	}

	/**
	 * The limit as the leader needs it.
	 * @param membersSize the size of the members
	 * @param sizer the size of the assignment of a member
	 */
	Budget budget(long membersSize, ToLongBiFunction<String, MemberAssignment> sizer) {
		return new Budget() {

			@Override
			public long size(Map<String, MemberAssignment> assignments) {
				return membersSize + assignments.entrySet()
					.stream()
					.mapToLong((entry) -> sizer.applyAsLong(entry.getKey(), entry.getValue()))
					.sum();
			}

			@Override
			public long limit() {
				return current();
			}

			@Override
			public @Nullable Duration retryAfter() {
				return RecordLimit.this.retryAfter();
			}

		};
	}

	synchronized long current() {
		return Duration.ZERO.equals(retryAfter()) ? SAFE : this.limit;
	}

	/**
	 * How long it takes until a larger record may be tried.
	 * @return the time, or {@code null} when only other members and tasks can help
	 */
	synchronized @Nullable Duration retryAfter() {
		if (this.limit >= SAFE) {
			return null;
		}
		long nanos = VALIDITY.toNanos() - (this.clocks.nanos() - this.refusedNanos);
		return Duration.ofNanos(Math.max(0, nanos));
	}

	/**
	 * The leader sends a record.
	 * @param size its size
	 */
	synchronized void sent(long size) {
		this.lastSize = size;
	}

	/**
	 * The brokers have rejected the record that was last sent, if there was one.
	 */
	synchronized void refused() {
		if (this.lastSize > 0) {
			this.limit = Math.min(this.limit, this.lastSize * 9 / 10);
			this.refusedNanos = this.clocks.nanos();
			this.lastSize = 0;
		}
	}

	/**
	 * The record that was last sent is stored.
	 */
	synchronized void accepted() {
		this.limit = (this.lastSize > this.limit) ? SAFE : this.limit;
		this.lastSize = 0;
	}

}
