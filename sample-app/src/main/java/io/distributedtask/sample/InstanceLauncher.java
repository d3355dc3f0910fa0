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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts instances of this very application as separate processes.
 */
final class InstanceLauncher {

	private final Path folder;

	private final List<String> arguments;

	private final Map<String, String> environment;

	/**
	 * Create a launcher.
	 * @param folder where the output of the instances goes
	 * @param arguments the settings that all instances share
	 * @param environment secrets, which a command line would show to everybody
	 */
	InstanceLauncher(Path folder, List<String> arguments, Map<String, String> environment) {
		this.folder = folder;
		this.arguments = List.copyOf(arguments);
		this.environment = Map.copyOf(environment);
	}

	/**
	 * Start an instance.
	 * @param name its name
	 * @return the process
	 * @throws IOException if the process cannot be started
	 */
	InstanceProcess launch(String name) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC"));
		command.addAll(application());
		command.addAll(
				List.of("--instance", "--checksums.exit-with-parent=true", "--distributed-task.instance-name=" + name));
		command.addAll(this.arguments);
		Path log = this.folder.resolve(name + ".log");
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().putAll(this.environment);
		return new InstanceProcess(name, builder.start(), log);
	}

	/**
	 * The class path of a process that was started with {@code -jar} is that jar.
	 */
	private static List<String> application() {
		String classPath = System.getProperty("java.class.path");
		boolean inJar = String.valueOf(SampleApplication.class.getResource("SampleApplication.class"))
			.contains("BOOT-INF");
		if (inJar) {
			return List.of("-jar", classPath);
		}
		return List.of("-cp", classPath, SampleApplication.class.getName());
	}

}
