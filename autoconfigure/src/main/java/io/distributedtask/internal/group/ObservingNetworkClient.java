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

import java.util.concurrent.atomic.AtomicReference;

import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.clients.consumer.internals.BaseHeartbeatThread;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.jspecify.annotations.Nullable;

/**
 * Passes every request, and its response, to the {@link MembershipObserver}: the one
 * place that all requests pass, including those of Kafka's own heartbeat thread. An
 * observer that fails must not keep Kafka's client from its responses: the failure is
 * kept for the group's thread.
 */
final class ObservingNetworkClient extends ConsumerNetworkClient {

	/**
	 * How long a poll may last while no request is in flight. kafka-clients uses it for
	 * nothing else, and its usual value, the backoff of 100 ms, would wake up the group's
	 * thread and Kafka's heartbeat thread ten times a second for nothing: whoever sends a
	 * request ends the poll, and the client itself ends it when a connection or the
	 * metadata is to be tried again.
	 */
	private static final long LONGEST_REST = 1000;

	private final MembershipObserver observer;

	private final StaticMemberGate admission;

	private final BrokerContacts contacts;

	private final CrashResponse crashes;

	private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

	ObservingNetworkClient(LogContext logContext, KafkaClient client, Metadata metadata, Time time,
			int requestTimeoutMs, MembershipObserver observer, StaticMemberGate admission, BrokerContacts contacts,
			CrashResponse crashes) {
		super(logContext, client, metadata, time, LONGEST_REST, requestTimeoutMs, Integer.MAX_VALUE);
		this.observer = observer;
		this.admission = admission;
		this.contacts = contacts;
		this.crashes = crashes;
	}

	/**
	 * Create a client, which connects as soon as there is something to send.
	 */
	static ObservingNetworkClient open(ClientConfig config, LogContext logContext, Metrics metrics, Time time,
			MembershipObserver observer, StaticMemberGate admission, BrokerContacts contacts, CrashResponse crashes) {
		long retryBackoffMs = config.getLong(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG);
		int requestTimeoutMs = config.getInt(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG);
		TopiclessMetadata metadata = new TopiclessMetadata(retryBackoffMs,
				config.getLong(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG),
				config.getLong(CommonClientConfigs.METADATA_MAX_AGE_CONFIG), logContext);
		metadata.bootstrap(config.brokers());
		ObservingSelector selector = new ObservingSelector(config, metrics, time,
				ClientUtils.createChannelBuilder(config, time, logContext), logContext, contacts);
		NetworkClient client = new NetworkClient(selector, metadata, config.clientId(), 100,
				config.getLong(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG),
				config.getLong(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG),
				config.getInt(CommonClientConfigs.SEND_BUFFER_CONFIG),
				config.getInt(CommonClientConfigs.RECEIVE_BUFFER_CONFIG), requestTimeoutMs,
				config.getLong(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG),
				config.getLong(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG), time, true,
				new ApiVersions(), logContext,
				config.getLong(CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_CONFIG),
				MetadataRecoveryStrategy
					.forName(config.getString(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG))) {

			@Override
			public boolean connectionFailed(Node node) {
				// ConsumerNetworkClient discards requests for a node whose connection was
				// closed, and may do so before it has tried to connect again
				return !GroupClient.isExtraConnection(node) && super.connectionFailed(node);
			}

		};
		return new ObservingNetworkClient(logContext, client, metadata, time, requestTimeoutMs, observer, admission,
				contacts, crashes);
	}

	@Override
	public RequestFuture<ClientResponse> send(Node node, AbstractRequest.Builder<?> request, int requestTimeoutMs) {
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
			failed(ex);
			return RequestFuture.failure(ex);
		}
		RequestFuture<ClientResponse> future = super.send(node, request, requestTimeoutMs);
		future.addListener(new Guarded(new RequestFutureListener<>() {

			@Override
			public void onSuccess(ClientResponse response) {
				ObservingNetworkClient.this.contacts.done(request);
				answered(response);
			}

			@Override
			public void onFailure(RuntimeException ex) {
				ObservingNetworkClient.this.contacts.done(request);
				tellGroupThread();
			}

		}));
		if (sent != null) {
			future.addListener(new Guarded(sent));
		}
		return future;
	}

	private void answered(ClientResponse response) {
		if (response.hasResponse()) {
			this.contacts.answered(response.responseBody());
		}
		if (response.responseBody() instanceof HeartbeatResponse answer) {
			this.crashes.answered(answer.error());
		}
		if (!(response.responseBody() instanceof HeartbeatResponse heartbeat) || heartbeat.error() != Errors.NONE) {
			tellGroupThread();
		}
	}

	/**
	 * Kafka's heartbeat thread receives responses too, while the group's thread may be
	 * about to wait for some. When that looks at the group again, it waits for the
	 * heartbeat thread to be done.
	 */
	private void tellGroupThread() {
		if (Thread.currentThread() instanceof BaseHeartbeatThread) {
			wakeup();
		}
	}

	private void failed(CallbackFailure failure) {
		this.failure.compareAndSet(null, failure.getCause());
		wakeup();
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

		private final RequestFutureListener<ClientResponse> listener;

		Guarded(RequestFutureListener<ClientResponse> listener) {
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
				failed(ex);
			}
		}

	}

}
