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

package io.distributedtask.benchmarks.group;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;

import io.distributedtask.broker.BrokerMain;
import io.distributedtask.broker.NodeLayout;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker in a process of its own, which ends with this one.
 */
final class Broker implements AutoCloseable {

	/** What brokers have by default, and those of the tests do not. */
	private static final Map<String, String> DEFAULTS = Map.of("num.network.threads", "3", "num.io.threads", "8",
			"group.initial.rebalance.delay.ms", "3000");

	private final Path folder;

	private final int port;

	private final Process process;

	private Broker(Path folder, int port, Process process) {
		this.folder = folder;
		this.port = port;
		this.process = process;
	}

	/**
	 * Start a broker and wait until it serves.
	 */
	static Broker start() throws IOException {
		Path folder = Files.createTempDirectory("benchmark-broker-");
		String clusterId = Uuid.randomUuid().toString();
		int port = freePort();
		NodeLayout layout = new NodeLayout(clusterId, 1, freePort(), Map.of(1, port), List.of(), DEFAULTS);
		Properties properties = new Properties();
		properties.putAll(layout.properties(1, folder.resolve("data")));
		Path file = folder.resolve("broker.properties");
		try (Writer writer = Files.newBufferedWriter(file)) {
			properties.store(writer, null);
		}
		Process process = new ProcessBuilder(
				Jvm.command(List.of("-Xmx2g"), BrokerMain.class, List.of(clusterId, file.toString())))
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		Broker broker = new Broker(folder, port, process);
		Runtime.getRuntime().addShutdownHook(new Thread(broker::close, "stop-broker"));
		broker.awaitReady();
		return broker;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private void awaitReady() throws IOException {
		BufferedReader output = this.process.inputReader(StandardCharsets.UTF_8);
		for (String line = output.readLine(); !BrokerMain.READY.equals(line); line = output.readLine()) {
			if (line == null) {
				throw new IllegalStateException("The broker did not start, see above");
			}
		}
	}

	String servers() {
		return "127.0.0.1:" + this.port;
	}

	/**
	 * The processor time that it has used.
	 */
	Duration processorTime() {
		return Jvm.processorTime(this.process.toHandle());
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try (Stream<Path> files = Files.walk(this.folder)) {
			this.process.waitFor();
			// deepest first: a folder must be empty to be deleted
			for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
				Files.deleteIfExists(file);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException | UncheckedIOException ex) {
			// removed by the first call, or left for the system to remove
		}
	}

}
