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
import java.util.Set;
import java.util.function.Consumer;

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * How a member leaves its group. In the next rebalance all members would wait for it, for
 * up to a session timeout, so the LeaveGroup is sent in any case: also while a JoinGroup
 * waits, and when the member has only got its id.
 */
final class LeaveRequest {

	/** Responses that show that it is no longer a member. */
	private static final Set<Errors> GONE = Set.of(Errors.NONE, Errors.UNKNOWN_MEMBER_ID, Errors.FENCED_INSTANCE_ID);

	private static final long RETRY_BACKOFF = 50;

	private final GroupSettings settings;

	private final TaskGroupCoordinator coordinator;

	private final ConsumerNetworkClient network;

	private final MembershipObserver observer;

	private final Time time;

	LeaveRequest(GroupSettings settings, TaskGroupCoordinator coordinator, ConsumerNetworkClient network,
			MembershipObserver observer, Time time) {
		this.settings = settings;
		this.coordinator = coordinator;
		this.network = network;
		this.observer = observer;
		this.time = time;
	}

	/**
	 * Leave the group and wait until the coordinator has confirmed that the member is
	 * gone: after another response the request is repeated, at another coordinator if
	 * that has moved. A static member remains, to return, unless the group waits for it
	 * or soon would: a missing leader, for example, would block all others.
	 * @param reason why, for the coordinator's log
	 * @param timeout how long to wait
	 * @throws RuntimeException if it may still be a member
	 */
	void leave(String reason, Duration timeout) {
		long deadline = this.time.milliseconds() + timeout.toMillis();
		this.observer.leaving();
		// there is nothing else to do
		this.network.disableWakeups();
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
		RuntimeException failure = attempt(waiting ? GroupClient.second(node) : node, member, deadline);
		while (failure != null) {
			if (failure instanceof AuthorizationException || failure instanceof AuthenticationException) {
				throw failure;
			}
			this.time.sleep(Math.min(RETRY_BACKOFF, remaining(deadline)));
			Node next = findCoordinator(deadline);
			if (next == null) {
				throw failure;
			}
			failure = attempt(next, member, deadline);
		}
	}

	/**
	 * Have the coordinator remove another member, see {@link CrashResponse.Remover}. Over
	 * the second connection, because a JoinGroup may wait for that member. Any member of
	 * a group may do so; READ on the group suffices.
	 */
	void remove(String memberId, String reason, Consumer<Errors> answer) {
		Node node = this.observer.coordinator();
		if (node == null) {
			answer.accept(Errors.COORDINATOR_NOT_AVAILABLE);
			return;
		}
		MemberIdentity member = new MemberIdentity().setMemberId(memberId).setReason(reason);
		this.network
			.send(GroupClient.second(node), new LeaveGroupRequest.Builder(this.settings.groupId(), List.of(member)))
			.addListener(new RequestFutureListener<>() {

				@Override
				public void onSuccess(ClientResponse response) {
					answer.accept(((LeaveGroupResponse) response.responseBody()).error());
				}

				@Override
				public void onFailure(RuntimeException ex) {
					answer.accept(Errors.UNKNOWN_SERVER_ERROR);
				}

			});
	}

	/**
	 * Send one LeaveGroup.
	 * @return why it is still a member, {@code null} if it is not
	 */
	private @Nullable RuntimeException attempt(Node node, MemberIdentity member, long deadline) {
		RequestFuture<ClientResponse> answer = this.network.send(node,
				new LeaveGroupRequest.Builder(this.settings.groupId(), List.of(member)));
		this.network.poll(answer, this.time.timer(remaining(deadline)));
		if (!answer.isDone()) {
			return new TimeoutException("no response in time");
		}
		if (answer.failed()) {
			return answer.exception();
		}
		Errors error = ((LeaveGroupResponse) answer.value().responseBody()).error();
		return GONE.contains(error) ? null : error.exception();
	}

	/**
	 * Search for the coordinator again: it may have moved.
	 */
	private @Nullable Node findCoordinator(long deadline) {
		this.coordinator.forgetCoordinator();
		RuntimeException failure = null;
		do {
			try {
				if (this.coordinator.findCoordinator(this.time.timer(remaining(deadline)))) {
					return this.coordinator.node();
				}
			}
			catch (RetriableException ex) {
				failure = ex;
			}
		}
		while (this.time.milliseconds() < deadline);
		if (failure != null) {
			throw failure;
		}
		return null;
	}

	private long remaining(long deadline) {
		return Math.max(0, deadline - this.time.milliseconds());
	}

	/**
	 * A member's first JoinGroup is answered at once, with its id (KIP-394).
	 */
	private void awaitId(long deadline) {
		while (this.settings.staticMemberId() == null && this.observer.isWithoutId()
				&& this.time.milliseconds() < deadline) {
			this.network.poll(this.time.timer(remaining(deadline)));
		}
	}

}
