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
import java.util.function.Consumer;

/**
 * What may happen in a simulation. Each has its own promises, for what is promised when
 * nobody fails is more than what is promised when anything may.
 */
enum SimulatedCircumstances {

	/** Instances come, ask for rebalances, and leave in order. */
	ORDERLY(List.of(SimulatedCircumstances::join, SimulatedCircumstances::drain, SimulatedCircumstances::rebalance,
			SimulatedCircumstances::slowNetwork)),

	/** Instances crash, too, but never the last one that knows the group. */
	CRASHES(List.of(SimulatedCircumstances::join, SimulatedCircumstances::join, SimulatedCircumstances::drain,
			SimulatedCircumstances::crash, SimulatedCircumstances::crash, SimulatedCircumstances::rebalance)),

	/** Processes, machines or single threads stand still. */
	FREEZES(List.of(SimulatedCircumstances::join, SimulatedCircumstances::drain, SimulatedCircumstances::freeze,
			SimulatedCircumstances::freeze, SimulatedCircumstances::freeze, SimulatedCircumstances::stall,
			SimulatedCircumstances::rebalance)),

	/** Messages are late or lost, connections break, some directions are cut. */
	PARTITIONS(List.of(SimulatedCircumstances::join, SimulatedCircumstances::drain, SimulatedCircumstances::cut,
			SimulatedCircumstances::cut, SimulatedCircumstances::reset, SimulatedCircumstances::swallow,
			SimulatedCircumstances::loss, SimulatedCircumstances::slowNetwork, SimulatedCircumstances::rebalance)),

	/** The broker goes and comes, the group moves, is emptied and deleted. */
	BROKER(List.of(SimulatedCircumstances::join, SimulatedCircumstances::join, SimulatedCircumstances::drain,
			SimulatedCircumstances::stopBroker, SimulatedCircumstances::rebalance, SimulatedCircumstances::crash,
			SimulatedCircumstances::startAnew)),

	/** An administrator removes members. */
	EVICTIONS(List.of(SimulatedCircumstances::join, SimulatedCircumstances::drain, SimulatedCircumstances::evict,
			SimulatedCircumstances::evict, SimulatedCircumstances::rebalance)),

	/** New versions know other tasks, or other numbers of shards. */
	ROLLING(List.of(SimulatedCircumstances::join, SimulatedCircumstances::join, SimulatedCircumstances::drain,
			SimulatedCircumstances::drain, SimulatedCircumstances::crash, SimulatedCircumstances::changeTasks,
			SimulatedCircumstances::stickTasks)),

	/** Anything but evictions. */
	EVERYTHING(List.of(SimulatedCircumstances::join, SimulatedCircumstances::join, SimulatedCircumstances::drain,
			SimulatedCircumstances::crash, SimulatedCircumstances::freeze, SimulatedCircumstances::stall,
			SimulatedCircumstances::cut, SimulatedCircumstances::reset, SimulatedCircumstances::swallow,
			SimulatedCircumstances::loss, SimulatedCircumstances::slowNetwork, SimulatedCircumstances::stopBroker,
			SimulatedCircumstances::rebalance, SimulatedCircumstances::stickTasks,
			SimulatedCircumstances::breakAssignor, SimulatedCircumstances::setWallClock));

	private static final int MOST_INSTANCES = 6;

	private final List<Consumer<GroupSimulation>> acts;

	SimulatedCircumstances(List<Consumer<GroupSimulation>> acts) {
		this.acts = acts;
	}

	static SimulatedCircumstances of(long seed) {
		return values()[(int) Math.floorMod(seed, (long) values().length)];
	}

	boolean hasLabels() {
		return this == FREEZES || this == PARTITIONS || this == ROLLING || this == EVERYTHING;
	}

	boolean knowsProgress() {
		return this == ORDERLY || this == CRASHES || this == ROLLING;
	}

	/**
	 * Let something happen.
	 * @param simulation where
	 */
	void act(GroupSimulation simulation) {
		simulation.any(this.acts).accept(simulation);
	}

	private static void join(GroupSimulation simulation) {
		if (simulation.live().size() < MOST_INSTANCES) {
			simulation.join();
		}
	}

	private static void drain(GroupSimulation simulation) {
		if (simulation.established().size() > 1) {
			simulation.drain(simulation.any(simulation.established()));
		}
	}

	private static void crash(GroupSimulation simulation) {
		List<SimulatedInstance> live = simulation.live();
		if (!live.isEmpty()) {
			SimulatedInstance victim = simulation.any(live);
			if (simulation.established().stream().anyMatch((instance) -> instance != victim)) {
				simulation.crash(victim);
			}
		}
	}

