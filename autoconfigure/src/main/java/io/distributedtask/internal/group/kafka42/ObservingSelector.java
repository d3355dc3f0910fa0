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

import java.io.IOException;
import java.util.Map;

import io.distributedtask.internal.group.RequestObserver;
import io.distributedtask.internal.group.TaskGroupCoordinator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.network.ChannelBuilder;
import org.apache.kafka.common.network.Selector;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;

/**
 * Reports to the {@link RequestObserver} how connections end.
 */
final class ObservingSelector extends Selector {

	/**
	 * The brokers' limit for requests, and more than any response about a group. Without
	 * a limit, the response of a TLS or HTTP server is interpreted as the size of a
	 * message, and hundreds of megabytes are allocated for it.
	 */
	private static final int MAX_RECEIVE_BYTES = 100 * 1024 * 1024;

	private final RequestObserver observer;

	ObservingSelector(AbstractConfig config, Metrics metrics, Time time, ChannelBuilder channelBuilder,
			LogContext logContext, RequestObserver observer) {
		super(MAX_RECEIVE_BYTES, config.getLong(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG), metrics, time,
				TaskGroupCoordinator.PROTOCOL_TYPE, Map.of(), true, channelBuilder, logContext);
		this.observer = observer;
	}

	@Override
	public void poll(long timeout) throws IOException {
		super.poll(timeout);
		if (!disconnected().isEmpty()) {
			this.observer.disconnected(disconnected().values());
		}
	}

}
