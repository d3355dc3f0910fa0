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

import java.time.Duration;
import java.util.List;
import java.util.Random;

import io.distributedtask.TaskDefinition;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.engine.TaskEngine;
import io.distributedtask.internal.port.MemberSettings;

/**
 * One process with a {@link TaskEngine}, whose threads are events in virtual time.
 */
final class SimulatedInstance {

	private final VirtualTime time;

	private final Random random;

	private final MemberSettings settings;

	private final SimulatedProcess process;

	private final SimulatedClocks clocks;

	private final SimulatedNetwork.Link link;

	private final SimulatedRunner runner;

	private final SimulatedMembership membership;

	private final TaskEngine engine;

	private VirtualTime.Event nextTurn;

	private long nextTurnAt;

	private long stalledUntil;

	private boolean draining;

	SimulatedInstance(GroupSimulation simulation, MemberSettings settings, List<TaskDefinition> tasks,
			TaskAssignor assignor, SimulatedClocks clocks) {
		this.time = simulation.time();
		this.random = simulation.random();
		this.settings = settings;
		this.clocks = clocks;
		this.process = new SimulatedProcess(this.time);
		this.link = simulation.network().link(this.process);
		this.runner = new SimulatedRunner(simulation.seed(), this.process, tasks, this.random, simulation.ledger(),
				this, simulation.longestStop());
		this.membership = new SimulatedMembership(this.time, this.process, this.link, simulation.broker(), settings,
				List.of(assignor.name()), clocks, this.random, this::wakeup, simulation::trace, simulation::failed);
		this.engine = new TaskEngine(settings, this.membership, this.runner, List.of(assignor), (event) -> {
		}, clocks);
		this.nextTurnAt = this.time.now();
		this.nextTurn = this.process.after(0, this::turn);
		watchLease();
	}

	private void turn() {
		if (this.time.now() < this.stalledUntil) {
			scheduleTurn(this.stalledUntil - this.time.now());
			return;
		}
		scheduleTurn(VirtualTime.millis(20 + this.random.nextInt(60)));
		this.engine.turn(Duration.ZERO);
		if (this.engine.isStopped()) {
			this.nextTurn.cancel();
			this.process.after(VirtualTime.millis(500), this::exit);
		}
	}

	private void exit() {
		this.membership.close();
		this.process.after(0, this.process::kill);
	}

	private void scheduleTurn(long nanos) {
		this.nextTurn.cancel();
		this.nextTurnAt = this.time.now() + nanos;
		this.nextTurn = this.process.after(nanos, this::turn);
	}

	/**
	 * The group's thread is woken up, and needs a moment to run.
	 */
	private void wakeup() {
		long soon = (long) (this.random.nextDouble() * VirtualTime.millis(2));
		if (!isOver() && this.time.now() >= this.stalledUntil && this.time.now() + soon < this.nextTurnAt) {
			scheduleTurn(soon);
		}
	}

	private void watchLease() {
		if (!isOver()) {
			this.process.after(VirtualTime.millis(50 + this.random.nextInt(200)), this::watchLease);
			this.engine.checkLease();
		}
	}

	/**
	 * The group's thread does not run for a while; the process' others do.
	 */
	void stall(long nanos) {
		this.stalledUntil = this.time.now() + nanos;
	}

	void drain() {
		this.draining = true;
		this.engine.drain();
	}

	void crash() {
		this.process.kill();
		this.link.reset();
	}

	void thaw() {
		this.clocks.resume();
		this.process.thaw();
	}

	/**
	 * Whether it has left or crashed.
	 */
	boolean isOver() {
		return this.process.isDead() || this.engine != null && this.engine.isStopped();
	}

	boolean isDraining() {
		return this.draining;
	}

	SimulatedProcess process() {
		return this.process;
	}

	SimulatedClocks clocks() {
		return this.clocks;
	}

	SimulatedNetwork.Link link() {
		return this.link;
	}

	SimulatedRunner runner() {
		return this.runner;
	}

	SimulatedMembership membership() {
		return this.membership;
	}

	TaskEngine engine() {
		return this.engine;
	}

	MemberSettings settings() {
		return this.settings;
	}

	@Override
	public String toString() {
		return this.settings.instance();
	}

}
