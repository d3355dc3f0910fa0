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

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.benchmarks.processes.Machine;

/**
 * Measures groups of many members on a real broker, and prints what they cost as a table
 * in Markdown.
 */
public final class GroupTable {

	private static final PrintStream out = System.out;

	private static final List<String> SIZES = List.of("10x10x100", "10x10x1000", "10x10x10000", "100x10x100",
			"100x10x1000", "100x10x10000", "500x10x100", "500x10x1000", "500x10x10000", "1000x10x100", "1000x10x1000",
			"1000x10x10000", "1000x1000x100", "100x10000x1");

	private GroupTable() {
	}

	/**
	 * Measure.
	 * @param args the sizes, such as {@code 100x10x1000}: members, tasks, shards of each;
	 * all of them if there is none. With {@code quick} first, every event once
	 * @throws IOException if a process cannot be started
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		List<String> sizes = new ArrayList<>(List.of(args));
		boolean isQuick = sizes.remove("quick");
		sizes = sizes.isEmpty() ? SIZES : sizes;
		sizes.forEach(GroupSize::parse);
		out.println(Machine.describe("kafka-clients"));
		out.println("One broker in a process of its own, all members in another one.");
		out.println();
		out.println(Phase.HEADER);
		for (String size : sizes) {
			long begin = System.nanoTime();
			run(isQuick ? List.of("quick", size) : List.of(size));
			System.err.printf("%s took %d s%n", size, (System.nanoTime() - begin) / 1_000_000_000);
		}
	}

	/**
	 * A JVM for each, or the first would be slower than the last.
	 */
	private static void run(List<String> arguments) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(Jvm.command(List.of("-Xmx4g", "-Xss512k"), GroupRun.class, arguments))
			.redirectOutput(ProcessBuilder.Redirect.INHERIT)
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		Thread hook = new Thread(process::destroyForcibly, "stop-members");
		Runtime.getRuntime().addShutdownHook(hook);
		process.waitFor();
		Runtime.getRuntime().removeShutdownHook(hook);
	}

}
