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

package io.distributedtask.benchmarks.processes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process that is measured. It writes what the measurement needs to standard output,
 * line by line, and logs to a file; it ends when its standard input does. What still runs
 * when this process ends is killed.
 */
public final class Child implements AutoCloseable {

	private static final Set<Process> running = ConcurrentHashMap.newKeySet();

	static {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> running.forEach(Process::destroyForcibly), "children"));
	}

	private final Process process;

	private final Thread reader;

	private Child(Process process, Consumer<String> output) {
		this.process = process;
		this.reader = new Thread(() -> read(process, output), "output-of-" + process.pid());
		this.reader.setDaemon(true);
		this.reader.start();
	}

	/**
	 * Start a process.
	 * @param libraries what it has on its class path
	 * @param log where its log is appended
	 * @param output called with each line of its standard output, on one thread
	 * @param command the options, the main class and its arguments
	 * @return the process
	 */
	public static Child start(Collection<Library> libraries, Path log, Consumer<String> output, List<String> command) {
		List<String> line = new ArrayList<>();
		line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		line.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-cp", ClassPath.of(libraries)));
		line.addAll(command);
		try {
			Process process = new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			running.add(process);
			process.onExit().thenAccept(running::remove);
			return new Child(process, output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void read(Process process, Consumer<String> output) {
		try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				output.accept(line);
			}
		}
		catch (IOException ex) {
			// the process has ended
		}
	}

	/**
	 * Its process id.
	 * @return the id
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * What it consumes.
	 * @return the handle of the process
	 */
	public ProcessHandle handle() {
		return this.process.toHandle();
	}

	/**
	 * Whether it runs.
	 * @return whether it has not ended
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Send a signal. Not by {@link Process#destroy()}, which closes standard input, too.
	 * @param signal its name, such as {@code KILL}
	 */
	public void signal(String signal) {
		switch (signal) {
			case "TERM" -> handle().destroy();
			case "KILL" -> handle().destroyForcibly();
			default -> run("kill", "-" + signal, String.valueOf(pid()));
		}
	}

	private static void run(String... command) {
		try {
			if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
				throw new IllegalStateException(String.join(" ", command) + " failed");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Kill it, and wait until its output has been read.
	 */
	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Process %d cannot be killed".formatted(pid()));
			}
			this.reader.join(TimeUnit.SECONDS.toMillis(10));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
