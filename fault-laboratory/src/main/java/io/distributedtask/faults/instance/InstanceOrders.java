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

package io.distributedtask.faults.instance;

import java.time.Duration;

import io.distributedtask.DistributedTasks;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;
import io.distributedtask.faults.mutation.FreezePoint;
import io.distributedtask.faults.mutation.FreezePoints;
import io.distributedtask.faults.mutation.WallClock;
import io.distributedtask.faults.mutation.WatchProbes;

import org.springframework.context.ApplicationContext;

/**
 * What the laboratory may tell an instance to do.
 */
public final class InstanceOrders {

	/** {@code stubborn MILLIS}: heed neither interrupts nor revocation for so long. */
	public static final String STUBBORN = "stubborn";

	/** {@code throw}: the thrower throws. */
	public static final String THROW = "throw";

	/** {@code clock MILLIS}: by how much the wall clock is wrong from now on. */
	public static final String CLOCK = "clock";

	/**
	 * {@code freeze POINT ID KIND INSTANCE}: stop this process when it comes to the
	 * point, and write down the beginning of that fault.
	 */
	public static final String FREEZE = "freeze";

	/** {@code disarm}: do not freeze. */
	public static final String DISARM = "disarm";

	/** {@code rebalance}: ask for a rebalance. */
	public static final String REBALANCE = "rebalance";

	/** {@code listener}: close the socket at which this process can be watched. */
	public static final String LISTENER = "listener";

	private final ApplicationContext context;

	private final HistoryWriter history;

	InstanceOrders(ApplicationContext context, HistoryWriter history) {
		this.context = context;
		this.history = history;
	}

	/**
	 * Do what an order says.
	 * @param order its words
	 */
	void obey(String[] order) {
		switch (order[0]) {
			case STUBBORN -> this.context.getBean(InstanceTasks.class).beStubborn(Long.parseLong(order[1]));
			case THROW -> this.context.getBean(InstanceTasks.class).throwNext();
			case CLOCK -> WallClock.shift(Duration.ofMillis(Long.parseLong(order[1])));
			case FREEZE -> freeze(order);
			case DISARM -> FreezePoints.disarm();
			case REBALANCE -> this.context.getBean(DistributedTasks.class).rebalance("the laboratory wants it");
			case LISTENER -> WatchProbes.closeListener();
			default -> throw new IllegalArgumentException("No such order: '%s'".formatted(String.join(" ", order)));
		}
	}

	private void freeze(String[] order) {
		String fault = "%s %s %s".formatted(order[2], order[3], order[4]);
		FreezePoints.arm(FreezePoint.valueOf(order[1]), () -> this.history.write(Kind.FAULT_BEGIN, fault));
	}

}
