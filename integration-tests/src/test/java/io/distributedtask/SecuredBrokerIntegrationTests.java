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

package io.distributedtask;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.actuate.endpoint.AssignmentsEndpoint;
import io.distributedtask.actuate.health.DistributedTasksHealthIndicator;
import io.distributedtask.broker.RecordingAuthorizer.Decision;
import io.distributedtask.broker.SecuredBroker;
import org.apache.kafka.common.acl.AclOperation;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances on a broker that lets nobody do anything but what an ACL says: with every way
 * to authenticate, {@code READ} on the one group is all that is needed, and no secret is
 * shown anywhere.
 */
@Tag("jdk")
@ExtendWith(OutputCaptureExtension.class)
class SecuredBrokerIntegrationTests {

	private static SecuredBroker broker;

	private final String groupId = "secured-" + System.nanoTime();

	private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

	@BeforeAll
	static void startBroker() {
		broker = SecuredBroker.start();
	}

	@AfterAll
	static void stopBroker() {
		broker.close();
	}

	@AfterEach
	void stopInstances() {
		this.instances.forEach(SpringApplication::exit);
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(null);
		((Logger) LoggerFactory.getLogger("org.apache.kafka.clients")).setLevel(null);
	}

	@ParameterizedTest
	@CsvSource({ "SCRAM-SHA-512, scram-app", "PLAIN, plain-app", "OAUTHBEARER, token-app" })
	void readOnTheGroupIsAllThatIsNeeded(String mechanism, String user, CapturedOutput output) {
		logEverything();
		int formerTests = broker.decisions(user).size();
		broker.allow(user, AclOperation.READ, this.groupId);
		ConfigurableApplicationContext a = start("a", sasl(mechanism));
		ConfigurableApplicationContext b = start("b", sasl(mechanism));
		assertFullFunction(a, b);
		assertThat(broker.decisions(user)).hasSizeGreaterThan(formerTests);
		assertThat(broker.decisions(user).subList(formerTests, broker.decisions(user).size()))
			.allSatisfy((decision) -> {
				assertThat(decision.allowed()).as("what was asked and not allowed").isTrue();
				assertThat(decision.resourceType()).isEqualTo("GROUP");
				assertThat(decision.resource()).isEqualTo(this.groupId);
			});
		assertNoSecret("the log", output.getAll());
		broker.disallow(user);
	}

	@Test
	void aCertificateFromAnSslBundleServesToo(CapturedOutput output) {
		logEverything();
		broker.allow(SecuredBroker.CERTIFICATE_USER, AclOperation.READ, this.groupId);
		ConfigurableApplicationContext a = start("a", certificate());
		ConfigurableApplicationContext b = start("b", certificate());
		assertFullFunction(a, b);
		assertThat(denied(SecuredBroker.CERTIFICATE_USER)).isEmpty();
		assertNoSecret("the log", output.getAll());
	}

	@Test
	void withoutTheAclTheErrorSaysWhatToGrantAndTheInstanceRecoversWithIt(CapturedOutput output) {
		logEverything();
		ConfigurableApplicationContext a = start("a", sasl("SCRAM-SHA-512"));
		String remedy = "grant this client's principal the operation READ on resource GROUP '%s'"
			.formatted(this.groupId);
		await().untilAsserted(() -> {
			Health health = health(a);
			assertThat(health.getStatus()).isEqualTo(Status.DOWN);
			assertThat(health.getDetails()).extractingByKey("problem").asString().contains(remedy);
		});
		await().untilAsserted(() -> assertThat(output).contains(remedy));
		broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
		await().until(() -> tasks(a).isOwner("alone"));
		await().until(() -> health(a).getStatus().equals(Status.UP));
		broker.disallow(SecuredBroker.SCRAM_USER);
		assertNoSecret("the log", output.getAll());
	}

	@Test
	void aWrongPasswordIsNamedAndNotShown(CapturedOutput output) {
		logEverything();
		List<String> arguments = new ArrayList<>(sasl("SCRAM-SHA-512"));
		arguments.replaceAll((argument) -> argument.replace(broker.password(), "secret-wrong"));
		ConfigurableApplicationContext a = start("a", arguments);
		await().untilAsserted(() -> assertThat(health(a).getDetails()).extractingByKey("problem")
			.asString()
			.contains("do not accept this client"));
		assertNoSecret("health", String.valueOf(health(a).getDetails()));
		assertThat(output.getAll()).doesNotContain("secret-");
	}

	private void assertFullFunction(ConfigurableApplicationContext a, ConfigurableApplicationContext b) {
		await().until(() -> owned(a) == 2 && owned(b) == 2);
		AssignmentsEndpoint endpoint = b.getBean(AssignmentsEndpoint.class);
		await().until(() -> tasks(b).assignments().source() == Source.COORDINATOR);
		Assignments view = tasks(b).assignments();
		assertThat(view.group().state()).isEqualTo(GroupStatus.STABLE);
		assertThat(view.instances()).extracting(Assignments.Instance::name).containsExactly("a", "b");
		assertNoSecret("the endpoint", JsonMapper.shared().writeValueAsString(endpoint.assignments(false)));
		assertNoSecret("health", JsonMapper.shared().writeValueAsString(health(b).getDetails()));
		stop(a);
		await().until(() -> owned(b) == 4);
		assertThat(b.getBean(Work.class).runs.get()).isPositive();
		stop(b);
	}

