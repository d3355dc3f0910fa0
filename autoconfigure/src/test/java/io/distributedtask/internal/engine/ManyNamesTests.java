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

package io.distributedtask.internal.engine;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.OwnedShards;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.port.Budget;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Round;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names of tasks and instances come and go for as long as a process lives: what is
 * remembered of them must not.
 */
class ManyNamesTests {

	private static final int BATCHES = 100;

	private static final int BATCH = 1000;

	private final ManualClocks clocks = new ManualClocks();

	private final ChangingRunner runner = new ChangingRunner();

	@ParameterizedTest
	@CsvSource({ "PT0S,false", "PT1H,false", "PT0S,true" })
	void nothingIsRememberedOfNamesThatAreGone(Duration delay, boolean isStatic) {
		MemberLifecycle life = life(delay, isStatic);
		for (int batch = 0; batch < BATCHES; batch++) {
			int number = batch;
			this.runner.tasks = IntStream.range(0, BATCH)
				.mapToObj((i) -> TaskDefinition.of("tenant-%d-%d".formatted(number, i)))
				.toList();
			life.tasksChanged(this.runner.running.keySet().stream().map(TaskId::name).distinct().toList());
			life.beforePoll();
			String visitor = "visitor-" + (isStatic ? 0 : batch);
			rebalance(life, 2 * batch, visitor, isStatic);
			rebalance(life, 2 * batch + 1, visitor, isStatic);
			assertThat(this.runner.running).as("what is registered now is run").hasSizeBetween(BATCH / 2, BATCH);
		}
		assertThat(elementsWithin(life)).as("names are remembered that are gone").isLessThan(40L * BATCH);
	}

	private MemberLifecycle life(Duration delay, boolean isStatic) {
		return new MemberLifecycle(
				new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500),
						Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), delay, isStatic, false),
				"me", this.runner, new OwnedShards(this.runner, (event) -> {
				}, this.clocks), new Leader(Map.of("sticky", TaskAssignor.sticky()),
						new AssignorInvoker(Duration.ofMinutes(1)), delay, this.clocks),
				this.clocks, () -> {
				});
	}

	/**
	 * A rebalance of this instance and another one that comes and goes.
	 */
	private void rebalance(MemberLifecycle life, int generation, String visitor, boolean isStatic) {
		this.clocks.advance(Duration.ofMillis(10));
		Map<String, MemberMetadata> members = new HashMap<>();
		members.put("me", life.memberMetadata());
		if (generation % 4 == 0) {
			members.put(visitor, new MemberMetadata(visitor, visitor, 0, null, Map.of(), 1.0, false, -1, 0,
					List.of(TaskDefinition.of("task-of-" + visitor)), List.of(), List.of()));
		}
		Map<String, String> staticIds = isStatic ? Map.of("me", "id") : Map.of();
		Map<String, MemberAssignment> plan = life
			.assign(new Round(generation, "sticky", "me", members, Map.of(), true, Budget.UNLIMITED, staticIds));
		life.contact(this.clocks.nanos(), this.clocks.millis(), false);
		life.assigned("me", generation, "sticky", plan.get("me"));
	}

	/**
	 * The elements of all collections and maps that can be reached by way of the classes
	 * of this project.
	 */
	private static long elementsWithin(Object root) {
		Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Object> todo = new ArrayDeque<>(List.of(root));
		long elements = 0;
		while (!todo.isEmpty()) {
			Object next = todo.pop();
			if (!seen.add(next) || next instanceof ChangingRunner || next instanceof Enum<?>) {
				continue;
			}
			if (next instanceof Map<?, ?> map) {
				elements += map.size();
				map.forEach((key, value) -> Collections.addAll(todo, key, value));
			}
			else if (next instanceof Collection<?> collection) {
				elements += collection.size();
				collection.forEach(todo::add);
			}
			else if (next instanceof Object[] array) {
				elements += Array.getLength(array);
			}
			else if (next.getClass().getName().startsWith("io.distributedtask.")) {
				fields(next, todo);
			}
		}
		return elements;
	}

	private static void fields(Object object, Deque<Object> todo) {
		for (Class<?> type = object.getClass(); type.getName()
			.startsWith("io.distributedtask."); type = type.getSuperclass()) {
			Field[] fields = type.getDeclaredFields();
			AccessibleObject.setAccessible(fields, true);
			for (Field field : fields) {
				Object value = Modifier.isStatic(field.getModifiers()) ? null : value(object, field);
				if (value != null && !field.getType().isPrimitive()) {
					todo.push(value);
				}
			}
		}
	}

	private static @Nullable Object value(Object object, Field field) {
		try {
			return field.get(object);
		}
		catch (IllegalAccessException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Runs other tasks all the time, and stops at once what it has to.
	 */
	private static final class ChangingRunner implements TaskRunner {

		private List<TaskDefinition> tasks = List.of();

		private final Map<TaskId, Ownership> running = new ConcurrentHashMap<>();

		@Override
		public Collection<TaskDefinition> tasks() {
			return this.tasks;
		}

		@Override
		public void start(Ownership ownership) {
			this.running.put(ownership.id(), ownership);
		}

		@Override
		public void revoke(Ownership ownership) {
			lost(ownership);
		}

		@Override
		public void lost(Ownership ownership) {
			this.running.remove(ownership.id());
			ownership.stopped(List.of(Instant.EPOCH));
		}

		@Override
		public void hurry(Ownership ownership) {
			// stops at once anyway
		}

		@Override
		public Assignments.@Nullable Execution execution(TaskId id) {
			return null;
		}

	}

}
