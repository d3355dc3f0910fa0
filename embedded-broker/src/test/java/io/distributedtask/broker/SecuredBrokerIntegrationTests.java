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

package io.distributedtask.broker;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link SecuredBroker}.
 */
@Tag("jdk")
class SecuredBrokerIntegrationTests {

	private static SecuredBroker broker;

	@BeforeAll
	static void startBroker() {
		broker = SecuredBroker.start();
	}

	@AfterAll
	static void stopBroker() {
		broker.close();
	}

	@ParameterizedTest
	@CsvSource({ "SCRAM-SHA-512, scram-app", "PLAIN, plain-app", "OAUTHBEARER, token-app" })
	void usersAreKnownByWhatTheyShowAndMayDoNothing(String mechanism, String user) throws Exception {
		assertMayAskForItsOffsetsWhenAllowed(sasl(mechanism, broker.jaas(mechanism)), user);
	}

	@Test
	void aCertificateIsAUserToo() throws Exception {
		Map<String, Object> properties = tls();
		properties.putAll(Map.of("bootstrap.servers", broker.tlsServers(), "security.protocol", "SSL",
				"ssl.keystore.location", broker.keyStore().toString(), "ssl.keystore.type", "PKCS12",
				"ssl.keystore.password", broker.storePassword()));
		assertMayAskForItsOffsetsWhenAllowed(properties, SecuredBroker.CERTIFICATE_USER);
	}

	@Test
	void anotherPasswordIsRefused() {
		String jaas = broker.jaas("SCRAM-SHA-512").replace(broker.password(), "wrong");
		try (Admin admin = Admin.create(sasl("SCRAM-SHA-512", jaas))) {
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> admin.listConsumerGroupOffsets("a").all().get())
				.withCauseInstanceOf(SaslAuthenticationException.class);
		}
	}

	private void assertMayAskForItsOffsetsWhenAllowed(Map<String, Object> properties, String user) throws Exception {
		try (Admin admin = Admin.create(properties)) {
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> admin.listConsumerGroupOffsets("g").all().get())
				.withCauseInstanceOf(GroupAuthorizationException.class);
			assertThat(broker.decisions(user)).anyMatch((decision) -> !decision.allowed());
			broker.allow(user, AclOperation.DESCRIBE, "g");
			// what is allowed reaches the broker by way of its controller
			await().ignoreExceptionsInstanceOf(ExecutionException.class)
				.untilAsserted(() -> assertThat(admin.listConsumerGroupOffsets("g").all().get()).containsKey("g"));
			broker.disallow(user);
			await().untilAsserted(() -> assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> admin.listConsumerGroupOffsets("g").all().get()));
		}
	}

	private static Map<String, Object> sasl(String mechanism, String jaas) {
		Map<String, Object> properties = tls();
		properties.putAll(Map.of("bootstrap.servers", broker.saslServers(), "security.protocol", "SASL_SSL",
				"sasl.mechanism", mechanism, "sasl.jaas.config", jaas));
		return properties;
	}

	private static Map<String, Object> tls() {
		return new HashMap<>(Map.of("ssl.truststore.location", broker.trustStore().toString(), "ssl.truststore.type",
				"PKCS12", "ssl.truststore.password", broker.storePassword()));
	}

}