	@Test
	void aListenerThatMayNotReadItsTopicIsAFailureAndTriedAgain() {
		broker.allow(SecuredBroker.SCRAM_USER, AclOperation.READ, this.groupId);
		ConfigurableApplicationContext a = start(DeniedApplication.class, "a", sasl("SCRAM-SHA-512"));
		await().until(() -> tasks(a).isOwner("denied"));
		Supplier<Assignments.Execution> execution = () -> tasks(a).assignments()
			.tasks()
			.get(0)
			.assignments()
			.get(0)
			.execution();
		await().until(() -> execution.get() != null && execution.get().failures() > 1);
		assertThat(execution.get().lastError()).contains("listener container 'denied' is no longer running");
		broker.disallow(SecuredBroker.SCRAM_USER);
	}

	private static int owned(ConfigurableApplicationContext instance) {
		int owned = tasks(instance).isOwner("alone") ? 1 : 0;
		for (int shard = 0; shard < 3; shard++) {
			owned += tasks(instance).isOwner("split", shard) ? 1 : 0;
		}
		return owned;
	}

	private static List<Decision> denied(String user) {
		return broker.decisions(user).stream().filter((decision) -> !decision.allowed()).toList();
	}

	private static void assertNoSecret(String where, String text) {
		assertThat(text).as(where).doesNotContain(broker.password()).doesNotContain(broker.storePassword());
	}

	private static void logEverything() {
		((Logger) LoggerFactory.getLogger("io.distributedtask")).setLevel(Level.TRACE);
		((Logger) LoggerFactory.getLogger("org.apache.kafka.clients")).setLevel(Level.DEBUG);
	}

	private static List<String> sasl(String mechanism) {
		return List.of("--spring.kafka.bootstrap-servers=" + broker.saslServers(),
				"--spring.kafka.security.protocol=SASL_SSL", "--spring.kafka.ssl.bundle=kafka",
				"--spring.ssl.bundle.jks.kafka.truststore.location=" + broker.trustStore(),
				"--spring.ssl.bundle.jks.kafka.truststore.password=" + broker.storePassword(),
				"--spring.ssl.bundle.jks.kafka.truststore.type=PKCS12",
				"--spring.kafka.properties.[sasl.mechanism]=" + mechanism,
				"--spring.kafka.properties.[sasl.jaas.config]=" + broker.jaas(mechanism));
	}

	private static List<String> certificate() {
		return List.of("--spring.kafka.bootstrap-servers=" + broker.tlsServers(),
				"--spring.kafka.security.protocol=SSL", "--spring.kafka.ssl.bundle=kafka",
				"--spring.ssl.bundle.jks.kafka.truststore.location=" + broker.trustStore(),
				"--spring.ssl.bundle.jks.kafka.truststore.password=" + broker.storePassword(),
				"--spring.ssl.bundle.jks.kafka.truststore.type=PKCS12",
				"--spring.ssl.bundle.jks.kafka.keystore.location=" + broker.keyStore(),
				"--spring.ssl.bundle.jks.kafka.keystore.password=" + broker.storePassword(),
				"--spring.ssl.bundle.jks.kafka.keystore.type=PKCS12");
	}

	private ConfigurableApplicationContext start(String name, List<String> arguments) {
		return start(Application.class, name, arguments);
	}

	private ConfigurableApplicationContext start(Class<?> application, String name, List<String> arguments) {
		List<String> all = new ArrayList<>(
				List.of("--distributed-task.group-id=" + this.groupId, "--distributed-task.instance-name=" + name,
						"--spring.main.banner-mode=off", "--management.endpoints.web.exposure.include=assignments"));
		all.addAll(arguments);
		ConfigurableApplicationContext context = new SpringApplicationBuilder(application).web(WebApplicationType.NONE)
			.run(all.toArray(String[]::new));
		this.instances.add(context);
		return context;
	}

	private void stop(ConfigurableApplicationContext instance) {
		this.instances.remove(instance);
		SpringApplication.exit(instance);
	}

	private static DistributedTasks tasks(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasks.class);
	}

	private static Health health(ConfigurableApplicationContext instance) {
		return instance.getBean(DistributedTasksHealthIndicator.class).health();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(60));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Work work() {
			return new Work();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class DeniedApplication {

		@DistributedTask("denied")
		@KafkaListener(id = "denied", topics = "denied", autoStartup = "false")
		void denied(String record) {
			throw new IllegalStateException("There is nothing to read");
		}

	}

	static class Work {

		private final AtomicInteger runs = new AtomicInteger();

		@DistributedTask("alone")
		void alone(TaskContext task) {
			this.runs.incrementAndGet();
		}

		@DistributedTask(name = "split", shards = 3)
		void split(TaskContext task) {
			this.runs.incrementAndGet();
		}

	}

}
