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

package io.distributedtask.broker;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.jspecify.annotations.Nullable;

/**
 * One node in a process of its own, with the classes of another version of Kafka, from
 * 3.3 on. It ends with this process.
 */
final class NodeProcess {

	/**
	 * The system property with the folder that has the jars. In an empty one, or without
	 * it, nodes are in this process.
	 */
	static final String HOME = "embedded-broker.home";

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Process process;

	private NodeProcess(Process process) {
		this.process = process;
	}

	/**
	 * The folder with the jars.
	 * @return the folder, {@code null} if nodes are in this process
	 */
	static @Nullable Path home() {
		String home = System.getProperty(HOME, "");
		return home.isEmpty() ? null : Path.of(home);
	}

	/**
	 * Start a node, and wait until it serves.
	 * @param home the folder with the jars
	 * @param clusterId the id of the cluster
	 * @param properties the properties of the node
	 * @return the running node
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if this thread is interrupted
	 */
	static NodeProcess start(Path home, String clusterId, Map<String, String> properties)
			throws IOException, InterruptedException {
		Path folder = Path.of(Objects.requireNonNull(properties.get("log.dirs")));
		Path file = folder.resolveSibling(folder.getFileName() + ".properties");
		Properties all = new Properties();
		all.putAll(properties);
		try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
			all.store(writer, null);
		}
		Path log = folder.resolveSibling(folder.getFileName() + ".log");
		Process format = run(home, log, "kafka.tools.StorageTool", "format", "--ignore-formatted", "-t", clusterId,
				"-c", file.toString());
		if (format.waitFor() != 0) {
			throw new IllegalStateException("The storage was not formatted: " + Files.readString(log));
		}
		NodeProcess node = new NodeProcess(run(home, log, "kafka.Kafka", file.toString()));
		Runtime.getRuntime().addShutdownHook(new Thread(node.process::destroyForcibly, "node-shutdown"));
		if (!properties.getOrDefault("process.roles", "").equals("controller")) {
			node.awaitServing(properties, log);
		}
		return node;
	}

	private static Process run(Path home, Path log, String main, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
				home.toAbsolutePath() + "/*", main));
		command.addAll(List.of(arguments));
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
	}

	private void awaitServing(Map<String, String> properties, Path log) throws IOException, InterruptedException {
		String listener = Objects.requireNonNull(properties.get("listeners")).split(",")[0];
		String address = listener.substring(listener.indexOf("://") + "://".length());
		String id = properties.get("node.id");
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address,
				AdminClientConfig.CLIENT_ID_CONFIG, "embedded-brokers", "reconnect.backoff.max.ms", "100"))) {
			while (!isServing(admin, id)) {
				if (!this.process.isAlive() || System.nanoTime() > deadline) {
					this.process.destroyForcibly();
					throw new IllegalStateException("The node does not serve: " + Files.readString(log));
				}
			}
		}
	}

	private static boolean isServing(Admin admin, @Nullable String id) throws InterruptedException {
		try {
			return admin.describeCluster(new DescribeClusterOptions().timeoutMs(1000))
				.nodes()
				.get(1, TimeUnit.SECONDS)
				.stream()
				.anyMatch((node) -> node.idString().equals(id));
		}
		catch (ExecutionException | TimeoutException ex) {
			return false;
		}
	}

	/**
	 * Stop the node in order.
	 */
	void stop() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
