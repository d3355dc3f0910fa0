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
import java.util.List;

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * How a member leaves its group. Whoever the coordinator counts on is waited for by all
 * the others in the next rebalance, for up to a session timeout, so it is told in any
 * case: while a JoinGroup waits, and when the member has but been given its id.
 */
final class Departure {

	private final GroupSettings settings;

	private final ObservingNetworkClient network;

	private final MembershipObserver observer;

	private final Time time;

	Departure(GroupSettings settings, ObservingNetworkClient network, MembershipObserver observer, Time time) {
		this.settings = settings;
		this.network = network;
		this.observer = observer;
		this.time = time;
	}

	/**
	 * Leave the group and wait for the answer. A static member stays, to come back,
	 * unless the group waits for it or soon would: a leader that is gone, say, would hold
	 * up all the others.
	 * @param reason why, for the coordinator's log
	 * @param timeout how long to wait
	 */
	void leave(String reason, Duration timeout) {
		long deadline = this.time.milliseconds() + timeout.toMillis();
		this.observer.leaving();
		awaitId(deadline);
		String memberId = this.observer.idToLeave();
		Node node = this.observer.coordinator();
		boolean waiting = this.observer.waiting() != null;
		if (memberId.isEmpty() || node == null || this.settings.staticMemberId() != null && !waiting) {
			return;
		}
		MemberIdentity member = new MemberIdentity().setMemberId(memberId)
			.setGroupInstanceId(this.settings.staticMemberId())
			.setReason(reason);
		Node target = waiting ? GroupClient.second(node) : node;
		RequestFuture<ClientResponse> answer = this.network.send(target,
				new LeaveGroupRequest.Builder(this.settings.groupId(), List.of(member)));
		while (!answer.isDone() && this.time.milliseconds() < deadline) {
			poll(answer, deadline);
		}
		if (!answer.isDone()) {
			throw new IllegalStateException("no answer within %d ms".formatted(timeout.toMillis()));
		}
		if (answer.failed()) {
			throw answer.exception();
		}
	}

	/**
	 * A member's first JoinGroup is answered at once, with its id (KIP-394).
	 */
	private void awaitId(long deadline) {
		while (this.settings.staticMemberId() == null && this.observer.isWithoutId()
				&& this.time.milliseconds() < deadline) {
			poll(null, deadline);
		}
	}

	private void poll(@Nullable RequestFuture<ClientResponse> answer, long deadline) {
		try {
			if (answer != null) {
				this.network.poll(answer, this.time.timer(deadline - this.time.milliseconds()));
			}
			else {
				this.network.poll(this.time.timer(deadline - this.time.milliseconds()));
			}
		}
		catch (WakeupException ex) {
			// there is nothing else to do any more
		}
	}

}
