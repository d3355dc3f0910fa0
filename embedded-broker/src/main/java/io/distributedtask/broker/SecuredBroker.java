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

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.distributedtask.broker.RecordingAuthorizer.Decision;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AccessControlEntryFilter;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourcePatternFilter;
import org.apache.kafka.common.resource.ResourceType;

/**
 * One broker that lets nobody do anything, with three listeners: one for administrators
 * without authentication, one for SASL over TLS (SCRAM-SHA-512, PLAIN, OAUTHBEARER), one
 * for TLS with the client's certificate. Kafka's standard authorizer decides by ACLs.
 * Keys, certificates and passwords are made anew each time.
 */
public final class SecuredBroker implements AutoCloseable {

	/** The user that authenticates by SCRAM-SHA-512. */
	public static final String SCRAM_USER = "scram-app";

	/** The user that authenticates by SASL/PLAIN. */
	public static final String PLAIN_USER = "plain-app";

	/** The user that authenticates by a bearer token. */
	public static final String TOKEN_USER = "token-app";

	/** The user that authenticates by its certificate. */
	public static final String CERTIFICATE_USER = "CN=certificate-app";

	private static final String SASL_SSL = "SECURE";

	private static final String SSL = "MUTUAL";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TlsMaterial tls = new TlsMaterial("broker", CERTIFICATE_USER.substring("CN=".length()));

	private final String password = "secret-" + HexFormat.of().formatHex(new SecureRandom().generateSeed(16));

	private final String record = UUID.randomUUID().toString();

	private final EmbeddedBrokers brokers;

	private SecuredBroker() {
		EmbeddedBrokers.Builder builder = EmbeddedBrokers.builder()
			.listener(SASL_SSL, "SASL_SSL")
			.listener(SSL, "SSL")
			.scramUser(SCRAM_USER, this.password)
			.property("authorizer.class.name", RecordingAuthorizer.class.getName())
			.property(RecordingAuthorizer.RECORD, this.record)
			.property("super.users", "User:ANONYMOUS")
			.property("allow.everyone.if.no.acl.found", "false");
		addSasl(builder);
		addTls(builder, SASL_SSL, "none");
		addTls(builder, SSL, "required");
		try {
			this.brokers = builder.start();
		}
		catch (RuntimeException ex) {
			this.tls.close();
			throw ex;
		}
	}

	/**
	 * Start a broker.
	 * @return the running broker
	 */
	public static SecuredBroker start() {
		return new SecuredBroker();
	}

	private void addSasl(EmbeddedBrokers.Builder builder) {
		String prefix = "listener.name." + SASL_SSL.toLowerCase() + ".";
		builder.property(prefix + "sasl.enabled.mechanisms", "SCRAM-SHA-512,PLAIN,OAUTHBEARER")
			.property(prefix + "scram-sha-512.sasl.jaas.config",
					"org.apache.kafka.common.security.scram.ScramLoginModule required;")
			.property(prefix + "plain.sasl.jaas.config",
					"org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
						.formatted(PLAIN_USER, this.password))
			.property(prefix + "oauthbearer.sasl.jaas.config",
					"org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
							+ "unsecuredLoginStringClaim_sub=\"broker\";");
	}

	private void addTls(EmbeddedBrokers.Builder builder, String listener, String clientAuthentication) {
		String prefix = "listener.name." + listener.toLowerCase() + ".ssl.";
		builder.property(prefix + "keystore.location", this.tls.keyStore("server").toString())
			.property(prefix + "keystore.type", TlsMaterial.TYPE)
			.property(prefix + "keystore.password", this.tls.password())
			.property(prefix + "key.password", this.tls.password())
			.property(prefix + "truststore.location", this.tls.trustStore("server").toString())
			.property(prefix + "truststore.type", TlsMaterial.TYPE)
			.property(prefix + "truststore.password", this.tls.password())
			.property(prefix + "client.auth", clientAuthentication);
	}

