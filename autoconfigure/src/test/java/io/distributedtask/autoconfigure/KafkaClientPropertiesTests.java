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

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaClientProperties}.
 */
class KafkaClientPropertiesTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, SslAutoConfiguration.class));

	@Test
	void connectionIsThatOfSpringKafka() {
		this.contextRunner
			.withPropertyValues("spring.kafka.bootstrap-servers=b1:9092,b2:9092",
					"spring.kafka.security.protocol=SASL_PLAINTEXT",
					"spring.kafka.properties[sasl.mechanism]=SCRAM-SHA-512",
					"spring.kafka.properties[sasl.jaas.config]=login;")
			.run((context) -> assertThat(assemble(context, Map.of()))
				.containsEntry("bootstrap.servers", List.of("b1:9092", "b2:9092"))
				.containsEntry("security.protocol", "SASL_PLAINTEXT")
				.containsEntry("sasl.mechanism", "SCRAM-SHA-512")
				.containsEntry("sasl.jaas.config", "login;")
				.containsEntry("client.id", "shop-tasks-1"));
	}

	@Test
	void nothingOfAConsumerIsLeft() {
		this.contextRunner
			.withPropertyValues("spring.kafka.consumer.group-id=shop", "spring.kafka.consumer.client-id=reader",
					"spring.kafka.consumer.auto-offset-reset=earliest", "spring.kafka.consumer.max-poll-records=1",
					"spring.kafka.consumer.isolation-level=read-committed",
					"spring.kafka.consumer.enable-auto-commit=false", "spring.kafka.consumer.heartbeat-interval=9s",
					"spring.kafka.properties[group.instance.id]=pod-1",
					"spring.kafka.properties[interceptor.classes]=com.example.Interceptor",
					"spring.kafka.properties[session.timeout.ms]=1")
			.run((context) -> assertThat(assemble(context, Map.of())).containsOnlyKeys("bootstrap.servers",
					"client.id"));
	}

	@Test
	void sharedClientIdIsUsed() {
		this.contextRunner.withPropertyValues("spring.kafka.client-id=shop", "spring.kafka.consumer.client-id=reader")
			.run((context) -> assertThat(assemble(context, Map.of())).containsEntry("client.id", "shop"));
	}

	@Test
	void ownPropertiesWin() {
		this.contextRunner
			.withPropertyValues("spring.kafka.client-id=shop", "spring.kafka.bootstrap-servers=b1:9092",
					"spring.kafka.security.protocol=SSL")
			.run((context) -> assertThat(assemble(context,
					Map.of("client.id", "own", "bootstrap.servers", "b3:9092", "security.protocol", "PLAINTEXT")))
				.containsEntry("client.id", "own")
				.containsEntry("bootstrap.servers", "b3:9092")
				.containsEntry("security.protocol", "PLAINTEXT"));
	}

	@Test
	void sslBundleGoesAlong() {
		this.contextRunner
			.withPropertyValues("spring.ssl.bundle.jks.client.protocol=TLSv1.3", "spring.kafka.ssl.bundle=client",
					"spring.kafka.security.protocol=SSL")
			.run((context) -> assertThat(assemble(context, Map.of()))
				.containsEntry("ssl.engine.factory.class", SslBundleSslEngineFactory.class)
				.containsEntry(SslBundle.class.getName(), context.getBean(SslBundles.class).getBundle("client"))
				.containsEntry("security.protocol", "SSL"));
	}

	@Test
	void connectionDetailsOverrideProperties() {
		this.contextRunner.withPropertyValues("spring.kafka.bootstrap-servers=b1:9092")
			.withBean(KafkaConnectionDetails.class, TestConnectionDetails::new)
			.run((context) -> assertThat(assemble(context, Map.of()))
				.containsEntry("bootstrap.servers", List.of("container:9092"))
				.containsEntry("security.protocol", "SASL_SSL"));
	}

	private static Map<String, Object> assemble(ApplicationContext context, Map<String, String> own) {
		return KafkaClientProperties.assemble(context.getBean(KafkaProperties.class),
				context.getBean(KafkaConnectionDetails.class), "shop-tasks-1", own);
	}

	private static final class TestConnectionDetails implements KafkaConnectionDetails {

		@Override
		public List<String> getBootstrapServers() {
			return List.of("ignored:9092");
		}

		@Override
		public Configuration getConsumer() {
			return Configuration.of(List.of("container:9092"), null, "SASL_SSL");
		}

	}

}
