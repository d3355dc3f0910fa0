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
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;
import io.distributedtask.faults.injection.Episode.DrawnFault;
import io.distributedtask.faults.injection.FaultFamily.Plan;
import io.distributedtask.faults.processes.InstanceProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does faults, and undoes each when its time is over. Faults that cannot be done now, for
 * want of a target, are left out.
 */
public final class FaultInjector implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(FaultInjector.class);

	private static final int THREADS = 12;

	private final HistoryWriter history;

	private final Map<FaultKind, FaultFamily> families;

	private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(THREADS);

	private final AtomicInteger ids = new AtomicInteger();

	private final AtomicInteger inProgress = new AtomicInteger();

	public FaultInjector(HistoryWriter history, Map<FaultKind, FaultFamily> families) {
		this.history = history;
		this.families = Map.copyOf(families);
	}

	/**
	 * Do a fault some time from now.
	 */
	public void schedule(DrawnFault fault) {
		this.inProgress.incrementAndGet();
		this.executor.schedule(() -> begin(fault), fault.atMillis(), TimeUnit.MILLISECONDS);
	}

	private void begin(DrawnFault fault) {
		Plan plan = null;
		try {
			FaultFamily family = Objects.requireNonNull(this.families.get(fault.kind()));
			plan = family.plan(fault.kind(), new SplittableRandom(fault.seed()));
		}
		catch (RuntimeException ex) {
			logger.info("No {} now: {}", fault.kind(), ex.toString());
		}
		if (plan == null) {
			this.inProgress.decrementAndGet();
			return;
		}
		String id = "f" + this.ids.incrementAndGet();
		if (!isSelfMade(fault.kind())) {
			this.history.write(Kind.FAULT_BEGIN, "%s %s %s".formatted(id, fault.kind(), plan.target()));
		}
		attempt(fault, plan.begin());
		Plan begun = plan;
		this.executor.schedule(() -> end(fault, begun, id), plan.lasts().toMillis(), TimeUnit.MILLISECONDS);
	}

	private void end(DrawnFault fault, Plan plan, String id) {
		try {
			attempt(fault, plan.end());
			if (!isSelfMade(fault.kind())) {
				this.history.write(Kind.FAULT_END, id);
			}
		}
		finally {
			this.inProgress.decrementAndGet();
		}
	}

	/**
	 * Whether the instance writes down the beginning of the fault, when it comes to it.
	 */
	private static boolean isSelfMade(FaultKind kind) {
		return kind == FaultKind.FREEZE_LEADER || kind == FaultKind.FREEZE_JOINER;
	}

	private static void attempt(DrawnFault fault, Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException ex) {
			logger.warn("{} could not be done", fault.kind(), ex);
		}
	}

	/**
	 * Undo later what a process did to itself.
	 */
	public void thawLater(HistoryEvent frozen, InstanceProcess process, Duration lasts) {
		this.inProgress.incrementAndGet();
		this.executor.schedule(() -> {
			process.thaw();
			this.history.write(Kind.FAULT_END, frozen.detail().split(" ")[0]);
			this.inProgress.decrementAndGet();
		}, lasts.toMillis(), TimeUnit.MILLISECONDS);
	}

	public boolean isIdle() {
		return this.inProgress.get() == 0;
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
