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

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.distributedtask.Assignments;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import io.distributedtask.internal.simulation.OwnershipLedger.Entry;
import org.jspecify.annotations.Nullable;

/**
 * Runs the shards of one simulated instance: they work while they are owned, take some
 * time to stop, and sometimes do not stop before they are released.
 */
final class SimulatedRunner implements TaskRunner {

	private final long seed;

	private final SimulatedProcess process;

	private final List<TaskDefinition> tasks;

	private final Random random;

	private final OwnershipLedger ledger;

	private final SimulatedInstance instance;

	private final Map<TaskId, Run> running = new LinkedHashMap<>();

	private final long longestStop;

	private double stuck;

	SimulatedRunner(long seed, SimulatedProcess process, List<TaskDefinition> tasks, Random random,
			OwnershipLedger ledger, SimulatedInstance instance, long longestStop) {
		this.seed = seed;
		this.process = process;
		this.tasks = tasks;
		this.random = random;
		this.ledger = ledger;
		this.instance = instance;
		this.longestStop = longestStop;
	}

	/**
	 * Set how often a shard does not stop by itself.
	 * @param stuck a probability
	 */
	void stuck(double stuck) {
		this.stuck = stuck;
	}

	/**
	 * Let everything stop that should have.
	 */
	void release() {
		this.stuck = 0;
		List.copyOf(this.running.values()).stream().filter((run) -> run.isStuck).forEach(this::end);
	}

	@Override
	public Collection<TaskDefinition> tasks() {
		return this.tasks;
	}

	@Override
	public void start(Ownership ownership) {
		Entry entry = this.ledger.started(this.instance, ownership);
		SimulatedRuns runs = new SimulatedRuns(entry, SimulatedSchedule.of(this.seed, ownership.id().name()),
				this.process, this.instance.clocks(), this.random, this.ledger.instants());
		this.running.put(ownership.id(), new Run(entry, runs));
	}

	@Override
	public void revoke(Ownership ownership) {
		Run run = find(ownership);
		this.ledger.revoked(run.entry);
		stop(run, this.longestStop);
	}

	@Override
	public void lost(Ownership ownership) {
		Run run = find(ownership);
		this.ledger.lost(run.entry);
		run.progress = run.runs.lost();
		stop(run, this.longestStop / 4);
	}

	@Override
	public void hurry(Ownership ownership) {
		end(find(ownership));
	}

	@Override
	public boolean runsOnRequest(String task) {
		return true;
	}

	/**
	 * Such a run begins some time later, if the shard is not stopped before.
	 */
	@Override
	public boolean run(Ownership ownership, Runnable begun) {
		Run run = find(ownership);
		this.process.after(VirtualTime.millis(1 + ownership.fencingToken() % 50), () -> {
			if (!run.hasEnded && ownership.phase() == Phase.OWNED) {
				begun.run();
				this.ledger.ran(ownership.id());
			}
		});
		return true;
	}

	private Run find(Ownership ownership) {
		Run run = this.running.get(ownership.id());
		if (run == null || run.entry.ownership() != ownership) {
			throw new OwnershipLedger.BrokenPromise(ownership + " is not running on " + this.instance);
		}
		return run;
	}

	private void stop(Run run, long longest) {
		if (this.random.nextDouble() < this.stuck) {
			run.isStuck = true;
		}
		else if (this.random.nextInt(4) == 0) {
			end(run);
		}
		else {
			this.process.after((long) (this.random.nextDouble() * longest), () -> end(run));
		}
	}

	private void end(Run run) {
		if (!run.hasEnded) {
			run.hasEnded = true;
			Ownership ownership = run.entry.ownership();
			this.running.remove(ownership.id());
			List<Instant> known = run.progress;
			List<Instant> progress = (known != null) ? known : run.runs.stop();
			this.ledger.stopped(run.entry, progress);
			ownership.stopped(progress);
		}
	}

	@Override
	public Assignments.@Nullable Execution execution(TaskId id) {
		return null;
	}

	private static final class Run {

		private final Entry entry;

		private final SimulatedRuns runs;

		private @Nullable List<Instant> progress;

		private boolean isStuck;

		private boolean hasEnded;

		private Run(Entry entry, SimulatedRuns runs) {
			this.entry = entry;
			this.runs = runs;
		}

	}

}
