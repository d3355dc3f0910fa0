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

package io.distributedtask.faults.injection;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.instance.InstanceOrders;
import io.distributedtask.faults.network.Firewall;
import io.distributedtask.faults.processes.Fleet;
import io.distributedtask.faults.processes.InstanceProcess;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to the connections by which an instance is watched. While it happens
 * the group rebalances, for otherwise nothing is sent over them.
 */
public final class WatchFaults implements FaultFamily {

	private static final String WATCH = "watch/";

	private final Fleet fleet;

	private final Firewall firewall;

	private final int silentPort;

	private final GroupUnderTest group;

	/**
	 * Create the family.
	 * @param fleet the instances
	 * @param firewall does what is done to connections
	 * @param silentPort a port that accepts connections and does not know the protocol
	 * @param group what is under test
	 */
	public WatchFaults(Fleet fleet, Firewall firewall, int silentPort, GroupUnderTest group) {
		this.fleet = fleet;
		this.firewall = firewall;
		this.silentPort = silentPort;
		this.group = group;
	}

	@Override
	public @Nullable Plan plan(FaultKind kind, RandomGenerator random) {
		boolean kills = kind == FaultKind.KILL_BEHIND_PROXY;
		InstanceProcess process = take(random, kills);
		if (process == null) {
			return null;
		}
		int port = this.fleet.watchPort(process.name());
		Runnable disturb = disturb(kind, process, port, random);
		// long enough for a watcher to run out of patience
		Duration lasts = FaultFamily.between(random, 50, (int) this.group.sessionTimeout().multipliedBy(3).toMillis());
		return Plan.of(process.name(), lasts, disturb, () -> {
			this.firewall.heal(port);
			if (kills) {
				this.fleet.awaitEnd(process.name());
				this.fleet.start(process.name());
				this.fleet.release(Fleet.PROCESS, process.name());
			}
			this.fleet.release(WATCH, process.name());
		});
	}

	private @Nullable InstanceProcess take(RandomGenerator random, boolean kills) {
		List<String> free = this.fleet.free(WATCH);
		if (kills) {
			free.retainAll(this.fleet.free(Fleet.PROCESS));
		}
		if (free.isEmpty()) {
			return null;
		}
		String name = free.get(random.nextInt(free.size()));
		if (!this.fleet.reserve(WATCH, name)) {
			return null;
		}
		if (kills && !this.fleet.reserve(Fleet.PROCESS, name)) {
			this.fleet.release(WATCH, name);
			return null;
		}
		return this.fleet.process(name);
	}

	private Runnable disturb(FaultKind kind, InstanceProcess process, int port, RandomGenerator random) {
		boolean cut = random.nextBoolean();
		boolean toIt = random.nextBoolean();
		int proxy = proxy(process.name(), random);
		return switch (kind) {
			case WATCH_CUT -> () -> this.firewall.cut(port);
			case WATCH_STALL -> () -> stop(process, port, true, true, cut);
			case WATCH_ONE_WAY -> () -> stop(process, port, toIt, !toIt, cut);
			case WATCH_REJECT -> () -> {
				this.firewall.reject(port);
				process.order(InstanceOrders.REBALANCE);
			};
			case WATCH_PROXY -> () -> {
				this.firewall.redirect(port, proxy);
				this.firewall.cut(port);
			};
			case KILL_BEHIND_PROXY -> () -> {
				this.firewall.redirect(port, proxy);
				process.kill();
			};
			case WATCH_LISTENER -> () -> {
				process.order(InstanceOrders.LISTENER);
				process.order(InstanceOrders.REBALANCE);
			};
			default -> throw new IllegalArgumentException("No fault of the watch: " + kind);
		};
	}

	private void stop(InstanceProcess process, int port, boolean toIt, boolean fromIt, boolean cut) {
		this.firewall.drop(port, toIt, fromIt);
		if (cut) {
			this.firewall.cut(port);
		}
		process.order(InstanceOrders.REBALANCE);
	}

	/**
	 * What answers in the place of an instance: another instance, something that knows
	 * nothing of the protocol, or nobody.
	 */
	private int proxy(String name, RandomGenerator random) {
		List<InstanceProcess> others = this.fleet.alive()
			.stream()
			.filter((process) -> !process.name().equals(name))
			.toList();
		return switch (random.nextInt(4)) {
			case 0 -> this.silentPort;
			case 1 -> this.fleet.watchPort(Fleet.VISITOR);
			default -> others.isEmpty() ? this.silentPort
					: this.fleet.watchPort(others.get(random.nextInt(others.size())).name());
		};
	}

}
