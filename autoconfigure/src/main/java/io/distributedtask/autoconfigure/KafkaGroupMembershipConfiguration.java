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
import io.distributedtask.internal.group.KafkaClientsVersion;
import io.distributedtask.internal.group.KafkaGroupMembership;
import io.distributedtask.internal.port.GroupMembershipFactory;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.kafka.security.jaas.KafkaJaasLoginModuleInitializer;

/**
 * Membership of a Kafka group, over the connection that Boot has configured.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({ CommonClientConfigs.class, KafkaProperties.class, KafkaJaasLoginModuleInitializer.class })
@Conditional(OnPropertyValue.Kafka.class)
@ImportRuntimeHints(KafkaGroupMembershipConfiguration.Hints.class)
class KafkaGroupMembershipConfiguration {

	private static final Logger logger = LoggerFactory.getLogger(KafkaGroupMembershipConfiguration.class);

	@Bean(FrozenConditions.KAFKA)
	@ConditionalOnBean({ KafkaProperties.class, KafkaConnectionDetails.class })
	@ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
	GroupMembershipFactory kafkaGroupMembershipFactory(DistributedTaskProperties properties, GroupId groupId,
			KafkaProperties kafkaProperties, KafkaConnectionDetails connectionDetails,
			ObjectProvider<KafkaJaasLoginModuleInitializer> jaas, InstanceAddress address,
			ObjectProvider<SslBundles> sslBundles) {
		// before a class is loaded that not every version has
		KafkaClientsVersion.check();
		// the login configuration has to be in place before a client reads it
		jaas.ifAvailable((initializer) -> {
		});
		GroupSettings settings = new GroupSettings(groupId.value(), properties.staticMemberId(), properties.assignors(),
				properties.heartbeatInterval(), properties.sessionTimeout(), properties.rebalanceTimeout());
		CrashWatchFactory watches = new CrashWatchFactory(properties.watch(), groupId.value(), address,
				sslBundles.getIfAvailable());
		AtomicBoolean warned = new AtomicBoolean();
		return (instance) -> {
			Map<String, Object> client = KafkaClientProperties.assemble(kafkaProperties, connectionDetails,
					groupId.value() + "-" + instance, properties.kafka().properties());
			if (!warned.getAndSet(true)) {
				DurationConflicts.ofClient(client, properties.sessionTimeout(), properties.rebalanceTimeout())
					.forEach((warning) -> logger.warn("{}", warning));
			}
			return new KafkaGroupMembership(settings, client, watches.create());
		};
	}

	/**
	 * Without the file the version is not known in a native image, and what belongs to it
	 * is created by name.
	 */
	static class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern(KafkaClientsVersion.FILE);
			hints.reflection()
				.registerType(TypeReference.of(KafkaClientsVersion.lineType()),
						MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		}

	}

}
