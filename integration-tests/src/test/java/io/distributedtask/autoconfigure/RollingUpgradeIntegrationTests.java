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

package io.distributedtask.autoconfigure;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.distributedtask.DistributedTask;
import io.distributedtask.fixture.SharedBroker;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances of a former version of the starter, in processes of their own, and of this
 * one in one group: a rolling upgrade, and back again. {@code .ci/nightly upgrade} builds
 * the jar of the former version.
 */
@EnabledIfSystemProperty(named = "former.jar", matches = ".+")
class RollingUpgradeIntegrationTests {

	private static final Pattern LINE = Pattern.compile("shard (begins|ends) (\\d+) (\\d+) (\\d+)");

	private final List<ApplicationProcess> processes = new ArrayList<>();

	@TempDir
	private Path folder;

	@AfterEach
	void close() {
		this.processes.forEach(ApplicationProcess::close);
	}

	@Test
	void shardsAreHandedOverToTheNextVersionAndBack() throws Exception {
		ApplicationProcess a = awaitRuns(startFormer("a"), ShardsApplication.SHARDS);
		ApplicationProcess b = awaitRuns(startFormer("b"), ShardsApplication.SHARDS / 2);
		ApplicationProcess c = awaitRuns(startPresent("c"), ShardsApplication.SHARDS / 3);
		stop(a);
		ApplicationProcess d = awaitRuns(startPresent("d"), ShardsApplication.SHARDS / 3);
		stop(b);
		awaitRuns(c, ShardsApplication.SHARDS / 2);
		awaitRuns(d, ShardsApplication.SHARDS / 2);
		ApplicationProcess e = awaitRuns(startFormer("e"), ShardsApplication.SHARDS / 3);
		stop(c);
		stop(d);
		awaitRuns(e, ShardsApplication.SHARDS);
		stop(e);
		assertThat(this.processes).allSatisfy((process) -> assertThat(process.output()).doesNotContain(" ERROR "));
		assertNothingRanTwice();
	}

	private ApplicationProcess startPresent(String name) {
		return start(name, System.getProperty("java.class.path"));
	}

	private ApplicationProcess startFormer(String name) throws URISyntaxException {
		Path present = Path.of(DistributedTask.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		List<String> entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.map((entry) -> Path.of(entry).equals(present) ? System.getProperty("former.jar") : entry)
			.toList();
		assertThat(entries).contains(System.getProperty("former.jar"));
		return start(name, String.join(File.pathSeparator, entries));
	}

	private ApplicationProcess start(String name, String classPath) {
		ApplicationProcess process = ApplicationProcess.start(this.folder, classPath, ShardsApplication.class,
				"--spring.kafka.bootstrap-servers=" + SharedBroker.servers(), "--distributed-task.group-id=upgrade",
				"--distributed-task.instance-name=" + name, "--distributed-task.heartbeat-interval=100ms");
		this.processes.add(process);
		return process;
	}

	private static ApplicationProcess awaitRuns(ApplicationProcess process, int shards) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(events(process).stream().mapToInt((event) -> event.begins() ? 1 : -1).sum())
				.as(process::output)
				.isEqualTo(shards));
		return process;
	}

	private static void stop(ApplicationProcess process) {
		process.terminate();
		process.awaitEnd();
	}

	private static List<Event> events(ApplicationProcess process) {
		return LINE.matcher(process.output())
			.results()
			.map((line) -> new Event(line.group(1).equals("begins"), Long.parseLong(line.group(2)),
					Integer.parseInt(line.group(3)), Long.parseLong(line.group(4))))
			.toList();
	}

	/**
	 * The processes have one clock. Of a shard, each run ends before the next one begins,
	 * which has a higher token.
	 */
	private void assertNothingRanTwice() {
		Map<Integer, List<Event>> byShard = this.processes.stream()
			.flatMap((process) -> events(process).stream())
			.collect(Collectors.groupingBy(Event::shard));
		assertThat(byShard).hasSize(ShardsApplication.SHARDS);
		byShard.forEach((shard, events) -> {
			Map<Long, Event> begun = new HashMap<>();
			Map<Long, Event> ended = new HashMap<>();
			events.forEach((event) -> (event.begins() ? begun : ended).put(event.token(), event));
			assertThat(begun.keySet()).as("shard %d", shard).isEqualTo(ended.keySet()).hasSizeGreaterThan(1);
			assertThat(events).hasSize(2 * begun.size());
			List<Event> runs = begun.values().stream().sorted(Comparator.comparing(Event::token)).toList();
			for (int i = 1; i < runs.size(); i++) {
				Event former = Objects.requireNonNull(ended.get(runs.get(i - 1).token()));
				assertThat(runs.get(i).time()).as("shard %d", shard).isGreaterThanOrEqualTo(former.time());
			}
		});
	}

	private record Event(boolean begins, long time, int shard, long token) {
	}

}
