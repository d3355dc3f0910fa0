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

package io.distributedtask.monitoring;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Prometheus' tool for rules. Install it with {@code apt-get install prometheus}, or name
 * the program by the environment variable {@code PROMTOOL}.
 */
final class Promtool {

	static final String MISSING = "There is no promtool, which checks alert rules: apt-get install prometheus, or set "
			+ "PROMTOOL";

	private Promtool() {
	}

	/**
	 * Run the tool, which has to succeed. Where there is none, the test is skipped.
	 * @param arguments what it is called with
	 */
	static void run(String... arguments) throws IOException, InterruptedException {
		Path program = program();
		assumeThat(program).as(MISSING).isNotNull();
		List<String> command = new ArrayList<>(List.of(String.valueOf(program)));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes());
		assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
	}

	static boolean isInstalled() {
		return program() != null;
	}

	private static @Nullable Path program() {
		String path = System.getenv().getOrDefault("PATH", "");
		return Stream
			.concat(Stream.ofNullable(System.getenv("PROMTOOL")).map(Path::of),
					Stream.of(path.split(File.pathSeparator)).map((folder) -> Path.of(folder, "promtool")))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

}