	private static void freeze(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			if (!instance.process().isFrozen()) {
				Duration time = upTo(simulation, 2);
				simulation.trace(instance + " is frozen for " + time.toMillis() + " ms");
				instance.process().freeze();
				if (simulation.random().nextBoolean()) {
					instance.clocks().suspend();
				}
				simulation.time().after(time.toNanos(), () -> {
					simulation.trace(instance + " thaws");
					instance.thaw();
				});
			}
		});
	}

	private static void stall(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			Duration time = upTo(simulation, 3);
			simulation.trace("the group's thread of " + instance + " stalls for " + time.toMillis() + " ms");
			instance.stall(time.toNanos());
		});
	}

	private static void cut(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			if (!instance.link().isCut()) {
				Duration time = upTo(simulation, 2);
				int direction = simulation.random().nextInt(3);
				simulation.trace(instance + " is cut off for " + time.toMillis() + " ms, "
						+ List.of("both ways", "to the broker", "from the broker").get(direction));
				instance.link().cut(direction < 2, direction != 1);
				simulation.time().after(time.toNanos(), () -> instance.link().heal());
			}
		});
	}

	private static void reset(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			simulation.trace("the connections of " + instance + " break");
			instance.link().reset();
		});
	}

	private static void swallow(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			simulation.trace("the first connection of " + instance + " goes dead");
			instance.membership().swallowMain();
		});
	}

	private static void loss(GroupSimulation simulation) {
		double loss = simulation.random().nextDouble() * 0.2;
		simulation.trace("messages are lost with probability " + loss);
		simulation.network().loss(loss);
		simulation.time().after(upTo(simulation, 2).toNanos(), () -> simulation.network().loss(0));
	}

	private static void slowNetwork(GroupSimulation simulation) {
		int slowest = (simulation.random().nextInt(4) == 0) ? simulation.slowest() : 20;
		simulation.trace("messages take up to " + slowest + " ms");
		simulation.network().delays(1, slowest);
	}

	private static void stopBroker(GroupSimulation simulation) {
		if (simulation.network().isBrokerReachable()) {
			simulation.stopBroker(simulation.random().nextBoolean() ? upTo(simulation, 2) : Duration.ofMillis(20));
		}
	}

	/**
	 * Everybody leaves, the group is deleted perhaps, and somebody comes back.
	 */
	private static void startAnew(GroupSimulation simulation) {
		if (simulation.random().nextInt(3) != 0) {
			return;
		}
		simulation.live().stream().filter((instance) -> !instance.isDraining()).forEach(simulation::drain);
		simulation.pass(Duration.ofSeconds(20));
		if (simulation.random().nextBoolean() && simulation.network().isBrokerReachable()) {
			simulation.broker().delete();
		}
		join(simulation);
	}

	private static void evict(GroupSimulation simulation) {
		List<String> members = List.copyOf(simulation.broker().members().keySet());
		if (!members.isEmpty()) {
			String member = simulation.any(members);
			simulation.trace("an administrator removes " + member);
			simulation.broker().leave(member);
		}
	}

	private static void rebalance(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			simulation.trace("a rebalance is asked of " + instance);
			instance.engine().rebalance("asked for");
		});
	}

	private static void changeTasks(GroupSimulation simulation) {
		simulation.changeTasks();
	}

	private static void stickTasks(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			simulation.trace("some tasks of " + instance + " do not stop");
			instance.runner().stuck(0.5);
			simulation.time()
				.after(upTo(simulation, 3).toNanos(),
						() -> instance.process().execute(() -> instance.runner().release()));
		});
	}

	private static void breakAssignor(GroupSimulation simulation) {
		Random random = simulation.random();
		SimulatedAssignor.Fault[] faults = SimulatedAssignor.Fault.values();
		SimulatedAssignor.Fault fault = faults[random.nextInt(faults.length)];
		simulation.trace("the assignor has fault " + fault);
		simulation.assignor().fault(fault);
		simulation.time()
			.after(upTo(simulation, 1).toNanos(), () -> simulation.assignor().fault(SimulatedAssignor.Fault.NONE));
	}

	private static void setWallClock(GroupSimulation simulation) {
		onAny(simulation, (instance) -> {
			long millis = simulation.session().toMillis() / 4
					- simulation.random().nextInt((int) simulation.session().toMillis() / 2);
			simulation.trace("the wall clock of " + instance + " is set by " + millis + " ms");
			instance.clocks().setWallClock(millis);
		});
	}

	private static void onAny(GroupSimulation simulation, Consumer<SimulatedInstance> act) {
		List<SimulatedInstance> live = simulation.live();
		if (!live.isEmpty()) {
			act.accept(simulation.any(live));
		}
	}

	private static Duration upTo(GroupSimulation simulation, int sessions) {
		return Duration.ofNanos((long) (simulation.random().nextDouble() * sessions * simulation.session().toNanos()));
	}

}
