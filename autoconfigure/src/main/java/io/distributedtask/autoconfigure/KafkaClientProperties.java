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

package io.distributedtask.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.SslConfigs;

import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.util.StringUtils;

/**
 * The Kafka client properties of the group member: what Boot would give to a consumer,
 * without what only consumers need, and with the member's own properties on top.
 */
final class KafkaClientProperties {

	/** Most of all the application's own consumer group, which is not ours to join. */
	private static final Set<String> CONSUMER_ONLY = Set.of(ConsumerConfig.GROUP_ID_CONFIG,
			ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, ConsumerConfig.GROUP_PROTOCOL_CONFIG,
			ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG, ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
			ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG,
			ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
			ConsumerConfig.CLIENT_ID_CONFIG, ConsumerConfig.CLIENT_RACK_CONFIG,
			ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
			ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, ConsumerConfig.ISOLATION_LEVEL_CONFIG,
			ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
			ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG, ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
			ConsumerConfig.FETCH_MAX_BYTES_CONFIG, ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
			ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, ConsumerConfig.CHECK_CRCS_CONFIG,
			ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, ConsumerConfig.EXCLUDE_INTERNAL_TOPICS_CONFIG);

	private KafkaClientProperties() {
	}

	/**
	 * Put the properties together, in the order in which Boot does for its own clients.
	 * @param kafka what {@code spring.kafka} says
	 * @param connection what the connection details say
	 * @param clientId the client id, unless {@code spring.kafka.client-id} or an own
	 * property names one
	 * @param own the member's own properties
	 * @return the properties
	 */
	static Map<String, Object> assemble(KafkaProperties kafka, KafkaConnectionDetails connection, String clientId,
			Map<String, String> own) {
		Map<String, Object> properties = new HashMap<>(kafka.buildConsumerProperties());
		KafkaConnectionDetails.Configuration consumer = connection.getConsumer();
		properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, consumer.getBootstrapServers());
		String securityProtocol = consumer.getSecurityProtocol();
		if (StringUtils.hasText(securityProtocol)) {
			properties.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, securityProtocol);
		}
		SslBundle sslBundle = consumer.getSslBundle();
		if (sslBundle != null) {
			properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class);
			properties.put(SslBundle.class.getName(), sslBundle);
		}
		properties.keySet().removeAll(CONSUMER_ONLY);
		String sharedClientId = kafka.getClientId();
		properties.put(CommonClientConfigs.CLIENT_ID_CONFIG,
				StringUtils.hasText(sharedClientId) ? sharedClientId : clientId);
		properties.putAll(own);
		return properties;
	}

}
