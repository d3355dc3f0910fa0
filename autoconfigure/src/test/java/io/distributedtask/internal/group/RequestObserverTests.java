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

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.Clocks;
import org.apache.kafka.clients.ClientRequest;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.RequestCompletionHandler;
import org.apache.kafka.clients.consumer.internals.BaseHeartbeatThread;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.internals.ClusterResourceListeners;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.Test;
import org.mockito.ArgumentCaptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

/**
 * Tests for {@link RequestObserver}.
 */
class RequestObserverTests {

	private static final Duration REST = Duration.ofMillis(500);

	private static final long BACKOFF = 100;

	private final KafkaClient client = mock(KafkaClient.class);

	@Test
	void theGroupsThreadIsToldWhatKafkasHeartbeatThreadReceives() throws InterruptedException {
		ConsumerNetworkClient network = network();
		answer(Errors.REBALANCE_IN_PROGRESS, network);
		onHeartbeatThread(network::pollNoWakeup);
		assertThatExceptionOfType(WakeupException.class).isThrownBy(() -> network.poll(Time.SYSTEM.timer(REST)));
	}

	@Test
	void theGroupsThreadIsNotWokenUpForAnOrdinaryHeartbeat() throws InterruptedException {
		ConsumerNetworkClient network = network();
		answer(Errors.NONE, network);
		onHeartbeatThread(network::pollNoWakeup);
		assertThatNoException().isThrownBy(() -> network.poll(Time.SYSTEM.timer(REST)));
	}

	@Test
	void theGroupsThreadNeedsNoWakeUpForWhatItReceives() {
		ConsumerNetworkClient network = network();
		answer(Errors.REBALANCE_IN_PROGRESS, network);
		network.poll(Time.SYSTEM.timer(REST));
		assertThatNoException().isThrownBy(() -> network.poll(Time.SYSTEM.timer(REST)));
	}

	/**
	 * Have a heartbeat sent, and answered at the next poll.
	 */
	private void answer(Errors error, ConsumerNetworkClient network) {
		Node node = new Node(1, "localhost", 9092);
		given(this.client.newClientRequest(any(), any(), anyLong(), anyBoolean(), anyInt(), any()))
			.willAnswer((call) -> new ClientRequest(call.getArgument(0), call.getArgument(1), 1, "client",
					call.getArgument(2), true, call.getArgument(4), call.getArgument(5)));
		RequestFuture<ClientResponse> future = network.send(node, new HeartbeatRequest.Builder(
				new HeartbeatRequestData().setGroupId("group").setMemberId("member").setGenerationId(1)));
		ArgumentCaptor<RequestCompletionHandler> handler = ArgumentCaptor.captor();
		verify(this.client).newClientRequest(any(), any(), anyLong(), anyBoolean(), anyInt(), handler.capture());
		handler.getValue()
			.onComplete(new ClientResponse(new RequestHeader(ApiKeys.HEARTBEAT, (short) 4, "client", 1),
					handler.getValue(), node.idString(), 0, 0, false, null, null,
					new HeartbeatResponse(new HeartbeatResponseData().setErrorCode(error.code()))));
		assertThat(future.isDone()).as("answered by a poll only").isFalse();
	}

	private static void onHeartbeatThread(Runnable action) throws InterruptedException {
		Thread thread = new BaseHeartbeatThread("heartbeat", true) {

			@Override
			public void run() {
				action.run();
			}

		};
		thread.start();
		thread.join();
	}

	private ConsumerNetworkClient network() {
		StaticMemberGate gate = new StaticMemberGate(false);
		LogContext logContext = new LogContext();
		Callbacks callbacks = mock(Callbacks.class);
		RequestObserver observer = new RequestObserver(new MembershipObserver(Clocks.SYSTEM, callbacks, gate), gate,
				mock(BrokerContacts.class), NoCrashes.of(callbacks));
		Metadata metadata = new Metadata(BACKOFF, BACKOFF, 300_000, logContext, new ClusterResourceListeners());
		return new ConsumerNetworkClient(logContext, this.client, metadata, Time.SYSTEM, BACKOFF, 30_000, 60_000) {

			@Override
			public RequestFuture<ClientResponse> send(Node node, AbstractRequest.Builder<?> request, int timeoutMs) {
				return observer.send(this, node, request, () -> super.send(node, request, timeoutMs));
			}

		};
	}

}
