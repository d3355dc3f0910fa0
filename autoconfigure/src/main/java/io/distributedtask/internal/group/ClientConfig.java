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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.port.GroupException;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.utils.Utils;

/**
 * The part of a Kafka client's configuration that a member of a group needs: connections
 * and security. Kafka's admin client needs the same, so its definition is used.
 */
final class ClientConfig extends AbstractConfig {

	private static final Map<String, Object> DEFAULTS = Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, "distributed-task",
			CommonClientConfigs.CONNECTIONS_MAX_IDLE_MS_CONFIG, 540_000L);

	ClientConfig(Map<String, Object> properties) {
		super(AdminClientConfig.configDef(), withDefaults(properties), false);
	}

	private static Map<String, Object> withDefaults(Map<String, Object> properties) {
		Map<String, Object> all = new HashMap<>(DEFAULTS);
		all.putAll(properties);
		return all;
	}

	/**
	 * The bootstrap brokers.
	 * @return their addresses
	 * @throws GroupException if none of their names can be resolved: kafka-clients would
	 * log a warning at each attempt, without the names
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
		return ClientUtils.parseAndValidateAddresses(servers, getString(CommonClientConfigs.CLIENT_DNS_LOOKUP_CONFIG));
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
