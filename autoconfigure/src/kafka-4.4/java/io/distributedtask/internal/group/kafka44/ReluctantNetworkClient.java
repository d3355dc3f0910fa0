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

package io.distributedtask.internal.group.kafka44;

import io.distributedtask.internal.group.RequestObserver;
import org.apache.kafka.clients.ApiVersions;
import org.apache.kafka.clients.BootstrapConfiguration;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.NetworkClient;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.network.Selectable;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.internals.LogContext;

/**
 * Does not discard requests for a second connection to a broker: {@code
 * ConsumerNetworkClient} discards those for a node whose connection was closed, and may
 * do so before it has tried to connect again. The bootstrap
 * brokers are resolved before, and the check whether a connection leads to the right node
 * would fail for a second connection, whose node has an id of its own.
 */
final class ReluctantNetworkClient extends NetworkClient {

	private final RequestObserver observer;

	ReluctantNetworkClient(AbstractConfig config, Selectable selector, Metadata metadata, Time time,
			LogContext logContext, RequestObserver observer) {
		super(selector, metadata, config.getString(CommonClientConfigs.CLIENT_ID_CONFIG), 100,
				config.getLong(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG),
				config.getLong(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG),
				config.getInt(CommonClientConfigs.SEND_BUFFER_CONFIG),
				config.getInt(CommonClientConfigs.RECEIVE_BUFFER_CONFIG),
				config.getInt(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG),
				config.getLong(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG),
				config.getLong(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG), time, true,
				new ApiVersions(), logContext,
				config.getLong(CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_CONFIG),
				MetadataRecoveryStrategy
					.forName(config.getString(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG)),
				BootstrapConfiguration.DISABLED, false);
		this.observer = observer;
	}

	@Override
	public boolean connectionFailed(Node node) {
		return this.observer.mayDiscardRequests(node) && super.connectionFailed(node);
	}

}
