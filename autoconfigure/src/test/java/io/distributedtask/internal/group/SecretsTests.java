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

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.port.Callbacks;
import io.distributedtask.internal.port.GroupException;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Secrets}, and for what {@link KafkaGroupMembership} says of settings
 * that it cannot use.
 */
class SecretsTests {

	@Test
	void hidesValuesOfSecretPropertiesAndOfLoginModules() {
		Secrets secrets = new Secrets(Map.of("ssl.keystore.password", "s3cret-a", "ssl.key.password",
				new Password("s3cret-b"), "sasl.jaas.config",
				"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"u5er\" password=\"s3cret c\";",
				"bootstrap.servers", "localhost:9092"));
		assertThat(secrets
			.hide("a s3cret-a b s3cret-b c s3cret c u u5er required PlainLoginModule password localhost:9092"))
			.isEqualTo("a ****** b ****** c ****** u ****** required PlainLoginModule password localhost:9092");
	}

	@Test
	void aFailureWithASecretInItsCauseIsNotLogged() {
		Secrets secrets = new Secrets(Map.of("ssl.keystore.password", "s3cret"));
		RuntimeException clean = new IllegalStateException("no", new IllegalArgumentException("harm"));
		assertThat(secrets.hide(clean)).isSameAs(clean);
		RuntimeException failure = new IllegalStateException("no", new IllegalArgumentException("bad: s3cret"));
		assertThat(secrets.hide(failure)).hasMessageContaining("bad: ******")
			.hasNoCause()
			.satisfies((ex) -> assertThat(ex.getStackTrace()).isEqualTo(failure.getStackTrace()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "s3cret", "org.apache.kafka.common.security.plain.PlainLoginModule s3cret;",
			"org.apache.kafka.common.security.plain.PlainLoginModule required \"s3cret\";",
			"org.apache.kafka.common.security.plain.PlainLoginModule required username=u password s3cret;",
			"org.apache.kafka.common.security.plain.PlainLoginModule required username=u password=s3cret",
			"org.apache.kafka.common.security.plain.PlainLoginModule required username='s3cret",
			"a.B required password=\"s3cret\"; c.D" })
	void aLoginModuleThatCannotBeParsedIsNamedAndNotQuoted(String jaas) {
		Map<String, Object> properties = new HashMap<>(Map.of("bootstrap.servers", "127.0.0.1:1", "security.protocol",
				"SASL_PLAINTEXT", "sasl.mechanism", "PLAIN", "sasl.jaas.config", jaas));
		assertNotQuoted(properties);
	}

	@Test
	void aStoreThatCannotBeReadIsNamedAndItsPasswordIsNot() {
		assertNotQuoted(
				Map.of("bootstrap.servers", "127.0.0.1:1", "security.protocol", "SSL", "ssl.truststore.location",
						"/does/not/exist.p12", "ssl.truststore.password", "s3cret", "ssl.truststore.type", "PKCS12"));
	}

	@Test
	void aSecretUnderAKeyOfAnotherTypeIsNotQuoted() {
		assertNotQuoted(Map.of("bootstrap.servers", "127.0.0.1:1", "sasl.login.refresh.buffer.seconds", "1",
				"sasl.oauthbearer.token.endpoint.url", "s3cret", "security.protocol", "s3cret"));
	}

	private void assertNotQuoted(Map<String, Object> properties) {
		GroupSettings settings = new GroupSettings("g", null, List.of("sticky"), Duration.ofMillis(100),
				Duration.ofSeconds(10), Duration.ofSeconds(20));
		KafkaGroupMembership membership = new KafkaGroupMembership(settings, properties);
		try {
			GroupException failure = catchThrowableOfType(GroupException.class,
					() -> membership.poll(Duration.ofMillis(10), mock(Callbacks.class)));
			assertThat(failure).isNotNull();
			assertThat(failure).hasMessageContaining("Check spring.kafka.*");
			assertThat(failure).hasStackTraceContaining("GroupException");
			assertThat(stackTrace(failure)).doesNotContain("s3cret");
		}
		finally {
			membership.close();
		}
	}

	private static String stackTrace(Throwable failure) {
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

}
