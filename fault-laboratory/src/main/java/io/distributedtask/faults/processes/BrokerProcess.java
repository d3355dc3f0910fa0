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

package io.distributedtask.faults.processes;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.broker.BrokerMain;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node in a process of its own, which may come and go. Safe for any thread.
 */
final class BrokerProcess {

	private static final Logger logger = LoggerFactory.getLogger(BrokerProcess.class);

	private static final int START_SECONDS = 180;

	private static final int STOP_SECONDS = 20;

	private final String name;

	private final ClassArchive archive;

	private final List<String> arguments;

	private final File log;

	private @Nullable Process process;

	private @Nullable FrozenProcess frozen;

	private boolean closed;

	private CompletableFuture<Void> ready = new CompletableFuture<>();

	/**
	 * Prepare a node.
	 * @param name what its files are called
	 * @param folder where its log and its configuration go
	 * @param clusterId the id of the cluster
	 * @param properties its configuration
	 * @param archive the classes of brokers
	 */
	BrokerProcess(String name, Path folder, String clusterId, Map<String, String> properties, ClassArchive archive) {
		this.name = name;
		this.log = folder.resolve(name + ".log").toFile();
		Path file = folder.resolve(name + ".properties");
		write(file, properties);
		this.archive = archive;
		this.arguments = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
				"-Dlogback.configurationFile=broker-logback.xml", "-cp", classPath(), BrokerMain.class.getName(),
				clusterId, file.toString());
	}

	/**
	 * With the jars of another version of Kafka, if a folder with those is named.
	 */
	private static String classPath() {
		String own = ClassArchive.classPath(BrokerMain.class);
		String home = System.getProperty("embedded-broker.home", "");
		if (home.isEmpty()) {
			return own;
		}
		File[] others = Objects.requireNonNull(
				new File(home).listFiles((folder, name) -> name.endsWith(".jar") && !name.startsWith("log4j-core")),
				home);
		return Stream
			.concat(Arrays.stream(own.split(File.pathSeparator))
				.filter((entry) -> !Path.of(entry).toString().contains("/org/apache/kafka/")),
					Arrays.stream(others).map(File::getPath))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private static void write(Path file, Map<String, String> properties) {
		Properties written = new Properties();
		written.putAll(properties);
		try (Writer writer = Files.newBufferedWriter(file)) {
			written.store(writer, null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Start the process, unless it is there.
	 */
	void launch() {
		launch(this.archive.using());
	}

	private synchronized void launch(List<String> options) {
		if (isRunning()) {
			return;
		}
		if (this.closed) {
			throw new IllegalStateException("%s is closed for good".formatted(this.name));
		}
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(this.arguments);
		try {
			Process started = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(this.log))
				.start();
			CompletableFuture<Void> serves = new CompletableFuture<>();
			Thread reader = new Thread(() -> read(started, serves), "output-of-" + this.name);
			reader.setDaemon(true);
			reader.start();
			this.process = started;
			this.ready = serves;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void read(Process process, CompletableFuture<Void> serves) {
		try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				if (line.equals(BrokerMain.READY)) {
					serves.complete(null);
				}
			}
		}
		catch (IOException ex) {
			// the process has ended
		}
		serves.completeExceptionally(new IllegalStateException("The process has ended"));
	}

	/**
	 * Wait until the node serves.
	 */
	void awaitReady() {
		CompletableFuture<Void> serves;
		synchronized (this) {
			serves = this.ready;
		}
		try {
			serves.get(START_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("%s did not start, its log is '%s'".formatted(this.name, this.log), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while %s started".formatted(this.name), ex);
		}
	}

	/**
	 * Start the process again, twice, to record its classes in between.
	 */
	void recordClasses() {
		stop();
		launch(this.archive.recordable());
		awaitReady();
		this.archive.record(pid());
		stop();
		launch();
		awaitReady();
	}

	/**
	 * Stop in order, and kill what takes too long.
	 */
	void stop() {
		Process running = terminate();
		if (running != null && !awaitEnd(running)) {
			logger.warn("{} did not stop within {} seconds and is killed", this.name, STOP_SECONDS);
			kill();
		}
	}

	private synchronized @Nullable Process terminate() {
		thaw();
		if (this.process != null) {
			// not by the process: it would close its standard input too, which ends it
			this.process.toHandle().destroy();
		}
		return this.process;
	}

	void kill() {
		Process running;
		synchronized (this) {
			running = this.process;
			if (running != null) {
				running.destroyForcibly();
			}
			if (this.frozen != null) {
				this.frozen.sendGuardHome();
				this.frozen = null;
			}
		}
		if (running != null) {
			awaitEnd(running);
		}
	}

	/**
	 * Kill the process, and let there be no other.
	 */
	void close() {
		synchronized (this) {
			this.closed = true;
		}
		kill();
	}

	private static boolean awaitEnd(Process process) {
		try {
			return process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	synchronized void freeze() {
		Process running = this.process;
		if (running != null && running.isAlive() && this.frozen == null) {
			this.frozen = FrozenProcess.freeze(running);
		}
	}

	synchronized void thaw() {
		if (this.frozen != null) {
			this.frozen.thaw();
			this.frozen = null;
		}
	}

	synchronized boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	synchronized boolean isFrozen() {
		return this.frozen != null;
	}

	/**
	 * The process id, -1 if there is no process.
	 */
	synchronized long pid() {
		return (this.process != null && this.process.isAlive()) ? this.process.pid() : -1;
	}

}
