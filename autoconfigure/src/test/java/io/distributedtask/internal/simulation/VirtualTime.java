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
import java.util.PriorityQueue;

/**
 * The time of a simulation, and all that is going to happen in it. What is due at one
 * instant happens in the order in which it was asked for.
 */
public final class VirtualTime {

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private long now;

	private long order;

	/**
	 * The time.
	 * @return nanoseconds since the start of the simulation
	 */
	public long now() {
		return this.now;
	}

	public Event at(long nanos, Runnable action) {
		Event event = new Event(Math.max(nanos, this.now), this.order++, action);
		this.events.add(event);
		return event;
	}

	Event after(long nanos, Runnable action) {
		return at(this.now + nanos, action);
	}

	/**
	 * Let the next thing happen.
	 * @param end the time to stay before
	 * @return whether there was anything
	 */
	boolean step(long end) {
		Event next = this.events.peek();
		if (next == null || next.nanos >= end) {
			this.now = Math.max(this.now, end);
			return false;
		}
		this.events.remove();
		if (!next.canceled) {
			this.now = next.nanos;
			next.action.run();
		}
		return true;
	}

	/**
	 * Let time pass.
	 * @param time how long
	 */
	public void pass(Duration time) {
		long end = this.now + time.toNanos();
		while (step(end)) {
			// everything happens in the step
		}
	}

	public static long millis(long millis) {
		return millis * 1_000_000L;
	}

	/**
	 * Something that is going to happen unless it is canceled.
	 */
	static final class Event implements Comparable<Event> {

		private final long nanos;

		private final long order;

		private final Runnable action;

		private boolean canceled;

		private Event(long nanos, long order, Runnable action) {
			this.nanos = nanos;
			this.order = order;
			this.action = action;
		}

		void cancel() {
			this.canceled = true;
		}

		@Override
		public int compareTo(Event other) {
			int byTime = Long.compare(this.nanos, other.nanos);
			return (byTime != 0) ? byTime : Long.compare(this.order, other.order);
		}

	}

}
