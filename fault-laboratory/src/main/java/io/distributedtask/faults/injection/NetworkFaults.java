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
import io.distributedtask.faults.network.Links;
import io.distributedtask.faults.processes.BrokerCluster;
import io.distributedtask.faults.processes.Fleet;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to an instance's connections.
 */
public final class NetworkFaults implements FaultFamily {

	private static final String NETWORK = "network/";

	private final Fleet fleet;

	private final BrokerCluster brokers;

	private final GroupUnderTest group;

	public NetworkFaults(Fleet fleet, BrokerCluster brokers, GroupUnderTest group) {
		this.fleet = fleet;
		this.brokers = brokers;
		this.group = group;
	}

	@Override
	public @Nullable Plan plan(FaultKind kind, RandomGenerator random) {
		List<String> free = this.fleet.free(NETWORK);
		if (free.isEmpty()) {
			return null;
		}
		String name = free.get(random.nextInt(free.size()));
		if (!this.fleet.reserve(NETWORK, name)) {
			return null;
		}
		int session = (int) this.group.sessionTimeout().toMillis();
		return Plan.of(name, FaultFamily.between(random, 50, session * 2),
				fault(kind, this.brokers.links(name), random), () -> {
					this.brokers.links(name).heal();
					this.fleet.release(NETWORK, name);
				});
	}

	/**
	 * Either way, or first the answers and then the requests: an answer that comes late
	 * is then the last one.
	 */
	private Runnable oneWay(Links links, RandomGenerator random) {
		return switch (random.nextInt(3)) {
			case 0 -> links::stopToBroker;
			case 1 -> links::stopFromBroker;
			default -> {
				int session = (int) this.group.sessionTimeout().toMillis();
				long first = random.nextInt(session / 4, session * 4 / 5);
				yield () -> {
					links.stopFromBroker();
					sleep(first);
					links.stopToBroker();
				};
			}
		};
	}

	private static void sleep(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Runnable fault(FaultKind kind, Links links, RandomGenerator random) {
		return switch (kind) {
			case CUT -> links::cut;
			case STALL -> links::stall;
			case ONE_WAY -> oneWay(links, random);
			case SLOW -> {
				Duration delay = FaultFamily.between(random, 20, 600);
				yield () -> links.slow(delay);
			}
			default -> throw new IllegalArgumentException("No fault of the network: " + kind);
		};
	}

}
