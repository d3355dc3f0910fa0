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

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The demonstration as a user starts it: processes of the packaged jar.
 */
class SampleAppIntegrationTests {

	private static final int FILES = 300;

	private static final Pattern STARTED = Pattern.compile("(checksums-\\d+) is started \\(process (\\d+)\\)");

	private static final Pattern DASHBOARD = Pattern.compile("Dashboard: (http://127\\.0\\.0\\.1:\\d+/\\S+)");

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path folder;

	private Path files;

	private Path output;

	private String options = "";

	private final List<Process> processes = new ArrayList<>();

	@BeforeEach
	void writeFiles() throws IOException {
		Random random = new Random(42);
		this.files = Files.createDirectories(this.folder.resolve("files"));
		this.output = this.folder.resolve("output.txt");
		Files.createDirectories(this.folder.resolve("tmp"));
		for (int i = 0; i < FILES; i++) {
			byte[] content = new byte[random.nextInt(20_000)];
			random.nextBytes(content);
			Path directory = Files.createDirectories(this.files.resolve("folder " + i % 7));
			Files.write(directory.resolve("file-" + i + ".bin"), content);
		}
	}

	@AfterEach
	void endProcesses() {
		this.processes.forEach(Process::destroyForcibly);
	}

	@Test
	void everyFileIsHashedOnceWhileInstancesComeAndGo() throws Exception {
		Path export = this.folder.resolve("sums.txt");
		Process process = start("--script=kill@3s,add@4s,stop@14s,quit@16s", "--checksums.pace=3", "--verify=all",
				"--distributed-task.session-timeout=6s", "--export=" + export);
		assertThat(process.waitFor(300, TimeUnit.SECONDS)).as(this::output).isTrue();
		assertThat(process.exitValue()).as(this::output).isZero();
		assertThat(output()).contains("checksums-1 is killed (SIGKILL)", "checksums-4 is started",
				"checksums-2 is told to stop (SIGTERM)", "rows hashed          " + FILES,
				"rows written twice   0" + System.lineSeparator(), "fail-over of checksums-1",
				"hand-over of checksums-2");
		assertThat(Files.readAllLines(export)).containsExactlyElementsOf(expectedSums());
		assertThat(instances()).hasSize(4);
		awaitEndOfInstances();
		assertThat(this.folder.resolve("tmp")).isEmptyDirectory();
	}

	@Test
	void instancesRunWhatSpringHasGeneratedAheadOfTime() throws Exception {
		// without the generated classes, Spring Boot does not start
		this.options = "-Dspring.aot.enabled=true";
		Process process = start("--instances=2", "--script=stop@6s,quit@8s", "--verify=all");
		assertThat(process.waitFor(300, TimeUnit.SECONDS)).as(this::output).isTrue();
		assertThat(process.exitValue()).as(this::output).isZero();
		assertThat(output()).contains("rows hashed          " + FILES,
				"rows written twice   0" + System.lineSeparator(), "hand-over of checksums-");
	}

	@Test
	void whatWasDecidedAheadOfTimeCannotBeChanged() throws Exception {
		this.options = "-Dspring.aot.enabled=true";
		Process process = start("--instance", "--spring.datasource.url=jdbc:h2:mem:aot",
				"--spring.kafka.bootstrap-servers=127.0.0.1:9", "--distributed-task.mode=local");
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).as(this::output).isTrue();
		assertThat(process.exitValue()).isEqualTo(1);
		assertThat(output()).contains("'distributed-task.mode' is 'local', but has no effect");
	}

	@Test
	void instancesEndWithDemonstrationThatIsKilled() throws Exception {
		Process process = start("--instances=1");
		Awaitility.await()
			.atMost(Duration.ofSeconds(150))
			.until(() -> DASHBOARD.matcher(output()).find() || !process.isAlive());
		assertThat(instances()).as(this::output).hasSize(1).allMatch(SampleAppIntegrationTests::isAlive);
		assertThat(dashboard()).contains("<title>Distributed tasks</title>").contains("data-writable=\"true\"");
		process.destroyForcibly();
		awaitEndOfInstances();
	}

	private String dashboard() throws Exception {
		Matcher link = DASHBOARD.matcher(output());
		assertThat(link.find()).as(this::output).isTrue();
		HttpRequest request = HttpRequest.newBuilder(URI.create(link.group(1))).build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	@Test
	void instancesEndWithDemonstrationThatIsToldToStop() throws Exception {
		Process process = start("--instances=1");
		Awaitility.await()
			.atMost(Duration.ofSeconds(150))
			.until(() -> output().contains("checksums-1 is started") || !process.isAlive());
		process.destroy();
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(this::output).isTrue();
		assertThat(instances()).hasSize(1);
		awaitEndOfInstances();
		assertThat(this.folder.resolve("tmp")).isEmptyDirectory();
	}

	@Test
	void wrongArgumentsAreExplained() throws Exception {
		Process process = start("--script=hug@3s");
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).isEqualTo(2);
		assertThat(output()).contains("'hug' is not an action: use kill, stop, add or quit", "Usage:");
	}

	private Process start(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
						"-Djava.io.tmpdir=" + this.folder.resolve("tmp"), "-jar",
						System.getProperty("sample.jar", "target/sample-app.jar"), "--folder=" + this.files));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(new File(this.output.toString()));
		// For the instances, too: short-lived processes start sooner without the second
		// compiler
		builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 " + this.options);
		Process process = builder.start();
		this.processes.add(process);
		return process;
	}

	private String output() {
		try {
			return Files.readString(this.output, StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private List<Long> instances() {
		return STARTED.matcher(output()).results().map((result) -> Long.valueOf(result.group(2))).toList();
	}

	private void awaitEndOfInstances() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> instances().stream().noneMatch(SampleAppIntegrationTests::isAlive));
	}

	private static boolean isAlive(long pid) {
		return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
	}

	private List<String> expectedSums() throws Exception {
		TreeMap<String, String> lines = new TreeMap<>();
		try (var paths = Files.walk(this.files)) {
			for (Path path : paths.filter(Files::isRegularFile).toList()) {
				byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(path));
				lines.put(this.files.relativize(path).toString(), HexFormat.of().formatHex(sum) + "  " + path);
			}
		}
		return List.copyOf(lines.values());
	}

}
