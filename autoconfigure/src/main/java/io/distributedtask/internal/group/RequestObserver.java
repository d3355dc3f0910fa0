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

import java.util.Collection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.consumer.internals.BaseHeartbeatThread;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.network.ChannelState;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.jspecify.annotations.Nullable;

/**
 * Is called with every request of a client, and its response, and informs the
 * {@link MembershipObserver} and others. An observer that fails must not keep Kafka's
 * client from its responses: the failure is kept for the group's thread.
 */
public final class RequestObserver {

	private final MembershipObserver observer;

	private final StaticMemberGate admission;

	private final BrokerContacts contacts;

	private final CrashResponse crashes;

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	RequestObserver(MembershipObserver observer, StaticMemberGate admission, BrokerContacts contacts,
			CrashResponse crashes) {
		this.observer = observer;
		this.admission = admission;
		this.contacts = contacts;
		this.crashes = crashes;
	}

	/**
	 * Connections have ended.
	 * @param connections how
	 */
	public void disconnected(Collection<ChannelState> connections) {
		this.contacts.ended(connections);
	}

	/**
	 * Whether requests for a node may be discarded because its connection was closed.
	 * @param node the node
	 * @return whether Kafka's client may do so
	 */
	public boolean mayDiscardRequests(Node node) {
		return !GroupClient.isExtraConnection(node);
	}

	/**
	 * Send a request, unless it must not be sent.
	 * @param network what sends it
	 * @param node where to
	 * @param request the request
	 * @param sending sends it
	 * @return its response
	 */
	public RequestFuture<ClientResponse> send(ConsumerNetworkClient network, Node node,
			AbstractRequest.Builder<?> request, Supplier<RequestFuture<ClientResponse>> sending) {
		if (request instanceof JoinGroupRequest.Builder join) {
			try {
				this.admission.check(join.build().data());
			}
			catch (StaticMemberGate.NotAdmittedException ex) {
				return RequestFuture.failure(ex);
			}
		}
		MembershipObserver.Sent sent;
		try {
			sent = CallbackFailure.guard(() -> this.observer.sending(node, request));
			CallbackFailure.guard(() -> this.contacts.sent(request));
		}
		catch (CallbackFailure ex) {
			failed(network, ex);
			return RequestFuture.failure(ex);
		}
		RequestFuture<ClientResponse> future = sending.get();
		future.addListener(new Guarded(network, new RequestFutureListener<>() {

			@Override
			public void onSuccess(ClientResponse response) {
				RequestObserver.this.contacts.done(request);
				answered(network, response);
			}

			@Override
			public void onFailure(RuntimeException ex) {
				RequestObserver.this.contacts.done(request);
				tellGroupThread(network);
			}

		}));
		if (sent != null) {
			future.addListener(new Guarded(network, sent));
		}
		return future;
	}

	private void answered(ConsumerNetworkClient network, ClientResponse response) {
		if (response.hasResponse()) {
			this.contacts.answered(response.responseBody());
		}
		if (response.responseBody() instanceof HeartbeatResponse answer) {
			this.crashes.answered(answer.error());
		}
		if (!(response.responseBody() instanceof HeartbeatResponse heartbeat) || heartbeat.error() != Errors.NONE) {
			tellGroupThread(network);
		}
	}

	/**
	 * Kafka's heartbeat thread receives responses too, while the group's thread may be
	 * about to wait for some. When that looks at the group again, it waits for the
	 * heartbeat thread to be done.
	 */
	private static void tellGroupThread(ConsumerNetworkClient network) {
		if (Thread.currentThread() instanceof BaseHeartbeatThread) {
			network.wakeup();
		}
	}

	private void failed(ConsumerNetworkClient network, CallbackFailure failure) {
		this.failure.compareAndSet(null, failure.getCause());
		network.wakeup();
	}

	/**
	 * The exception of the observer: what this member knows about its membership may be
	 * wrong since then.
	 * @return the first failure, {@code null} if there was none
	 */
	@Nullable Throwable observerFailure() {
		return this.failure.get();
	}

	/**
	 * A listener that throws would keep all others from being called.
	 */
	private final class Guarded implements RequestFutureListener<ClientResponse> {

		private final ConsumerNetworkClient network;

		private final RequestFutureListener<ClientResponse> listener;

		Guarded(ConsumerNetworkClient network, RequestFutureListener<ClientResponse> listener) {
			this.network = network;
			this.listener = listener;
		}

		@Override
		public void onSuccess(ClientResponse response) {
			guard(() -> this.listener.onSuccess(response));
		}

		@Override
		public void onFailure(RuntimeException ex) {
			guard(() -> this.listener.onFailure(ex));
		}

		private void guard(Runnable call) {
			try {
				CallbackFailure.guard(call);
			}
			catch (CallbackFailure ex) {
				failed(this.network, ex);
			}
		}

	}

}
