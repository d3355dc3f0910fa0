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

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link MembershipObserver}.
 */
class MembershipObserverTests {

	private static final Node NODE = new Node(1, "localhost", 9092);

	private final Callbacks callbacks = Mockito.mock(Callbacks.class);

	private long now = 1_000;

	private final MembershipObserver observer = new MembershipObserver(new Clocks() {

		@Override
		public long nanos() {
			return MembershipObserverTests.this.now;
		}

		@Override
		public long millis() {
			return MembershipObserverTests.this.now;
		}

	}, this.callbacks, new StaticMemberGate(false));

	@Test
	void theWaitForTheSyncGroupBeginsAfterTheMembersWereGathered() {
		join(7);
		heartbeat(7, Errors.REBALANCE_IN_PROGRESS, 2_000);
		join(8);
		verify(this.callbacks).waitsAnew(2_000, 2_000);
	}

	@Test
	void theNextGatheringBeginsAfterTheSyncGroupThatWasAnswered() {
		join(7);
		this.now = 2_000;
		answer(sync(7), new SyncGroupResponse(new SyncGroupResponseData()));
		heartbeat(7, Errors.REBALANCE_IN_PROGRESS, 3_000);
		InOrder order = Mockito.inOrder(this.callbacks);
		order.verify(this.callbacks).waitsAnew(2_000, 2_000);
		order.verify(this.callbacks).contact(3_000, 3_000, true);
	}

	@Test
	void theNextGatheringBeginsAfterTheLastAnswerOfItsGeneration() {
		join(7);
		sync(7);
		heartbeat(7, Errors.NONE, 2_000);
		heartbeat(7, Errors.NONE, 3_000);
		heartbeat(7, Errors.REBALANCE_IN_PROGRESS, 4_000);
		InOrder order = Mockito.inOrder(this.callbacks);
		order.verify(this.callbacks).contact(3_000, 3_000, true);
		order.verify(this.callbacks).waitsAnew(3_000, 3_000);
		order.verify(this.callbacks).contact(4_000, 4_000, true);
		heartbeat(7, Errors.REBALANCE_IN_PROGRESS, 5_000);
		order.verify(this.callbacks).contact(5_000, 5_000, true);
		order.verifyNoMoreInteractions();
	}

	@Test
	void anAnswerOfAnotherGenerationSaysNothingOfTheNextGathering() {
		join(7);
		heartbeat(7, Errors.NONE, 2_000);
		join(8);
		heartbeat(8, Errors.REBALANCE_IN_PROGRESS, 3_000);
		verify(this.callbacks, never()).waitsAnew(anyLong(), anyLong());
	}

	@Test
	void theIdIsKnownBeforeTheFirstJoin() {
		MembershipObserver.Sent sent = send(join(""));
		assertThat(this.observer.isWithoutId()).isTrue();
		answer(sent,
				new JoinGroupResponse(
						new JoinGroupResponseData().setMemberId("m").setErrorCode(Errors.MEMBER_ID_REQUIRED.code()),
						ApiKeys.JOIN_GROUP.latestVersion()));
		assertThat(this.observer.isWithoutId()).isFalse();
		assertThat(this.observer.idToLeave()).isEqualTo("m");
		assertThat(this.observer.memberId()).isEmpty();
		answer(send(join("m")),
				new JoinGroupResponse(new JoinGroupResponseData().setErrorCode(Errors.UNKNOWN_MEMBER_ID.code()),
						ApiKeys.JOIN_GROUP.latestVersion()));
		assertThat(this.observer.idToLeave()).isEmpty();
	}

	@Test
	void whoeverHoldsTheIdIsAskedForAfterBeingFencedBeforeTheFirstJoin() {
		StaticMemberGate admission = new StaticMemberGate(true);
		admission.give();
		MembershipObserver observer = new MembershipObserver(Clocks.SYSTEM, this.callbacks, admission);
		MembershipObserver.Sent sent = observer.sending(NODE, join(""));
		assertThat(sent).isNotNull();
		answer(sent, new JoinGroupResponse(new JoinGroupResponseData().setErrorCode(Errors.FENCED_INSTANCE_ID.code()),
				ApiKeys.JOIN_GROUP.latestVersion()));
		assertThat(admission.isFenced()).isTrue();
		assertThat(admission.isWanting()).isTrue();
	}

	private void join(int generation) {
		answer(send(join("m")),
				new JoinGroupResponse(
						new JoinGroupResponseData().setMemberId("m").setGenerationId(generation).setMembers(List.of()),
						ApiKeys.JOIN_GROUP.latestVersion()));
	}

	private static JoinGroupRequest.Builder join(String memberId) {
		return new JoinGroupRequest.Builder(
				new JoinGroupRequestData().setGroupId("g").setMemberId(memberId).setProtocolType("t"));
	}

	private MembershipObserver.Sent sync(int generation) {
		return send(new SyncGroupRequest.Builder(
				new SyncGroupRequestData().setGroupId("g").setMemberId("m").setGenerationId(generation)));
	}

	private void heartbeat(int generation, Errors error, long sentAt) {
		this.now = sentAt;
		MembershipObserver.Sent sent = send(new HeartbeatRequest.Builder(
				new HeartbeatRequestData().setGroupId("g").setMemberId("m").setGenerationId(generation)));
		this.now = sentAt + 500;
		answer(sent, new HeartbeatResponse(new HeartbeatResponseData().setErrorCode(error.code())));
	}

	private MembershipObserver.Sent send(AbstractRequest.Builder<?> request) {
		MembershipObserver.Sent sent = this.observer.sending(NODE, request);
		assertThat(sent).isNotNull();
		return sent;
	}

	private static void answer(MembershipObserver.Sent sent, AbstractResponse response) {
		sent.onSuccess(new ClientResponse(new RequestHeader(response.apiKey(), (short) 1, "client", 1), null, "1", 0, 0,
				false, null, null, response));
	}

}
