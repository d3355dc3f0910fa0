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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.distributedtask.broker.EmbeddedBrokers;
import io.distributedtask.fixture.SharedBroker;
import org.apache.kafka.tools.GroupsCommand;
import org.apache.kafka.tools.consumer.group.ConsumerGroupCommand;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kafka's own command line tools at a broker that has a group of tasks.
 */
class KafkaToolsIntegrationTests {

	@Test
	void kafkasOwnToolsListTheGroup() throws Exception {
		try (EmbeddedBrokers brokers = SharedBroker.withShortSessions().start();
				TestGroup group = new TestGroup(brokers, Duration.ofSeconds(20))) {
			group.instance("a").start();
			group.awaitRest("at first");
			String groupId = group.settings().groupId();
			String server = brokers.bootstrapServers();
			assertThat(output(GroupsCommand.class, "--bootstrap-server", server, "--list").lines())
				.anyMatch((line) -> line.matches(groupId + "\\s+Classic\\s+distributed-task\\s*"));
			assertThat(output(ConsumerGroupCommand.class, "--bootstrap-server", server, "--list"))
				.doesNotContain("Exception")
				.doesNotContain("Error")
				.doesNotContain(groupId);
			assertThat(
					output(ConsumerGroupCommand.class, "--bootstrap-server", server, "--describe", "--group", groupId))
				.contains("is not a consumer group");
			group.awaitRest("after the tools have looked");
		}
	}

	/**
	 * Run a tool in a process of its own, as its script does.
	 */
	private static String output(Class<?> tool, String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), tool.getName()));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(output).isZero();
		return output;
	}

}
