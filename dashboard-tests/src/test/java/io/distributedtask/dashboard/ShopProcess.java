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

package io.distributedtask.dashboard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

/**
 * An instance of the {@link ShopApplication} in a process of its own, which can be
 * killed.
 */
final class ShopProcess implements AutoCloseable {

	private final Process process;

	private final int port;

	private ShopProcess(Process process, int port) {
		this.process = process;
		this.port = port;
	}

	static ShopProcess start(String name, String servers, Path folder, String... arguments) throws IOException {
		int port = freePort();
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx160m", "-XX:+UseSerialGC",
				"-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				ShopApplication.class.getName(), "--spring.application.name=shop", "--server.address=127.0.0.1",
				"--server.port=" + port, "--spring.kafka.bootstrap-servers=" + servers,
				"--distributed-task.instance-name=" + name, "--distributed-task.session-timeout=6s",
				"--management.endpoints.web.exposure.include=assignments,taskdashboard", "--logging.level.root=WARN"));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(folder.resolve(name + ".log").toFile())
			.start();
		return new ShopProcess(process, port);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
			return socket.getLocalPort();
		}
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + "/actuator" + path);
	}

	ShopProcess awaitUp() {
		HttpClient client = HttpClient.newHttpClient();
		Awaitility.await().atMost(Duration.ofSeconds(180)).ignoreExceptions().until(() -> {
			HttpRequest request = HttpRequest.newBuilder(uri("/assignments")).build();
			return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
		});
		return this;
	}

	void kill() {
		this.process.destroyForcibly();
	}

	@Override
	public void close() {
		kill();
		try {
			this.process.waitFor(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
