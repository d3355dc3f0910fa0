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

package io.distributedtask;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;

/**
 * The work of a task that is registered at run time, see
 * {@link DistributedTasks#register(TaskDefinition, TaskWork)}. Created by one of the
 * static methods. It is called on threads of the starter or of the application's
 * scheduler, like the code of annotated tasks, and on one thread at a time for each
 * shard.
 *
 * @since 0.1.0
 */
public sealed interface TaskWork {

	/**
	 * Work that runs on its own thread for as long as a shard is owned. It has to check
	 * {@link TaskContext#isOwned()} and respond to interrupts. When it returns it has
	 * completed; when it throws it is called again after a pause.
	 * @param body what to do
	 * @return the work
	 */
	static TaskWork continuous(Body body) {
		return new Continuous(body);
	}

	/**
	 * Work that is called at the instants of a cron expression, in the time zone of this
	 * machine.
	 * @param expression six fields, or a macro such as {@code @hourly}, as Spring's
	 * {@code @Scheduled(cron = …)} takes them
	 * @param body what to do
	 * @return the work
	 */
	static TaskWork cron(String expression, Body body) {
		return cron(expression, ZoneId.systemDefault(), MissedRun.FIRE_ONCE, body);
	}

	/**
	 * Work that is called at the instants of a cron expression.
	 * @param expression six fields, or a macro such as {@code @hourly}, as Spring's
	 * {@code @Scheduled(cron = …)} takes them
	 * @param zone the time zone of the expression
	 * @param onMissedRun what happens to instants that were missed in a gap
	 * @param body what to do
	 * @return the work
	 */
	static TaskWork cron(String expression, ZoneId zone, MissedRun onMissedRun, Body body) {
		return new Cron(expression, zone, onMissedRun, body);
	}

	/**
	 * Work that is called repeatedly, first at once, with a pause between the end of one
	 * run and the start of the next.
	 * @param delay the pause, greater than zero
	 * @param body what to do
	 * @return the work
	 */
	static TaskWork fixedDelay(Duration delay, Body body) {
		return new FixedDelay(delay, body);
	}

	/**
	 * Work that is called once in each period, first at once.
	 * @param period the time from the start of one run to the start of the next, greater
	 * than zero
	 * @param body what to do
	 * @return the work
	 */
	static TaskWork fixedRate(Duration period, Body body) {
		return new FixedRate(period, body);
	}

	/**
	 * Work that is notified when ownership begins and ends, such as a leader.
	 * @param listener the listener
	 * @return the work
	 */
	static TaskWork listener(OwnershipListener listener) {
		return new Listener(listener);
	}

	private static void requirePositive(Duration duration, String name) {
		if (duration.isZero() || duration.isNegative()) {
			throw new IllegalArgumentException("'%s' is %s: it must be greater than zero".formatted(name, duration));
		}
	}

	/**
	 * The code that is called.
	 */
	@FunctionalInterface
	interface Body {

		/**
		 * Execute one run, or run for as long as the shard is owned.
		 * @param context the shard, its lease and its fencing token
		 * @throws Exception if the run failed
		 */
		void run(TaskContext context) throws Exception;

	}

	/**
	 * See {@link TaskWork#continuous(Body)}.
	 *
	 * @param body what to do
	 */
	record Continuous(Body body) implements TaskWork {

		public Continuous {
			Objects.requireNonNull(body, "'body' must not be null");
		}

	}

	/**
	 * See {@link TaskWork#cron(String, ZoneId, MissedRun, Body)}.
	 *
	 * @param expression the cron expression
	 * @param zone its time zone
	 * @param onMissedRun what happens to missed instants
	 * @param body what to do
	 */
	record Cron(String expression, ZoneId zone, MissedRun onMissedRun, Body body) implements TaskWork {

		public Cron {
			Objects.requireNonNull(expression, "'expression' must not be null");
			Objects.requireNonNull(zone, "'zone' must not be null");
			Objects.requireNonNull(onMissedRun, "'onMissedRun' must not be null");
			Objects.requireNonNull(body, "'body' must not be null");
		}

	}

	/**
	 * See {@link TaskWork#fixedDelay(Duration, Body)}.
	 *
	 * @param delay the pause
	 * @param body what to do
	 */
	record FixedDelay(Duration delay, Body body) implements TaskWork {

		public FixedDelay {
			requirePositive(delay, "delay");
			Objects.requireNonNull(body, "'body' must not be null");
		}

	}

	/**
	 * See {@link TaskWork#fixedRate(Duration, Body)}.
	 *
	 * @param period the period
	 * @param body what to do
	 */
	record FixedRate(Duration period, Body body) implements TaskWork {

		public FixedRate {
			requirePositive(period, "period");
			Objects.requireNonNull(body, "'body' must not be null");
		}

	}

	/**
	 * See {@link TaskWork#listener(OwnershipListener)}.
	 *
	 * @param listener the listener
	 */
	record Listener(OwnershipListener listener) implements TaskWork {

		public Listener {
			Objects.requireNonNull(listener, "'listener' must not be null");
		}

	}

}
