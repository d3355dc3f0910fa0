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

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.broker.SecuredBroker;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AclOperation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of brokers that do not let the application in, or no longer, and of
 * an administrator who does something about it while the application runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class SecurityAnswersIntegrationTests {

	private static final String JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required "
			+ "username=\"%s\" password=\"%s\";";

	private static SecuredBroker broker;

	private final String groupId = "group-" + System.nanoTime();

	@BeforeAll
	static void startBroker() {
		broker = SecuredBroker.start();
	}

	@AfterAll
	static void stopBroker() {
		broker.close();
	}

	@Test
	void aGroupThatTheApplicationMayNotRead(CapturedOutput output) {
		broker.disallow(SecuredBroker.SCRAM_USER);
		try (Shop shop = shop("a", broker.jaas("SCRAM-SHA-512"))) {
			shop.awaitTrouble(output, "Not authorized for group '" + this.groupId + "'",
					"READ on resource GROUP '" + this.groupId + "'");
			broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
			shop.awaitRecovery(output);
		}
	}

	@Test
	void aGroupThatTheApplicationMayNoLongerRead(CapturedOutput output) {
		broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
		try (Shop shop = shop("a", broker.jaas("SCRAM-SHA-512"))) {
			shop.awaitOwner();
			broker.disallow(SecuredBroker.SCRAM_USER);
			shop.awaitTrouble(output, "Not authorized for group '" + this.groupId + "'");
			broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
			shop.awaitRecovery(output);
		}
	}

	@Test
	void aPasswordThatIsWrong(CapturedOutput output) throws Exception {
		broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
		String secret = "not-to-be-seen";
		try (Shop shop = shop("a", JAAS.formatted(SecuredBroker.SCRAM_USER, secret))) {
			shop.awaitTrouble(output, "do not accept this client (SaslAuthenticationException)",
					"check security.protocol, the SASL settings and the SSL bundle in spring.kafka.*");
			changePassword(broker.admin(), SecuredBroker.SCRAM_USER, secret);
			shop.awaitRecovery(output);
			assertThat(output).doesNotContain(secret).doesNotContain(broker.password());
		}
		finally {
			changePassword(broker.admin(), SecuredBroker.SCRAM_USER, broker.password());
		}
	}

	@Test
	void aPasswordThatIsChangedWhileTheApplicationRuns(CapturedOutput output) throws Exception {
		try (EmbeddedBrokers brokers = EmbeddedBrokers.builder()
			.listener("SASL", "SASL_PLAINTEXT")
			.scramUser("app", "old")
			.property("listener.name.sasl.sasl.enabled.mechanisms", "SCRAM-SHA-512")
			.property("listener.name.sasl.scram-sha-512.sasl.jaas.config",
					"org.apache.kafka.common.security.scram.ScramLoginModule required;")
			.property("listener.name.sasl.connections.max.reauth.ms", "2000")
			.start();
				Shop shop = Shop.open("a", this.groupId, brokers.bootstrapServers("SASL"),
						"--spring.kafka.security.protocol=SASL_PLAINTEXT",
						"--spring.kafka.properties[sasl.mechanism]=SCRAM-SHA-512",
						"--spring.kafka.properties[sasl.jaas.config]=" + JAAS.formatted("app", "old"))) {
			shop.awaitOwner();
			changePassword(Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers())), "app", "new");
			shop.awaitTrouble(output, "do not accept this client (SaslAuthenticationException)");
			changePassword(Admin.create(Map.of("bootstrap.servers", brokers.bootstrapServers())), "app", "old");
			shop.awaitRecovery(output);
			assertThat(shop.worker().starts()).as("lost at most once").isLessThanOrEqualTo(2 * Shop.SHARDS);
		}
	}

	private Shop shop(String name, String jaas) {
		return Shop.open(name, this.groupId, broker.saslServers(), "--spring.kafka.security.protocol=SASL_SSL",
				"--spring.kafka.ssl.trust-store-type=PKCS12",
				"--spring.kafka.ssl.trust-store-location=file:" + broker.trustStore(),
				"--spring.kafka.ssl.trust-store-password=" + broker.storePassword(),
				"--spring.kafka.properties[sasl.mechanism]=SCRAM-SHA-512",
				"--spring.kafka.properties[sasl.jaas.config]=" + jaas);
	}

	private static void changePassword(Admin admin, String user, String password) throws Exception {
		try (admin) {
			admin
				.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(user,
						new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
				.all()
				.get(30, TimeUnit.SECONDS);
		}
	}

}
