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

package io.distributedtask.internal.coordination;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.distributedtask.Assignments.Task;
import io.distributedtask.TaskId;

/**
 * Asks random instances for random things, which contradict each other. Has random
 * numbers of its own, so that whatever else happens in a simulation is the same with it.
 */
final class SimulatedOperator {

	private final GroupSimulation simulation;

	private final Random random;

	private final boolean active;

	private final Set<String> drained = new TreeSet<>();

	private final Set<TaskId> moved = new TreeSet<>();

	SimulatedOperator(GroupSimulation simulation, long seed) {
		this.simulation = simulation;
		this.random = new Random(seed * 31 + 7);
		this.active = this.random.nextInt(3) == 0;
	}

	boolean isActive() {
		return this.active;
	}

	void act() {
		List<SimulatedInstance> able = this.simulation.established();
		if (!this.active || able.isEmpty() || this.random.nextInt(3) == 0) {
			return;
		}
		SimulatedInstance instance = able.get(this.random.nextInt(able.size()));
		if (instance.process().isFrozen()) {
			return;
		}
		TaskId id = new TaskId("t" + this.random.nextInt(4), this.random.nextInt(8));
		String self = instance.settings().instance();
		switch (this.random.nextInt(8)) {
			case 0 -> ask(instance, "pause " + id.name(), (tasks) -> tasks.pause(id.name()));
			case 1 -> ask(instance, "resume " + id.name(), (tasks) -> tasks.resume(id.name()));
			case 2 -> ask(instance, "pause all", TaskCoordinator::pauseAll);
			case 3 -> ask(instance, "resume all", TaskCoordinator::resumeAll);
			case 4 -> ask(instance, "run " + id, (tasks) -> {
				this.simulation.ledger().asked(id);
				tasks.run(id.name(), id.shard());
			});
			case 5 -> ask(instance, "move " + id + " here", (tasks) -> {
				this.moved.add(id);
				tasks.move(id.name(), id.shard(), self);
			});
			case 6 -> ask(instance, "drain", (tasks) -> {
				this.drained.add(self);
				tasks.drain(self);
			});
			default -> ask(instance, "end the drain", (tasks) -> tasks.undrain(self));
		}
	}

	/**
	 * Look whether all know the same, and take everything back.
	 */
	void takeEverythingBack() {
		Set<Set<String>> views = paused();
		if (views.size() > 1) {
			throw new OwnershipLedger.BrokenPromise("In the end different tasks are paused: " + views);
		}
		SimulatedInstance instance = this.simulation.established().get(0);
		ask(instance, "resume all", TaskCoordinator::resumeAll);
		for (int i = 0; i < 4; i++) {
			String task = "t" + i;
			ask(instance, "resume " + task, (tasks) -> tasks.resume(task));
		}
		this.drained.forEach((name) -> ask(instance, "end the drain of " + name, (tasks) -> tasks.undrain(name)));
		this.moved.forEach((id) -> ask(instance, "clear " + id, (tasks) -> tasks.clear(id.name(), id.shard())));
	}

	void checkRest() {
		if (paused().stream().anyMatch((view) -> !view.isEmpty())) {
			throw new OwnershipLedger.BrokenPromise("In the end some tasks are paused: " + paused());
		}
	}

	private Set<Set<String>> paused() {
		return this.simulation.live()
			.stream()
			.map((instance) -> instance.coordinator()
				.assignments()
				.tasks()
				.stream()
				.filter(Task::paused)
				.map(Task::name)
				.collect(Collectors.<String, Set<String>>toCollection(TreeSet::new)))
			.collect(Collectors.toSet());
	}

	private void ask(SimulatedInstance instance, String what, Consumer<TaskCoordinator> request) {
		this.simulation.trace(instance + " is asked: " + what);
		try {
			request.accept(instance.coordinator());
		}
		catch (IllegalStateException | IllegalArgumentException | NoSuchElementException ex) {
			this.simulation.trace("  refused: " + ex.getMessage());
		}
	}

}
