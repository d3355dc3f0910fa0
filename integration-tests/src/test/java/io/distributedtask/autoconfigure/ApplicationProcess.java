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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@link ProcessApplication} in a process of its own.
 */
final class ApplicationProcess implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private final Process process;

	private final Path log;

	private ApplicationProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Start an application that has no web server.
	 * @param folder where its output goes
	 * @param options options of the virtual machine
	 * @param arguments arguments of the application
	 * @return the process, which is not up yet
	 */
	static ApplicationProcess start(Path folder, List<String> options, String... arguments) {
		return start(folder, options, System.getProperty("java.class.path"), ProcessApplication.class, arguments);
	}

	/**
	 * Start another application that has no web server.
	 * @param folder where its output goes
	 * @param classPath its class path
	 * @param application its class
	 * @param arguments arguments of the application
	 * @return the process, which is not up yet
	 */
	static ApplicationProcess start(Path folder, String classPath, Class<?> application, String... arguments) {
		return start(folder, List.of(), classPath, application, arguments);
	}

	private static ApplicationProcess start(Path folder, List<String> options, String classPath, Class<?> application,
			String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, application.getName(), "--spring.application.name=process",
				"--spring.main.web-application-type=none", "--spring.main.banner-mode=off"));
		command.addAll(List.of(arguments));
		try {
			Path log = Files.createTempFile(folder, "process", ".log");
			return new ApplicationProcess(
					new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	ApplicationProcess awaitOutput(String text) {
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(output()).contains(text));
		return this;
	}

	/**
	 * Wait for longer than a process takes to end whose last thread has ended.
	 */
	void awaitStillAlive() {
		try {
			assertThat(this.process.waitFor(2, TimeUnit.SECONDS)).as(this::output).isFalse();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Wait until the process has ended by itself.
	 * @return its exit code
	 */
	int awaitEnd() {
		try {
			assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(this::output).isTrue();
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Ask the process to stop in order.
	 */
	void terminate() {
		this.process.destroy();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
