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

package io.distributedtask.internal.simulation;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

import io.distributedtask.TaskId;
import io.distributedtask.internal.engine.GroupOperations;

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
			case 0 -> ask(instance, "pause " + id.name(), (group) -> group.pause(id.name(), true));
			case 1 -> ask(instance, "resume " + id.name(), (group) -> group.pause(id.name(), false));
			case 2 -> ask(instance, "pause all", (group) -> group.pauseAll(true));
			case 3 -> ask(instance, "resume all", (group) -> group.pauseAll(false));
			case 4 -> ask(instance, "run " + id, (group) -> {
				this.simulation.ledger().asked(id);
				try {
					group.run(id.name(), id.shard());
				}
				catch (RuntimeException ex) {
					this.simulation.ledger().refused(id);
					throw ex;
				}
			});
			case 5 -> ask(instance, "move " + id + " here", (group) -> {
				this.moved.add(id);
				group.move(id.name(), id.shard(), self);
			});
			case 6 -> ask(instance, "drain", (group) -> {
				this.drained.add(self);
				group.drain(self, true);
			});
			default -> ask(instance, "end the drain", (group) -> group.drain(self, false));
		}
	}

	/**
	 * Look whether all know the same, and take everything back.
	 */
	void takeEverythingBack() {
		if (paused().values().stream().anyMatch((views) -> views.size() > 1)) {
			throw new OwnershipLedger.BrokenPromise("In the end tasks are paused for some only: " + paused());
		}
		SimulatedInstance instance = this.simulation.established().get(0);
		ask(instance, "resume all", (group) -> group.pauseAll(false));
		for (int i = 0; i < 4; i++) {
			String task = "t" + i;
			ask(instance, "resume " + task, (group) -> group.pause(task, false));
		}
		this.drained.forEach((name) -> ask(instance, "end the drain of " + name, (group) -> group.drain(name, false)));
		this.moved.forEach((id) -> ask(instance, "clear " + id, (group) -> group.clear(id.name(), id.shard())));
	}

	void checkRest() {
		if (paused().values().stream().anyMatch((views) -> views.contains(true))) {
			throw new OwnershipLedger.BrokenPromise("In the end some tasks are paused: " + paused());
		}
	}

	/**
	 * Whether a task is paused, as those see it that know it.
	 */
	private Map<String, Set<Boolean>> paused() {
		Map<String, Set<Boolean>> paused = new TreeMap<>();
		this.simulation.live()
			.forEach((instance) -> instance.engine()
				.assignments()
				.tasks()
				.forEach((task) -> paused.computeIfAbsent(task.name(), (name) -> new TreeSet<>()).add(task.paused())));
		return paused;
	}

	private void ask(SimulatedInstance instance, String what, Consumer<GroupOperations> request) {
		this.simulation.trace(instance + " is asked: " + what);
		try {
			request.accept(instance.engine().operations());
			this.simulation.ledger().operated();
		}
		catch (IllegalStateException | IllegalArgumentException | NoSuchElementException ex) {
			this.simulation.trace("  refused: " + ex.getMessage());
		}
	}

}
