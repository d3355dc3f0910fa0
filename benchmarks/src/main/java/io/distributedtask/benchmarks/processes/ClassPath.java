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

package io.distributedtask.benchmarks.processes;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.distributedtask.DistributedTask;

/**
 * The class path of this process, and parts of it for others.
 */
public final class ClassPath {

	private static final Pattern JAR = Pattern.compile("(.+?)-(\\d[^/]*)\\.jar");

	private ClassPath() {
	}

	/**
	 * The part of the class path that a process needs, with the classes of this module.
	 * @param libraries what it needs besides Spring Boot
	 * @return a class path
	 */
	public static String of(Collection<Library> libraries) {
		Stream<Path> own = libraries.contains(Library.DISTRIBUTED_TASK)
				? Stream.of(location(ClassPath.class), location(DistributedTask.class))
				: Stream.of(location(ClassPath.class));
		Stream<Path> jars = entries().filter((entry) -> {
			Matcher jar = JAR.matcher(name(entry));
			return jar.matches() && (Library.SPRING_BOOT.contains(jar.group(1))
					|| libraries.stream().anyMatch((library) -> library.contains(jar.group(1))));
		});
		return Stream.concat(own, jars).map(Path::toString).distinct().collect(Collectors.joining(File.pathSeparator));
	}

	/**
	 * The version of a library, as its file name has it.
	 * @param artifact the artifact id
	 * @return the version
	 */
	public static String version(String artifact) {
		return entries().map((entry) -> JAR.matcher(name(entry)))
			.filter((jar) -> jar.matches() && jar.group(1).equals(artifact))
			.map((jar) -> jar.group(2))
			.findFirst()
			.orElse("of this build");
	}

	private static Stream<Path> entries() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map((entry) -> Path.of(entry).toAbsolutePath());
	}

	private static String name(Path entry) {
		return String.valueOf(entry.getFileName());
	}

	private static Path location(Class<?> type) {
		CodeSource source = type.getProtectionDomain().getCodeSource();
		try {
			return Path.of(Objects.requireNonNull(source, "not from a file").getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
