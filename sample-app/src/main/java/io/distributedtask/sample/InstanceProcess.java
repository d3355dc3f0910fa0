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

package io.distributedtask.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One instance, as a child process.
 *
 * @param name the name of the instance
 * @param process the process, whose standard input stays open as long as this process
 * lives
 * @param log where its output goes
 */
record InstanceProcess(String name, Process process, Path log) {

	private static final int TAIL = 15;

	boolean isAlive() {
		return this.process.isAlive();
	}

	void kill() {
		this.process.destroyForcibly();
	}

	void stop() {
		this.process.destroy();
	}

	/**
	 * Wait for the end of the process, and make it end when it takes too long.
	 * @param deadline until when it may take, by {@link System#nanoTime()}
	 */
	void endBy(long deadline) {
		try {
			if (this.process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.process.destroyForcibly();
	}

	/**
	 * The end of the instance's output, to explain its failure.
	 * @return the last lines
	 */
	String tail() {
		try {
			List<String> lines = new String(Files.readAllBytes(this.log), StandardCharsets.UTF_8).lines()
				.filter((line) -> !line.startsWith("\t")) // frames of stack traces
				.toList();
			return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
		}
		catch (IOException ex) {
			return "(its output cannot be read: " + ex + ")";
		}
	}

}
