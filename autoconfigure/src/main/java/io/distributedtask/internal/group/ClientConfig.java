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

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.port.GroupException;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.Utils;

/**
 * The part of a Kafka client's configuration that a member of a group needs: connections
 * and security, with Kafka's own names and defaults. What it does not know rides along.
 */
final class ClientConfig extends AbstractConfig {

	private static final ConfigDef DEFINITION = new ConfigDef()
		.define(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, Type.LIST, Importance.HIGH,
				CommonClientConfigs.BOOTSTRAP_SERVERS_DOC)
		.define(CommonClientConfigs.CLIENT_ID_CONFIG, Type.STRING, "distributed-task", Importance.MEDIUM,
				CommonClientConfigs.CLIENT_ID_DOC)
		.define(CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG, Type.STRING, ClientDnsLookup.USE_ALL_DNS_IPS.toString(),
				Importance.MEDIUM, CommonClientConfigs.CLIENT_DNS_LOOKUP_DOC)
		.define(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, Type.LONG, 300_000L, Range.atLeast(0), Importance.LOW,
				CommonClientConfigs.METADATA_MAX_AGE_DOC)
		.define(CommonClientConfigs.SEND_BUFFER_CONFIG, Type.INT, 128 * 1024, Range.atLeast(-1), Importance.LOW,
				CommonClientConfigs.SEND_BUFFER_DOC)
		.define(CommonClientConfigs.RECEIVE_BUFFER_CONFIG, Type.INT, 64 * 1024, Range.atLeast(-1), Importance.LOW,
				CommonClientConfigs.RECEIVE_BUFFER_DOC)
		.define(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, Type.LONG, 50L, Range.atLeast(0L), Importance.LOW,
				CommonClientConfigs.RECONNECT_BACKOFF_MS_DOC)
		.define(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, Type.LONG, 1000L, Range.atLeast(0L),
				Importance.LOW, CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_DOC)
		.define(CommonClientConfigs.RETRY_BACKOFF_MS_CONFIG, Type.LONG, 100L, Range.atLeast(0L), Importance.LOW,
				CommonClientConfigs.RETRY_BACKOFF_MS_DOC)
		.define(CommonClientConfigs.RETRY_BACKOFF_MAX_MS_CONFIG, Type.LONG, 1000L, Range.atLeast(0L), Importance.LOW,
				CommonClientConfigs.RETRY_BACKOFF_MAX_MS_DOC)
		.define(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, Type.INT, 30_000, Range.atLeast(0), Importance.LOW,
				CommonClientConfigs.REQUEST_TIMEOUT_MS_DOC)
		.define(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, Type.LONG, 10_000L, Importance.LOW,
				CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_DOC)
		.define(CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, Type.LONG, 30_000L, Importance.LOW,
				CommonClientConfigs.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_DOC)
		.define(CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, Type.LONG, 540_000L, Importance.LOW,
				CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_DOC)
		.define(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, Type.STRING,
				MetadataRecoveryStrategy.REBOOTSTRAP.name, Importance.LOW,
				CommonClientConfigs.METADATA_RECOVERY_STRATEGY_DOC)
		.define(CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_CONFIG, Type.LONG, 300_000L,
				Importance.LOW, CommonClientConfigs.METADATA_RECOVERY_REBOOTSTRAP_TRIGGER_MS_DOC)
		.define(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, Type.STRING, SecurityProtocol.PLAINTEXT.name(),
				Importance.MEDIUM, CommonClientConfigs.SECURITY_PROTOCOL_DOC)
		.withClientSslSupport()
		.withClientSaslSupport();

	ClientConfig(Map<String, Object> properties) {
		super(DEFINITION, properties, false);
	}

	/**
	 * The brokers to begin with.
	 * @return their addresses
	 * @throws GroupException if no name of theirs can be resolved: kafka-clients would
	 * write a warning at each attempt, and not say which names
	 */
	List<InetSocketAddress> brokers() {
		List<String> servers = getList(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
		if (servers != null && !servers.isEmpty() && servers.stream().noneMatch(ClientConfig::mayBeResolved)) {
			throw new GroupException(
					("No host name of %s can be resolved; nothing runs here. Check "
							+ "spring.kafka.bootstrap-servers and the name service (DNS)")
						.formatted(servers),
					true, new UnknownHostException(servers.toString()));
		}
		return ClientUtils.parseAndValidateAddresses(this);
	}

	private static boolean mayBeResolved(String server) {
		String host = Utils.getHost(server);
		try {
			return host == null || InetAddress.getByName(host) != null;
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

	String clientId() {
		return getString(CommonClientConfigs.CLIENT_ID_CONFIG);
	}

}
