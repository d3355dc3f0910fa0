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
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.requests.FindCoordinatorResponse;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.jspecify.annotations.Nullable;

/**
 * Answers of the broker that do not arrive as they were sent.
 */
final class SpoiledAnswer {

	private static final Set<Errors> GOOD = Set.of(Errors.NONE, Errors.MEMBER_ID_REQUIRED,
			Errors.REBALANCE_IN_PROGRESS);

	private final ApiKeys kind;

	private final @Nullable Errors error;

	private final AtomicInteger pass;

	private final int times;

	private final AtomicInteger spoiled = new AtomicInteger();

	private SpoiledAnswer(ApiKeys kind, @Nullable Errors error, int pass, int times) {
		this.kind = kind;
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
	 * Whether an answer is to be spoiled. The broker's own errors always arrive, but for
	 * those that say that all is well.
	 */
	boolean isMeant(AbstractResponse response) {
		return response.apiKey() == this.kind && GOOD.containsAll(response.errorCounts().keySet())
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
		return this.kind + " " + ((this.error != null) ? this.error : "lost");
	}

}
