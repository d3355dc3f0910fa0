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

package io.distributedtask.benchmarks.cost;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.distributedtask.benchmarks.processes.BackendAddresses;
import io.distributedtask.benchmarks.processes.Child;

/**
 * A process of an idle application.
 */
final class IdleInstance implements AutoCloseable {

	private static final Pattern USED_HEAP = Pattern.compile("generation +total \\d+K, used (\\d+)K");

	private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

	private final CompletableFuture<String> started = new CompletableFuture<>();

	private final Child child;

	IdleInstance(IdleApplication application, String name, BackendAddresses addresses, Path log) {
		List<String> command = new ArrayList<>(List.of(IdleMain.class.getName(), application.name(), name));
		command.addAll(addresses.toArguments());
		this.child = Child.start(application.libraries(), log, (line) -> this.started.complete(line), command);
	}

	/**
	 * Wait until the application is ready.
	 * @return the milliseconds from the start of the JVM until then, and those for which
	 * the main thread had a processor
	 */
	List<Double> awaitStart() throws Exception {
		return Stream.of(this.started.get(90, TimeUnit.SECONDS).split(" ")).map(Double::valueOf).toList();
	}

	/**
	 * The processor time that it has used.
	 */
	double cpuSeconds() {
		return this.child.handle().info().totalCpuDuration().orElseThrow().toMillis() / 1e3;
	}

	/**
	 * What is used of its heap after a collection, in MiB.
	 */
	double heap() throws IOException {
		command("GC.run");
		command("GC.run");
		Matcher used = USED_HEAP.matcher(command("GC.heap_info"));
		double sum = 0;
		while (used.find()) {
			sum += Double.parseDouble(used.group(1)) / 1024;
		}
		return sum;
	}

	/**
	 * Its memory as the system counts it, in MiB.
	 */
	double resident() throws IOException {
		Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc/" + this.child.pid() + "/status")));
		if (!resident.find()) {
			throw new IllegalStateException("The memory of process %d is not known".formatted(this.child.pid()));
		}
		return Double.parseDouble(resident.group(1)) / 1024;
	}

	private String command(String command) throws IOException {
		String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
		Process process = new ProcessBuilder(jcmd, String.valueOf(this.child.pid()), command).redirectErrorStream(true)
			.start();
		try (var output = process.getInputStream()) {
			return new String(output.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.child.close();
	}

}