	/**
	 * Where administrators connect, without authentication, who may do anything.
	 * @return the value of {@code bootstrap.servers}
	 */
	public String adminServers() {
		return this.brokers.bootstrapServers();
	}

	/**
	 * Where clients connect with SASL over TLS.
	 * @return the value of {@code bootstrap.servers}
	 */
	public String saslServers() {
		return this.brokers.bootstrapServers(SASL_SSL);
	}

	/**
	 * Where clients connect with their certificate.
	 * @return the value of {@code bootstrap.servers}
	 */
	public String tlsServers() {
		return this.brokers.bootstrapServers(SSL);
	}

	/**
	 * The password of {@link #SCRAM_USER} and {@link #PLAIN_USER}, which begins with
	 * {@code secret-}.
	 * @return the password
	 */
	public String password() {
		return this.password;
	}

	/**
	 * The value of {@code sasl.jaas.config} for a client.
	 * @param mechanism the mechanism: SCRAM-SHA-512, PLAIN or OAUTHBEARER
	 * @return the value
	 */
	public String jaas(String mechanism) {
		String login = "%s required username=\"%s\" password=\"%s\";";
		return switch (mechanism) {
			case "SCRAM-SHA-512" ->
				login.formatted("org.apache.kafka.common.security.scram.ScramLoginModule", SCRAM_USER, this.password);
			case "PLAIN" ->
				login.formatted("org.apache.kafka.common.security.plain.PlainLoginModule", PLAIN_USER, this.password);
			case "OAUTHBEARER" -> "%s required unsecuredLoginStringClaim_sub=\"%s\";"
				.formatted("org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule", TOKEN_USER);
			default -> throw new IllegalArgumentException("Mechanism '%s' is not known here".formatted(mechanism));
		};
	}

	/**
	 * A PKCS12 store with the certificate that clients have to trust.
	 * @return the file
	 */
	public Path trustStore() {
		return this.tls.trustStore("client");
	}

	/**
	 * A PKCS12 store with the key of {@link #CERTIFICATE_USER}.
	 * @return the file
	 */
	public Path keyStore() {
		return this.tls.keyStore("client");
	}

	/**
	 * The password of both stores and of the key.
	 * @return the password
	 */
	public String storePassword() {
		return this.tls.password();
	}

	/**
	 * Let a user do something with a group.
	 * @param user the name of the user
	 * @param operation the operation
	 * @param groupId the group
	 */
	public void allow(String user, AclOperation operation, String groupId) {
		try (Admin admin = admin()) {
			await(admin
				.createAcls(Set.of(new AclBinding(new ResourcePattern(ResourceType.GROUP, groupId, PatternType.LITERAL),
						new AccessControlEntry("User:" + user, "*", operation, AclPermissionType.ALLOW))))
				.all());
		}
	}

	/**
	 * Take from a user everything that it may do.
	 * @param user the name of the user
	 */
	public void disallow(String user) {
		try (Admin admin = admin()) {
			await(admin
				.deleteAcls(Set.of(new AclBindingFilter(ResourcePatternFilter.ANY,
						new AccessControlEntryFilter("User:" + user, null, AclOperation.ANY, AclPermissionType.ANY))))
				.all());
		}
	}

	/**
	 * What the authorizer has decided for a user so far.
	 * @param user the name of the user
	 * @return the decisions
	 */
	public List<Decision> decisions(String user) {
		return RecordingAuthorizer.record(this.record)
			.stream()
			.filter((decision) -> decision.principal().equals(user))
			.toList();
	}

	/**
	 * An administrator's client.
	 * @return the client, to be closed
	 */
	public Admin admin() {
		return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, adminServers()));
	}

	private static <T> T await(KafkaFuture<T> future) {
		try {
			return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The broker rejected the request", ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("The broker did not answer within " + PATIENCE, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for the broker", ex);
		}
	}

	@Override
	public void close() {
		try {
			this.brokers.close();
		}
		finally {
			RecordingAuthorizer.forget(this.record);
			this.tls.close();
		}
	}

}
