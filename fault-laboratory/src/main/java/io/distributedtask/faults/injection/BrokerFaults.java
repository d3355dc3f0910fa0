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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.processes.BrokerCluster;
import org.jspecify.annotations.Nullable;

/**
 * What can happen to brokers: to one at a time, or to all.
 */
public final class BrokerFaults implements FaultFamily {

	private final BrokerCluster brokers;

	private final GroupUnderTest group;

	private final AtomicBoolean reserved = new AtomicBoolean();

	public BrokerFaults(BrokerCluster brokers, GroupUnderTest group) {
		this.brokers = brokers;
		this.group = group;
	}

	@Override
	public @Nullable Plan plan(FaultKind kind, RandomGenerator random) {
		if (kind == FaultKind.COORDINATOR_MOVE && this.brokers.ids().size() == 1
				|| !this.reserved.compareAndSet(false, true)) {
			return null;
		}
		int broker = broker(random);
		String target = "b" + broker;
		int session = (int) this.group.sessionTimeout().toMillis();
		Duration lasts = FaultFamily.between(random, 200, session * 2);
		return switch (kind) {
			case BROKER_STOP -> plan(target, lasts, () -> this.brokers.stop(broker), () -> this.brokers.start(broker));
			case BROKER_KILL -> plan(target, lasts, () -> this.brokers.kill(broker), () -> this.brokers.start(broker));
			case BROKER_FREEZE ->
				plan(target, lasts, () -> this.brokers.freeze(broker), () -> this.brokers.thaw(broker));
			case COORDINATOR_MOVE ->
				plan(Plan.ALL, Duration.ZERO, () -> this.brokers.moveCoordinator(GroupUnderTest.ID), () -> {
				});
			case ALL_BROKERS -> (random.nextInt(3) > 0)
					? plan(Plan.ALL, lasts, forAll(this.brokers::freeze), forAll(this.brokers::thaw))
					: plan(Plan.ALL, lasts, forAll(this.brokers::kill), forAll(this.brokers::start));
			default -> throw new IllegalArgumentException("No fault of a broker: " + kind);
		};
	}

	/**
	 * The coordinator more often than another.
	 */
	private int broker(RandomGenerator random) {
		List<Integer> ids = new ArrayList<>(this.brokers.ids());
		int any = ids.get(random.nextInt(ids.size()));
		return random.nextBoolean() ? this.brokers.coordinatorOf(GroupUnderTest.ID).orElse(any) : any;
	}

	private Plan plan(String target, Duration lasts, Runnable begin, Runnable end) {
		return Plan.of(target, lasts, begin, () -> {
			try {
				end.run();
			}
			finally {
				this.reserved.set(false);
			}
		});
	}

	private Runnable forAll(IntConsumer action) {
		return () -> this.brokers.ids().parallelStream().forEach(action::accept);
	}

}
