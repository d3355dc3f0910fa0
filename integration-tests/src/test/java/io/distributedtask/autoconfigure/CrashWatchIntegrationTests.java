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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.distributedtask.fixture.SharedBroker;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of the crash watch with processes that are killed. The session
 * timeout is much longer than a test waits: without the watch nothing would happen.
 */
@Tag("jdk")
class CrashWatchIntegrationTests {

	private static final Duration SESSION = Duration.ofMinutes(10);

	private static final String CRASHED = "has crashed, as the crash watch found";

	@TempDir
	private Path folder;

	private final List<ApplicationProcess> processes = new ArrayList<>();

	@AfterEach
	void close() {
		this.processes.forEach(ApplicationProcess::close);
	}

	private ApplicationProcess start(String name, String group, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--spring.kafka.bootstrap-servers=" + SharedBroker.servers(),
				"--distributed-task.group-id=" + group, "--distributed-task.instance-name=" + name,
				"--distributed-task.session-timeout=" + SESSION, "--distributed-task.rebalance-timeout=" + SESSION,
				"--distributed-task.watch.enabled=true", "--distributed-task.watch.bind-address=127.0.0.1",
				"--logging.level.io.distributedtask=INFO", "--logging.level.io.distributedtask.internal.watch=DEBUG"));
		arguments.addAll(List.of(more));
		ApplicationProcess process = ApplicationProcess.start(this.folder, List.of(), arguments.toArray(String[]::new));
		this.processes.add(process);
		return process;
	}

	@Test
	@Tag("kafka")
	void othersTakeOverFromAProcessThatWasKilledLongBeforeItsSessionEnds() {
		crash("crash-watch");
	}

	@Test
	void withTlsToo() throws Exception {
		Path keys = keys();
		crash("crash-watch-tls", "--distributed-task.watch.ssl-bundle=watch",
				"--spring.ssl.bundle.jks.watch.keystore.location=" + keys,
				"--spring.ssl.bundle.jks.watch.keystore.password=changeit",
				"--spring.ssl.bundle.jks.watch.keystore.type=PKCS12",
				"--spring.ssl.bundle.jks.watch.truststore.location=" + keys,
				"--spring.ssl.bundle.jks.watch.truststore.password=changeit",
				"--spring.ssl.bundle.jks.watch.truststore.type=PKCS12");
	}

	private void crash(String group, String... more) {
		ApplicationProcess owner = start("a", group, more).awaitOutput(ProcessApplication.TASK_RUNS);
		ApplicationProcess b = start("b", group, more);
		ApplicationProcess c = start("c", group, more);
		for (ApplicationProcess process : List.of(b, c)) {
			process.awaitOutput("Watching instance 'a'");
		}
		owner.awaitOutput("Watching instance 'b'").awaitOutput("Watching instance 'c'");
		assertThat(Stream.of(b, c).map(ApplicationProcess::output))
			.allSatisfy((output) -> assertThat(output).doesNotContain(ProcessApplication.TASK_RUNS));
		owner.close();
		Awaitility.await()
			.atMost(SESSION.dividedBy(5))
			.untilAsserted(() -> assertThat(b.output() + c.output()).contains("Instance 'a' of group", CRASHED)
				.contains(ProcessApplication.TASK_RUNS));
		for (ApplicationProcess process : List.of(b, c)) {
			process.awaitOutput("a left, requested by")
				.awaitOutput("crash watch found that the process of a has ended");
		}
	}

	private Path keys() throws IOException, InterruptedException {
		Path keys = this.folder.resolve("watch.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "watch", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "2",
				"-dname", "CN=watch", "-storetype", "PKCS12", "-storepass", "changeit", "-keystore", keys.toString())
			.redirectErrorStream(true)
			.start();
		assertThat(keytool.waitFor()).isZero();
		return keys;
	}

	@Test
	void aProcessThatStopsInOrderHasNotCrashed() {
		ApplicationProcess owner = start("a", "crash-watch-stop").awaitOutput(ProcessApplication.TASK_RUNS);
		ApplicationProcess b = start("b", "crash-watch-stop");
		b.awaitOutput("Watching instance 'a'");
		owner.awaitOutput("Watching instance 'b'");
		owner.terminate();
		assertThat(owner.awaitEnd()).isEqualTo(143);
		b.awaitOutput(ProcessApplication.TASK_RUNS).awaitOutput("a left");
		assertThat(b.output()).doesNotContain(CRASHED);
	}

}
