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

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * The command line of the demonstration.
 *
 * @param folder the folder whose files are hashed
 * @param instances the number of instances to begin with
 * @param script what is done when, {@code null} to wait for keys only
 * @param bootstrapServers the broker to use, {@code null} to start one
 * @param export where the sums are written, {@code null} for nowhere
 * @param patient whether a script's end waits until every file is hashed
 * @param verify most sums to compute again in the end
 * @param instanceArguments settings for the instances
 * @param help whether the usage is asked for
 */
record DemonstrationOptions(Path folder, int instances, @Nullable Script script, @Nullable String bootstrapServers,
		@Nullable Path export, boolean patient, int verify, List<String> instanceArguments, boolean help) {

	static final int EXIT_USAGE = 2;

	static final String USAGE = """
			Usage: java -jar sample-app.jar [options]      the demonstration: several instances on this machine
			       java -jar sample-app.jar --instance ... one instance; needs --spring.datasource.url and
			                                               --spring.kafka.bootstrap-servers
			Options:
			  --folder=<folder>      folder whose files are hashed (default: ~/.m2/repository)
			  --instances=<1..20>    instances to begin with (default: 3)
			  --script=<steps>       what to do unattended, such as kill@10s,add@20s,stop@30s,quit@40s;
			                         times count from the moment when the first instances are up
			  --no-wait              with a script: quit even if some files are not hashed yet
			  --export=<file>        write the sums in the format of sha256sum, for 'sha256sum -c <file>'
			  --verify=<n>|all       sums to compute again in the end (default: 200)
			  --spring.kafka.bootstrap-servers=<host:port>
			                         use this broker (default: start one in this process)
			  --checksums.*, --distributed-task.*, --spring.*, --logging.*
			                         settings for the instances, such as --distributed-task.session-timeout=6s,
			                         or --checksums.pace=2 (files a second that one shard hashes)
			Keys: k kills an instance (SIGKILL), s stops one in order (SIGTERM), a adds one, q quits""";

	private static final String BOOTSTRAP_SERVERS = "--spring.kafka.bootstrap-servers";

	private static final List<String> INSTANCE_PREFIXES = List.of("--checksums.", "--distributed-task.", "--spring.",
			"--logging.");

	/**
	 * Read the command line.
	 * @param arguments the arguments
	 * @return the options
	 * @throws IllegalArgumentException if an argument is wrong; the message says which
	 * and why
	 */
	static DemonstrationOptions parse(List<String> arguments) {
		Builder builder = new Builder();
		arguments.forEach(builder::accept);
		return builder.build();
	}

	private static final class Builder {

		private Path folder = Path.of(System.getProperty("user.home"), ".m2", "repository");

		private int instances = 3;

		private @Nullable Script script;

		private @Nullable String bootstrapServers;

		private @Nullable Path export;

		private boolean patient = true;

		private int verify = 200;

		private final List<String> instanceArguments = new ArrayList<>();

		private boolean help;

		void accept(String argument) {
			int separator = argument.indexOf('=');
			String name = (separator < 0) ? argument : argument.substring(0, separator);
			String value = (separator < 0) ? "" : argument.substring(separator + 1);
			if (INSTANCE_PREFIXES.stream().anyMatch(name::startsWith)) {
				if (name.equals(BOOTSTRAP_SERVERS)) {
					this.bootstrapServers = require(name, value);
				}
				else {
					this.instanceArguments.add(argument);
				}
				return;
			}
			switch (name) {
				case "--folder" -> this.folder = Path.of(require(name, value));
				case "--instances" -> this.instances = number(name, value, 20);
				case "--script" -> this.script = Script.parse(require(name, value));
				case "--export" -> this.export = Path.of(require(name, value)).toAbsolutePath();
				case "--verify" ->
					this.verify = value.equals("all") ? Integer.MAX_VALUE : number(name, value, Integer.MAX_VALUE);
				case "--no-wait" -> this.patient = false;
				case "--help", "-h" -> this.help = true;
				default -> throw new IllegalArgumentException("'%s' is not an option".formatted(argument));
			}
		}

		private String require(String name, String value) {
			if (value.isBlank()) {
				throw new IllegalArgumentException("%s needs a value: %s=...".formatted(name, name));
			}
			return value;
		}

		private int number(String name, String value, int most) {
			try {
				int number = Integer.parseInt(value);
				if (number >= 1 && number <= most) {
					return number;
				}
			}
			catch (NumberFormatException ex) {
				// Told below, as a number out of range is
			}
			throw new IllegalArgumentException("%s needs a number from 1 to %d, not '%s'".formatted(name, most, value));
		}

		DemonstrationOptions build() {
			Path absolute = this.folder.toAbsolutePath().normalize();
			if (!this.help && !Files.isDirectory(absolute)) {
				throw new IllegalArgumentException(
						"There is no folder '%s': give one with --folder=<folder>".formatted(absolute));
			}
			return new DemonstrationOptions(absolute, this.instances, this.script, this.bootstrapServers, this.export,
					this.patient, this.verify, List.copyOf(this.instanceArguments), this.help);
		}

	}

	/**
	 * Something that can be done to the instances, by key or by script.
	 */
	enum Action {

		KILL, STOP, ADD, QUIT;

		/**
		 * The action of a key.
		 * @param key the key
		 * @return the action, {@code null} if the key has none
		 */
		static @Nullable Action ofKey(int key) {
			return switch (Character.toLowerCase(key)) {
				case 'k' -> KILL;
				case 's' -> STOP;
				case 'a' -> ADD;
				case 'q' -> QUIT;
				default -> null;
			};
		}

		static Action ofName(String name) {
			for (Action action : values()) {
				if (action.name().toLowerCase(Locale.ROOT).equals(name)) {
					return action;
				}
			}
			throw new IllegalArgumentException("'%s' is not an action: use kill, stop, add or quit".formatted(name));
		}

	}

}
