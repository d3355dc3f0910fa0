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

import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.internal.group.GroupSettings;
import io.distributedtask.internal.group.KafkaGroupMembership;
import io.distributedtask.internal.port.GroupMembership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/**
 * Creates memberships of a Kafka group, and logs once which settings of the client
 * conflict with those of the group.
 */
class KafkaGroupMembershipFactory implements GroupMembershipFactory {

	private static final Logger logger = LoggerFactory.getLogger(KafkaGroupMembershipFactory.class);

	private final GroupSettings settings;

	private final KafkaProperties kafkaProperties;

	private final KafkaConnectionDetails connectionDetails;

	private final Map<String, String> ownProperties;

	private final AtomicBoolean warned = new AtomicBoolean();

	KafkaGroupMembershipFactory(GroupSettings settings, KafkaProperties kafkaProperties,
			KafkaConnectionDetails connectionDetails, Map<String, String> ownProperties) {
		this.settings = settings;
		this.kafkaProperties = kafkaProperties;
		this.connectionDetails = connectionDetails;
		this.ownProperties = ownProperties;
	}

	@Override
	public GroupMembership create(String instance) {
		Map<String, Object> client = KafkaClientProperties.assemble(this.kafkaProperties, this.connectionDetails,
				this.settings.groupId() + "-" + instance, this.ownProperties);
		if (!this.warned.getAndSet(true)) {
			DurationConflicts.ofClient(client, this.settings.sessionTimeout(), this.settings.rebalanceTimeout())
				.forEach((warning) -> logger.warn("{}", warning));
		}
		return new KafkaGroupMembership(this.settings, client);
	}

}
