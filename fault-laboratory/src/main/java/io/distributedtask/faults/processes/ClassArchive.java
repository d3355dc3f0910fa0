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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes of one kind of process, as the virtual machine has loaded and checked them
 * (class data sharing). A process that starts from it needs about 40 percent less of the
 * processor until it is up, which counts where processes start by the hundred.
 *
 * <p>
 * It is an optimization only: a process that cannot use it starts as ever.
 */
final class ClassArchive {

	private static final Logger logger = LoggerFactory.getLogger(ClassArchive.class);

	private static final int RECORD_SECONDS = 60;

	private final Path file;

	ClassArchive(Path file) {
		this.file = file.toAbsolutePath();
	}

	/**
	 * The class path of this process without its folders, for an archive knows jars only.
	 * @param main a class whose jar or folder belongs to it at any rate
	 * @return the class path
	 */
	static String classPath(Class<?> main) {
		Set<String> entries = new LinkedHashSet<>();
		CodeSource source = Objects.requireNonNull(main.getProtectionDomain().getCodeSource());
		entries.add(Path.of(source.getLocation().getPath()).toString());
		Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> entry.endsWith(".jar"))
			.forEach(entries::add);
		return String.join(File.pathSeparator, entries);
	}

	boolean exists() {
		return Files.exists(this.file);
	}

	/**
	 * Options for a process that uses the archive.
	 */
	List<String> using() {
		return exists() ? List.of("-XX:SharedArchiveFile=" + this.file) : List.of();
	}

	/**
	 * Options for a process that the archive can be recorded from.
	 */
	List<String> recordable() {
		return List.of("-XX:+RecordDynamicDumpInfo");
	}

	/**
	 * Record the archive from a process, which stands still meanwhile.
	 */
	void record(long pid) {
		Path recorded = this.file.resolveSibling(this.file.getFileName() + ".recording");
		try {
			Process command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
					String.valueOf(pid), "VM.cds", "dynamic_dump", recorded.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			if (command.waitFor(RECORD_SECONDS, TimeUnit.SECONDS) && Files.exists(recorded)) {
				Files.move(recorded, this.file, StandardCopyOption.ATOMIC_MOVE);
			}
			else {
				command.destroyForcibly();
				logger.warn("Classes of process {} could not be recorded", pid);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
