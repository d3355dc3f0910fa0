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

package io.distributedtask.assignment;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.GroupState.Instance;

/**
 * Small groups at random, for tests of properties that hold in each of them.
 */
final class RandomGroups {

	static final int STEPS = 8;

	private static final int GROUPS = 2000;

	private RandomGroups() {
	}

	/**
	 * Groups whose instances and tasks differ in whatever they can differ in, one after
	 * the other of several changes.
	 */
	static void forEachMixedGroup(TaskAssignor assignor, Consumer<Group> check) {
		forEachSeed((random) -> {
			Group group = new Group(assignor);
			for (int step = 0; step < STEPS; step++) {
				change(group, random, true);
				run(group, () -> check.accept(group));
			}
		});
	}

	static void forEachSeed(Consumer<Random> check) {
		for (int seed = 0; seed < GROUPS; seed++) {
			try {
				check.accept(new Random(seed));
			}
			catch (AssertionError | RuntimeException ex) {
				throw new AssertionError("Failed with seed " + seed + ": " + ex.getMessage(), ex);
			}
		}
	}

	static void run(Group group, Runnable check) {
		String before = group.toString();
		try {
			check.run();
		}
		catch (AssertionError | RuntimeException ex) {
			throw new AssertionError("%s%nbefore: %s%nafter: %s".formatted(ex.getMessage(), before, group), ex);
		}
	}

	static void change(Group group, Random random, boolean mixed) {
		int changes = 1 + random.nextInt(3);
		for (int i = 0; i < changes; i++) {
			switch (random.nextInt(5)) {
				case 0 -> {
					if (group.instances.size() > 1) {
						group.leave(any(group.instances, random));
					}
				}
				case 1 -> {
					if (!group.tasks.isEmpty()) {
						group.tasks.remove(any(group.tasks, random));
					}
				}
				case 2 -> group.task("t" + random.nextInt(10), 1 + random.nextInt(20), mixed ? weight(random) : 1,
						mixed ? selector(random) : "");
				default -> group.instance("i" + random.nextInt(12), mixed ? labels(random) : Map.of(),
						mixed ? weight(random) : 1);
			}
		}
		if (group.instances.isEmpty()) {
			group.instances("i0");
		}
	}

	static double weight(Random random) {
		return switch (random.nextInt(4)) {
			case 0 -> 0.1 + random.nextDouble();
			case 1 -> 1 + random.nextInt(5);
			default -> 1;
		};
	}

	static Map<String, String> labels(Random random) {
		Map<String, String> labels = new TreeMap<>();
		for (String label : List.of("x", "y", "z")) {
			if (random.nextBoolean()) {
				labels.put(label, "1");
			}
		}
		return labels;
	}

	static String selector(Random random) {
		return List.of("", "x=1", "y=1", "z=1", "x=1,y=1").get(random.nextInt(5));
	}

	static void addInstances(Group group, Random random, int count) {
		for (int i = 0; i < count; i++) {
			group.instances("i" + random.nextInt(1000));
		}
	}

	static void addTasks(Group group, Random random, int count) {
		for (int i = 0; i < count; i++) {
			group.task("t" + i, random.nextBoolean() ? 1 : 1 + random.nextInt(30));
		}
	}

	static <T> String any(Map<String, T> map, Random random) {
		return List.copyOf(map.keySet()).get(random.nextInt(map.size()));
	}

	static List<String> eligible(GroupState state, TaskDefinition task) {
		return state.instances().stream().filter((instance) -> instance.canOwn(task)).map(Instance::name).toList();
	}

}
