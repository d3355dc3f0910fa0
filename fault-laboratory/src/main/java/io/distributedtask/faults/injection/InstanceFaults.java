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
import io.distributedtask.faults.injection.FaultFamily.Plan;
import io.distributedtask.faults.instance.InstanceOrders;
import io.distributedtask.faults.processes.Fleet;
import io.distributedtask.faults.processes.InstanceProcess;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to an instance's process.
 */
public final class InstanceFaults implements FaultFamily {

	private static final String CLOCK = "clock/";

	private final Fleet fleet;

	private final GroupUnderTest group;

	public InstanceFaults(Fleet fleet, GroupUnderTest group) {
		this.fleet = fleet;
		this.group = group;
	}

	@Override
	public @Nullable Plan plan(FaultKind kind, RandomGenerator random) {
		int session = (int) this.group.sessionTimeout().toMillis();
		return switch (kind) {
			case TERMINATE -> terminate(random, FaultFamily.between(random, 200, 2 * session));
			case KILL -> kill(random, FaultFamily.between(random, 200, 2 * session));
			case FREEZE_SHORT -> freeze(random, FaultFamily.between(random, 100, session * 2 / 3));
			case FREEZE_LONG -> freeze(random, FaultFamily.between(random, session * 11 / 10, session * 2));
			case CLOCK_JUMP -> clock(random);
			case STORM -> storm(random);
			case STUBBORN -> stubborn(random);
			case THROW -> Plan.of(Plan.ALL, Duration.ZERO, () -> this.fleet.orderAll(InstanceOrders.THROW), () -> {
			});
			default -> throw new IllegalArgumentException("No fault of an instance: " + kind);
		};
	}

	private @Nullable String take(RandomGenerator random, String aspect) {
		List<String> free = this.fleet.free(aspect);
		if (free.isEmpty()) {
			return null;
		}
		String name = free.get(random.nextInt(free.size()));
		return this.fleet.reserve(aspect, name) ? name : null;
	}

	private @Nullable Plan terminate(RandomGenerator random, Duration lasts) {
		String name = take(random, Fleet.PROCESS);
		return (name != null) ? Plan.of(name, lasts, () -> terminate(name), () -> startAgain(name)) : null;
	}

	private void terminate(String name) {
		InstanceProcess process = this.fleet.process(name);
		if (process != null) {
			process.terminate();
		}
	}

	private void startAgain(String name) {
		this.fleet.awaitEnd(name);
		this.fleet.start(name);
		this.fleet.release(Fleet.PROCESS, name);
	}

	private @Nullable Plan kill(RandomGenerator random, Duration lasts) {
		String name = take(random, Fleet.PROCESS);
		return (name != null) ? Plan.of(name, lasts, () -> kill(name), () -> startAgain(name)) : null;
	}

	private void kill(String name) {
		InstanceProcess process = this.fleet.process(name);
		if (process != null) {
			process.kill();
		}
	}

	private @Nullable Plan freeze(RandomGenerator random, Duration lasts) {
		String name = take(random, Fleet.PROCESS);
		InstanceProcess process = (name != null) ? this.fleet.process(name) : null;
		return (process != null) ? Plan.of(process.name(), lasts, process::freeze, () -> {
			process.thaw();
			this.fleet.release(Fleet.PROCESS, process.name());
		}) : null;
	}

	/**
	 * A jump ahead by seconds may end a lease or not. One by more would prove a known
	 * limit only: the tokens of a leader whose clock is ahead are higher than those of
	 * the next group if the whole group, and with it all memory of tokens, is deleted
	 * meanwhile.
	 */
	private @Nullable Plan clock(RandomGenerator random) {
		String name = take(random, CLOCK);
		InstanceProcess process = (name != null) ? this.fleet.process(name) : null;
		if (process == null) {
			return null;
		}
		long jump = random.nextLong(-4_000, 4_001);
		return Plan.of(process.name(), FaultFamily.between(random, 500, 5000),
				() -> process.order(InstanceOrders.CLOCK + " " + jump), () -> {
					process.order(InstanceOrders.CLOCK + " 0");
					this.fleet.release(CLOCK, process.name());
				});
	}

	/**
	 * Two instances go and come, one in order and one not, while two more come and go.
	 */
	private @Nullable Plan storm(RandomGenerator random) {
		if (!this.fleet.reserve(Fleet.PROCESS, Fleet.VISITOR)) {
			return null;
		}
		String leaving = take(random, Fleet.PROCESS);
		String dying = take(random, Fleet.PROCESS);
		return Plan.of(Plan.ALL, FaultFamily.between(random, 1500, 4000), () -> {
			this.fleet.start(Fleet.VISITOR);
			if (dying != null) {
				kill(dying);
			}
			if (leaving != null) {
				terminate(leaving);
				this.fleet.awaitEnd(leaving);
				this.fleet.start(leaving);
			}
		}, () -> {
			terminate(Fleet.VISITOR);
			if (leaving != null) {
				this.fleet.release(Fleet.PROCESS, leaving);
			}
			if (dying != null) {
				startAgain(dying);
			}
			this.fleet.awaitEnd(Fleet.VISITOR);
			this.fleet.release(Fleet.PROCESS, Fleet.VISITOR);
		});
	}

	/**
	 * The stubborn task heeds nothing for a while, and its owner is to stop: it may take
	 * less or more time for that than the revoke timeout.
	 */
	private @Nullable Plan stubborn(RandomGenerator random) {
		int revoke = (int) this.group.revokeTimeout().toMillis();
		long millis = random.nextInt(revoke / 2, revoke * 3);
		Plan stop = terminate(random, Duration.ofMillis(millis));
		return (stop != null) ? Plan.of(stop.target(), stop.lasts(), () -> {
			this.fleet.orderAll(InstanceOrders.STUBBORN + " " + millis);
			stop.begin().run();
		}, stop.end()) : null;
	}

}
