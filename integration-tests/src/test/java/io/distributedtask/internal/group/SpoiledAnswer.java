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

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * Answers of the broker that do not arrive as they were sent.
 */
final class SpoiledAnswer {

	private static final Set<Errors> GOOD = Set.of(Errors.NONE, Errors.MEMBER_ID_REQUIRED,
			Errors.REBALANCE_IN_PROGRESS);

	/** Errors that a coordinator tells of a member, not of the request. */
	private static final Set<Errors> MEMBER_ERRORS = Set.of(Errors.UNKNOWN_MEMBER_ID, Errors.FENCED_INSTANCE_ID,
			Errors.REBALANCE_IN_PROGRESS);

	private final ApiKeys kind;

	private final @Nullable Errors error;

	private final AtomicInteger pass;

	private final int times;

	private final boolean inPlace;

	private final AtomicInteger spoiled = new AtomicInteger();

	private SpoiledAnswer(ApiKeys kind, @Nullable Errors error, int pass, int times) {
		this(kind, error, pass, times, false);
	}

	private SpoiledAnswer(ApiKeys kind, @Nullable Errors error, int pass, int times, boolean inPlace) {
		this.kind = kind;
		this.inPlace = inPlace;
		this.error = error;
		this.pass = new AtomicInteger(pass);
		this.times = times;
	}

	/**
	 * An answer with an error in place of what the broker did.
	 * @param kind the kind of request
	 * @param error the error
	 * @param pass how many good answers arrive before
	 * @param times how many are spoiled then
	 */
	static SpoiledAnswer error(ApiKeys kind, Errors error, int pass, int times) {
		return new SpoiledAnswer(kind, error, pass, times);
	}

	/**
	 * An answer that is lost: its connection breaks.
	 */
	static SpoiledAnswer lost(ApiKeys kind, int pass, int times) {
		return new SpoiledAnswer(kind, null, pass, times);
	}

	/**
	 * An answer that is given in the broker's place: it does not get to see the request.
	 * @param kind the kind of request
	 * @param error the error, {@code null} if the request is lost with its connection
	 * @param times how many requests are answered so
	 */
	static SpoiledAnswer inPlace(ApiKeys kind, @Nullable Errors error, int times) {
		return new SpoiledAnswer(kind, error, 0, times, true);
	}

	/**
	 * Whether a request is to be kept from the broker.
	 */
	boolean isMeantInPlace(ApiKeys request) {
		return this.inPlace && request == this.kind && this.spoiled.incrementAndGet() <= this.times;
	}

	/**
	 * The answer to a request that the broker does not see.
	 */
	AbstractResponse inPlaceOf(AbstractRequest request) {
		Errors error = Objects.requireNonNull(this.error);
		if (request instanceof LeaveGroupRequest leave && leave.version() >= 3 && MEMBER_ERRORS.contains(error)) {
			List<MemberResponse> members = leave.members()
				.stream()
				.map((member) -> new MemberResponse().setMemberId(member.memberId()).setErrorCode(error.code()))
				.toList();
			return new LeaveGroupResponse(members, Errors.NONE, 0, leave.version());
		}
		return request.getErrorResponse(0, error.exception());
	}

	/**
	 * Whether an answer is to be spoiled. The broker's own errors always arrive, but for
	 * those that say that all is well.
	 */
	boolean isMeant(AbstractResponse response) {
		return !this.inPlace && response.apiKey() == this.kind && GOOD.containsAll(response.errorCounts().keySet())
				&& this.pass.getAndDecrement() <= 0 && this.spoiled.incrementAndGet() <= this.times;
	}

	boolean isLost() {
		return this.error == null;
	}

	boolean isDone() {
		return this.spoiled.get() >= this.times;
	}

	void spoil(AbstractResponse response) {
		short code = (this.error != null) ? this.error.code() : 0;
		if (response instanceof FindCoordinatorResponse found) {
			found.data()
				.coordinators()
				.forEach((coordinator) -> coordinator.setErrorCode(code).setNodeId(-1).setHost("").setPort(-1));
		}
		else if (response instanceof JoinGroupResponse join) {
			JoinGroupResponseData data = join.data();
			data.setErrorCode(code).setGenerationId(-1).setLeader("").setMembers(List.of());
		}
		else if (response instanceof SyncGroupResponse sync) {
			sync.data().setErrorCode(code).setAssignment(new byte[0]);
		}
		else if (response instanceof HeartbeatResponse heartbeat) {
			heartbeat.data().setErrorCode(code);
		}
		else if (response instanceof LeaveGroupResponse leave) {
			leave.data().setErrorCode(code).setMembers(List.of());
		}
		else if (response instanceof DescribeGroupsResponse describe) {
			describe.data().groups().forEach((group) -> group.setErrorCode(code).setMembers(List.of()));
		}
	}

	@Override
	public String toString() {
		return (this.inPlace ? "in place of " : "") + this.kind + " " + ((this.error != null) ? this.error : "lost");
	}

}
