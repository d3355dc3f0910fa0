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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.distributedtask.Membership;
import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.MemberSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is reported of brokers that cannot be reached, never could, or do not answer.
 */
@ExtendWith(OutputCaptureExtension.class)
class SilentBrokersTests {

	/** What a TLS server answers to something that is no TLS. */
	private static final byte[] TLS_ALERT = HexFormat.of().parseHex("15030300020250");

	private static final Duration SESSION = Duration.ofMillis(900);

	private final List<AutoCloseable> resources = new ArrayList<>();

	private final String groupId = "group-" + System.nanoTime();

	private final LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());

	@BeforeEach
	void logAsApplicationsDo() {
		this.logging.setLogLevel("org.apache.kafka", LogLevel.INFO);
	}

	@AfterEach
	void close() throws Exception {
		this.logging.setLogLevel("org.apache.kafka", LogLevel.ERROR);
		for (AutoCloseable resource : this.resources) {
			resource.close();
		}
	}

	@Test
	void aPortWhereNobodyListens(CapturedOutput output) throws Exception {
		String nobody = freePort();
		TaskEngine engine = start(nobody, "PLAINTEXT");
		assertThat(awaitProblem(engine)).startsWith("no broker of [%s] has answered for ".formatted(nobody))
			.contains("connections are refused")
			.endsWith("nothing runs here");
		assertThat(engine.assignments().group().problem()).startsWith("no broker of [" + nobody);
		awaitSeconds(engine, 3);
		assertThat(warnings(output)).singleElement().asString().contains("does not answer: no broker of [" + nobody);
	}

	@Test
	void aServerThatTakesConnectionsAndNeverAnswers() throws Exception {
		String frozen = server((socket) -> {
		});
		assertThat(awaitProblem(start(frozen, "PLAINTEXT"))).contains("no broker of [%s]".formatted(frozen))
			.contains("neither connections nor requests are answered");
	}

	@Test
	void aServerThatClosesConnections() throws Exception {
		String closing = server(Socket::close);
		TaskEngine engine = start(closing, "PLAINTEXT");
		awaitProblem(engine, "another security.protocol than PLAINTEXT");
	}

	@Test
	void aServerThatExpectsTls(CapturedOutput output) throws Exception {
		String tls = server((socket) -> {
			socket.getInputStream().read();
			socket.getOutputStream().write(TLS_ALERT);
			socket.getOutputStream().flush();
		});
		awaitProblem(start(tls, "PLAINTEXT"), "another security.protocol than PLAINTEXT");
		assertThat(output).doesNotContain("OutOfMemory");
	}

	@Test
	void aServerThatDoesNotKnowTls() throws Exception {
		String plain = server((socket) -> {
			socket.getInputStream().read();
			socket.close();
		});
		awaitProblem(start(plain, "SSL"), "connections end while TLS or SASL is negotiated with security.protocol=SSL");
	}

	@Test
	void aNameThatIsNotKnown(CapturedOutput output) {
		TaskEngine engine = start("nowhere.invalid:9092", "PLAINTEXT");
		assertThat(awaitProblem(engine)).contains("No host name of [nowhere.invalid:9092] can be resolved");
		assertThat(engine.membership().needsRemedy()).isTrue();
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(warnings(output)).singleElement()
				.asString()
				.contains("No host name of [nowhere.invalid:9092] can be resolved"));
	}

	private static List<String> warnings(CapturedOutput output) {
		return output.toString().lines().filter((line) -> line.contains("WARN")).toList();
	}

	private String awaitProblem(TaskEngine engine) {
		return awaitProblem(engine, "");
	}

	private String awaitProblem(TaskEngine engine, String part) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(problem(engine)).isNotNull().contains(part));
		return String.valueOf(problem(engine));
	}

	private void awaitSeconds(TaskEngine engine, int seconds) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(problem(engine)).contains("for %d s".formatted(seconds)));
	}

	private static @Nullable String problem(TaskEngine engine) {
		Membership membership = engine.membership();
		return membership.problem();
	}

	private TaskEngine start(String servers, String protocol) {
		GroupSettings group = new GroupSettings(this.groupId, null, List.of("sticky"), Duration.ofMillis(100), SESSION,
				SESSION);
		MemberSettings settings = new MemberSettings(this.groupId, "shop-1", () -> null, Map.of(), 1.0,
				Duration.ofMillis(100), SESSION, SESSION, Duration.ofSeconds(30));
		TestInstance runner = new TestInstance("runner", new TestInstance.Book(),
				TestInstance.Settings.of(this.groupId, SESSION, TaskDefinition.of("crawler")), servers);
		TaskEngine engine = new TaskEngine(settings,
				new KafkaGroupMembership(group,
						Map.of("bootstrap.servers", List.of(servers), "security.protocol", protocol)),
				runner, List.of(TaskAssignor.sticky()), (event) -> {
				}, Clocks.SYSTEM);
		engine.start();
		this.resources.add(() -> {
			CountDownLatch done = new CountDownLatch(1);
			engine.stop(Duration.ofSeconds(5), done::countDown);
			assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
		});
		return engine;
	}

	private static String freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return "127.0.0.1:" + socket.getLocalPort();
		}
	}

	private String server(Behavior behavior) throws IOException {
		ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		List<Socket> sockets = new ArrayList<>();
		Thread thread = new Thread(() -> {
			try {
				while (true) {
					Socket socket = server.accept();
					sockets.add(socket);
					behavior.serve(socket);
				}
			}
			catch (IOException ex) {
				// the test is over
			}
		});
		thread.setDaemon(true);
		thread.start();
		this.resources.add(() -> {
			server.close();
			for (Socket socket : List.copyOf(sockets)) {
				socket.close();
			}
		});
		return "127.0.0.1:" + server.getLocalPort();
	}

	private interface Behavior {

		void serve(Socket socket) throws IOException;

	}

}
