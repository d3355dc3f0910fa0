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

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.distributedtask.DistributedTasks;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskWork;
import io.distributedtask.fixture.Instances;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of tasks that come and go at run time: several instances of an
 * application in this process, and a real broker.
 */
class RuntimeTasksIntegrationTests {

	private static final Map<String, String> running = new ConcurrentHashMap<>();

	private static final List<String> overlaps = new CopyOnWriteArrayList<>();

	private final Instances instances = new Instances(Application.class).with("distributed-task.revoke-timeout=50ms",
			"distributed-task.session-timeout=60s", "distributed-task.rebalance-timeout=60s");

	@AfterEach
	void stopInstances() {
		this.instances.close();
		assertThat(overlaps).as("tasks that ran twice at a time").isEmpty();
		running.clear();
	}

	@Test
	void thousandsOfTasksInOneCallAreOneRebalance() {
		DistributedTasks tasks = start("a");
		await(() -> tasks.membership().generation() >= 1);
		tasks.register(TaskDefinition.of("first"), work("a", "first"));
		await(() -> tasks.isOwner("first"));
		int before = tasks.membership().generation();
		Map<TaskDefinition, TaskWork> tenants = new HashMap<>();
		IntStream.range(0, 3000)
			.forEach((tenant) -> tenants.put(TaskDefinition.of("tenant-" + tenant), TaskWork.continuous((context) -> {
			})));
		tasks.registerAll(tenants);
		await(() -> tasks.membership().owned() == 3001);
		assertThat(tasks.membership().generation()).isEqualTo(before + 1);
		assertThat(tasks.unregisterAll(tenants.keySet().stream().map(TaskDefinition::name).toList())).isEqualTo(3000);
		await(() -> tasks.membership().owned() == 1 && tasks.assignments().tasks().size() == 1);
	}

	@Test
	void tasksGoOnlyToInstancesThatHaveRegisteredThem() {
		List.of("a", "b", "c").forEach(this::start);
		Set<String> names = IntStream.range(0, 12).mapToObj((i) -> "tenant-" + i).collect(Collectors.toSet());
		register("a", names);
		register("b", names);
		await(() -> owners(names).equals(Set.of("a", "b")));
		register("c", names);
		await(() -> owners(names).equals(Set.of("a", "b", "c")));
		tasks("b").unregisterAll(names);
		await(() -> owners(names).equals(Set.of("a", "c")) && running.size() == 12);
		tasks("a").unregisterAll(names);
		tasks("c").unregisterAll(names);
		await(running::isEmpty);
		await(() -> this.instances.names().stream().allMatch((name) -> tasks(name).assignments().tasks().isEmpty()));
	}

	@Test
	void whatIsRegisteredAnewRunsItsNewWorkAfterTheOldHasStopped() {
		DistributedTasks tasks = start("a");
		tasks.register(TaskDefinition.of("tenant"), work("old", "tenant"));
		await(() -> "old".equals(running.get("tenant")));
		for (int time = 0; time < 5; time++) {
			String work = "new " + time;
			assertThat(tasks.unregister("tenant")).isTrue();
			tasks.register(TaskDefinition.of("tenant"), work(work, "tenant"));
			await(() -> work.equals(running.get("tenant")));
		}
	}

	private void register(String instance, Set<String> names) {
		tasks(instance)
			.registerAll(names.stream().collect(Collectors.toMap(TaskDefinition::of, (name) -> work(instance, name))));
	}

	private static TaskWork work(String by, String name) {
		return TaskWork.continuous((context) -> {
			String other = running.putIfAbsent(name, by);
			if (other != null) {
				overlaps.add("%s by %s and %s".formatted(name, other, by));
			}
			try {
				Thread.currentThread().join();
			}
			finally {
				running.remove(name, by);
			}
		});
	}

	/**
	 * The instances that run tasks, if each of the tasks is run and owned by one.
	 */
	private Set<String> owners(Set<String> names) {
		Map<String, String> now = Map.copyOf(running);
		boolean complete = names.stream()
			.allMatch((name) -> now.containsKey(name) && tasks(now.get(name)).isOwner(name));
		return complete ? Set.copyOf(now.values()) : Set.of();
	}

	private DistributedTasks tasks(String instance) {
		return this.instances.tasks(instance);
	}

	private DistributedTasks start(String name) {
		this.instances.start(name);
		return tasks(name);
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
