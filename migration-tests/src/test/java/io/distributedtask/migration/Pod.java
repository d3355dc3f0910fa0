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

package io.distributedtask.migration;

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
 * A process that runs one release of an application.
 */
final class Pod implements AutoCloseable {

	static final String READY = "the application is ready";

	static final String OWNS = "owns task ";

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private final String name;

	private final Process process;

	private final Path log;

	private Pod(String name, Process process, Path log) {
		this.name = name;
		this.process = process;
		this.log = log;
	}

	static Pod start(Release release, String name, Path folder, List<String> arguments) {
		Path log = folder.resolve(name + ".log");
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", release.classPath(),
				release.application().getName(), "--pod=" + name, "--spring.main.banner-mode=off",
				"--spring.profiles.active=" + release.name()));
		command.addAll(arguments);
		try {
			return new Pod(name,
					new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	String name() {
		return this.name;
	}

	String output() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	Pod awaitReady() {
		return awaitOutput(READY);
	}

	Pod awaitOutput(String text) {
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(output()).contains(text));
		return this;
	}

	/**
	 * Stop it as Kubernetes does, and wait for its end.
	 */
	void stop() {
		this.process.destroy();
		try {
			assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(this::output).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
