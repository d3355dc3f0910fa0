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

package io.distributedtask.internal.group.kafka42;

import io.distributedtask.internal.group.RequestObserver;
import org.apache.kafka.clients.ClientResponse;
import org.apache.kafka.clients.KafkaClient;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.internals.ConsumerNetworkClient;
import org.apache.kafka.clients.consumer.internals.RequestFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Passes every request, and its response, to the {@link RequestObserver}: the one place
 * that all requests pass, including those of Kafka's own heartbeat thread.
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

	private final RequestObserver observer;

	ObservingNetworkClient(LogContext logContext, KafkaClient client, Metadata metadata, Time time,
			int requestTimeoutMs, RequestObserver observer) {
		super(logContext, client, metadata, time, LONGEST_REST, requestTimeoutMs, Integer.MAX_VALUE);
		this.observer = observer;
	}

	@Override
	public RequestFuture<ClientResponse> send(Node node, AbstractRequest.Builder<?> request, int requestTimeoutMs) {
		return this.observer.send(this, node, request, () -> super.send(node, request, requestTimeoutMs));
	}

}
