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

import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.clients.consumer.internals.RequestFutureListener;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Shows every request, and its answer, to the {@link MembershipObserver}: the one place
 * that all requests pass, those of Kafka's own heartbeat thread included.
 */
final class ObservingNetworkClient extends ConsumerNetworkClient {

	private final MembershipObserver observer;

	private final Admission admission;

	private final BrokerContacts contacts;

	ObservingNetworkClient(LogContext logContext, KafkaClient client, Metadata metadata, Time time, long retryBackoffMs,
			int requestTimeoutMs, MembershipObserver observer, Admission admission, BrokerContacts contacts) {
		super(logContext, client, metadata, time, retryBackoffMs, requestTimeoutMs, Integer.MAX_VALUE);
		this.observer = observer;
		this.admission = admission;
		this.contacts = contacts;
	}

	@Override
	public RequestFuture<ClientResponse> send(Node node, AbstractRequest.Builder<?> request, int requestTimeoutMs) {
		if (request instanceof JoinGroupRequest.Builder join) {
			try {
				this.admission.check(join.build().data());
			}
			catch (Admission.NotAdmittedException ex) {
				return RequestFuture.failure(ex);
			}
		}
		MembershipObserver.Sent sent = this.observer.sending(node, request);
		this.contacts.sent(request);
		RequestFuture<ClientResponse> future = super.send(node, request, requestTimeoutMs);
		future.addListener(new RequestFutureListener<>() {

			@Override
			public void onSuccess(ClientResponse response) {
				ObservingNetworkClient.this.contacts.done(request);
				if (response.hasResponse()) {
					ObservingNetworkClient.this.contacts.answered(response.responseBody());
				}
			}

			@Override
			public void onFailure(RuntimeException ex) {
				ObservingNetworkClient.this.contacts.done(request);
			}

		});
		if (sent != null) {
			future.addListener(sent);
		}
		return future;
	}

}
