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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DurationConflicts} and {@link ShutdownPhase}.
 */
@ExtendWith(OutputCaptureExtension.class)
class DurationConflictsTests {

	private static final Duration SESSION = Duration.ofSeconds(10);

	private static final Duration REBALANCE = Duration.ofSeconds(20);

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(KafkaAutoConfiguration.class, DistributedTaskAutoConfiguration.class))
		.withPropertyValues("spring.application.name=shop", "spring.kafka.bootstrap-servers=localhost:1");

	@Test
	void defaultsStartWithoutWarning(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).doesNotContain("timeout-per-shutdown-phase", "distributed-task.");
		});
	}

	@Test
	void warnsOnceOfARevokeTimeoutThatTheShutdownHasNoTimeFor(CapturedOutput output) {
		this.contextRunner.withPropertyValues("distributed-task.revoke-timeout=45s").run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output)
				.containsOnlyOnce("distributed-task.revoke-timeout (45s) is longer than "
						+ "spring.lifecycle.timeout-per-shutdown-phase (30s)")
				.contains("Raise spring.lifecycle.timeout-per-shutdown-phase to 47s");
		});
	}

	@Test
	void warnsOnceOfAClientThatGivesUpItsConnectionTooSoon(CapturedOutput output) {
		this.contextRunner.withPropertyValues("spring.kafka.properties[connections.max.idle.ms]=15000")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				context.getBean(TaskEngineLifecycle.class).stop();
				context.getBean(TaskEngineLifecycle.class).start();
				assertThat(output).containsOnlyOnce("Kafka's connections.max.idle.ms (15s) is not longer than "
						+ "distributed-task.rebalance-timeout (20s)");
			});
	}

	@Test
	void ofASmallerValueOfOursInPlaceOfTheSharedOneNothingIsSaid(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("spring.kafka.properties[connections.max.idle.ms]=15000",
					"distributed-task.kafka.properties[connections.max.idle.ms]=60000")
			.run((context) -> assertThat(output).doesNotContain("connections.max.idle.ms"));
	}

	@ParameterizedTest(name = "{0}={1}")
	@CsvSource(delimiter = '|', textBlock = """
			connections.max.idle.ms  | 20000 | (20s) is not longer than distributed-task.rebalance-timeout (20s)
			request.timeout.ms       | 10000 | (10s) is not longer than distributed-task.session-timeout (10s)
			request.timeout.ms       | 1500  | (1500ms) is not longer than distributed-task.session-timeout (10s)
			reconnect.backoff.ms     | 3334  | is more than a third of distributed-task.session-timeout (10s)
			reconnect.backoff.max.ms | 60000 | (60s) is more than a third of distributed-task.session-timeout (10s)
			retry.backoff.ms         | 5000  | (5s) is more than a third of distributed-task.session-timeout (10s)
			retry.backoff.max.ms     | 5000  | Set it to 3333ms or less
			""")
	void clientSettingsThatFightWithTheGroupsAreNamedWithBothNumbers(String key, String value, String text) {
		assertThat(ofClient(Map.of(key, value))).singleElement()
			.asString()
			.startsWith("Kafka's " + key)
			.contains(text)
			.contains("distributed-task.kafka.properties");
	}

	@ParameterizedTest(name = "{0}={1}")
	@CsvSource({ "connections.max.idle.ms,20001", "connections.max.idle.ms,-1", "request.timeout.ms,10001",
			"reconnect.backoff.max.ms,3333", "request.timeout.ms,many" })
	void otherClientSettingsAreFine(String key, String value) {
		assertThat(ofClient(Map.of(key, value))).isEmpty();
		assertThat(ofClient(Map.of())).isEmpty();
	}

	@Test
	void numbersMayComeAsNumbers() {
		assertThat(ofClient(Map.of("request.timeout.ms", 500))).hasSize(1);
	}

	@Test
	void springIsToldBeforeItStopsWaiting() {
		assertThat(new ShutdownPhase(Duration.ofSeconds(30)).stopTimeout()).isEqualTo(Duration.ofMillis(29_500));
		assertThat(new ShutdownPhase(Duration.ofSeconds(2)).stopTimeout()).isEqualTo(Duration.ofMillis(1900));
	}

	private static List<String> ofClient(Map<String, Object> client) {
		return DurationConflicts.ofClient(client, SESSION, REBALANCE);
	}

}
