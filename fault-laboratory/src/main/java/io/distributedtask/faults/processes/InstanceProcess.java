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

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.distributedtask.faults.instance.InstanceMain;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * A process of an instance.
 */
public final class InstanceProcess {

	private final String name;

	private final String source;

	private final Process process;

	private InstanceProcess(String name, String source, Process process) {
		this.name = name;
		this.source = source;
		this.process = process;
	}

	/**
	 * Start an instance.
	 * @param settings what all instances have in common
	 * @param name its name
	 * @param source its name as the source of what it writes into the history
	 * @param bootstrapServers its way to the brokers
	 * @param watchPort the port at which it is watched, if its crash watch is on
	 * @return the process, which is not up yet
	 */
	static InstanceProcess start(Settings settings, String name, String source, String bootstrapServers,
			int watchPort) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
				"-javaagent:" + agent(), "-cp", System.getProperty("java.class.path"), InstanceMain.class.getName(),
				settings.folder().toString(), source, String.valueOf(settings.storePort()), settings.mutation()));
		command.addAll(settings.arguments());
		command.add("--distributed-task.instance-name=" + name);
		command.add("--spring.kafka.bootstrap-servers=" + bootstrapServers);
		command.add("--distributed-task.watch.port=" + watchPort);
		File log = settings.folder().resolve(source + ".log").toFile();
		try {
			return new InstanceProcess(name, source,
					new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String agent() {
		CodeSource source = ByteBuddyAgent.class.getProtectionDomain().getCodeSource();
		return Path.of(source.getLocation().getPath()).toString();
	}

	public String name() {
		return this.name;
	}

	public String source() {
		return this.source;
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Tell the instance to do something. One that is frozen does it later.
	 */
	public void order(String order) {
		try {
			OutputStream out = this.process.getOutputStream();
			out.write((order + "\n").getBytes(StandardCharsets.UTF_8));
			out.flush();
		}
		catch (IOException ex) {
			// it has ended meanwhile, and needs no orders
		}
	}

	public void terminate() {
		// not by the process: that would end its standard input too, and with it the
		// instance, which could not stop in order
		this.process.toHandle().destroy();
	}

	public void kill() {
		this.process.destroyForcibly();
		awaitEnd(10);
	}

	public void freeze() {
		Signals.send("STOP", this.process.pid());
	}

	public void thaw() {
		Signals.send("CONT", this.process.pid());
	}

	boolean awaitEnd(int seconds) {
		try {
			return this.process.waitFor(seconds, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * What all instances have in common.
	 *
	 * @param folder where history and logs go
	 * @param storePort the port of the store
	 * @param mutation what is wrong with the code under test, or
	 * {@value InstanceMain#NO_MUTATION}
	 * @param arguments the arguments of the application
	 */
	public record Settings(Path folder, int storePort, String mutation, List<String> arguments) {
	}

}
