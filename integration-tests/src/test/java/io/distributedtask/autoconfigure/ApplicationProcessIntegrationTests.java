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

import java.nio.file.Path;
import java.util.List;

import io.distributedtask.fixture.SharedBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of applications without a web server in processes of their own: which
 * modules of the JDK they need, and when they end.
 */
@Tag("jdk")
class ApplicationProcessIntegrationTests {

	private static final String LOCAL = "--distributed-task.mode=local";

	/** Spring needs {@code java.desktop}, Kafka's client the last two. */
	private static final String FEW_MODULES = "--limit-modules=java.base,java.logging,java.management,java.naming,"
			+ "java.net.http,java.desktop,java.security.jgss,java.security.sasl";

	@TempDir
	private Path folder;

	private ApplicationProcess start(String... arguments) {
		return ApplicationProcess.start(this.folder, List.of(), arguments);
	}

	@Test
	void aMinimalRuntimeRunsTasksAndStaysUpUntilItIsStopped() {
		try (ApplicationProcess local = ApplicationProcess.start(this.folder, List.of(FEW_MODULES), LOCAL);
				ApplicationProcess member = ApplicationProcess.start(this.folder, List.of(FEW_MODULES),
						"--spring.kafka.bootstrap-servers=" + SharedBroker.servers());
				ApplicationProcess outside = start("--spring.kafka.bootstrap-servers=localhost:1")) {
			local.awaitOutput(ProcessApplication.MAIN_HAS_ENDED).awaitOutput(ProcessApplication.TASK_RUNS);
			member.awaitOutput(ProcessApplication.MAIN_HAS_ENDED).awaitOutput(ProcessApplication.TASK_RUNS);
			outside.awaitOutput(ProcessApplication.MAIN_HAS_ENDED).awaitStillAlive();
			for (ApplicationProcess process : List.of(local, member, outside)) {
				process.awaitStillAlive();
				process.terminate();
			}
			assertThat(List.of(local.awaitEnd(), member.awaitEnd(), outside.awaitEnd())).as("ended by the signal")
				.containsOnly(143);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "exit", "system-exit" })
	void endsWithItsExitCode(String how) {
		try (ApplicationProcess process = start(LOCAL, "--then=" + how)) {
			assertThat(process.awaitEnd()).isEqualTo(7);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "close-later", "pause" })
	void endsWhenTheContextHasStopped(String how) {
		try (ApplicationProcess process = start(LOCAL, "--then=" + how)) {
			assertThat(process.awaitEnd()).as(process::output).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--then=fail", "--test.broken=true" })
	void endsWhenItFailsToStart(String how) {
		try (ApplicationProcess process = start(LOCAL, how)) {
			assertThat(process.awaitEnd()).as(process::output).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "--distributed-task.enabled=false", "--test.task=false", "--spring.main.keep-alive=false" })
	void endsAfterItsMainMethodWhereThereIsNothingToWaitFor(String why) {
		try (ApplicationProcess process = start(LOCAL, why)) {
			assertThat(process.awaitEnd()).as(process::output).isZero();
			assertThat(process.output()).contains(ProcessApplication.MAIN_HAS_ENDED);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--then=register", "--test.source=true", "--then=restart" })
	void staysUpForTasksThatComeLater(String argument) {
		boolean annotated = argument.equals("--then=restart");
		try (ApplicationProcess process = start(LOCAL, "--test.task=" + annotated, argument)) {
			process.awaitOutput(ProcessApplication.MAIN_HAS_ENDED).awaitStillAlive();
		}
	}

}
