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

package io.distributedtask.actuate.dashboard;

import java.time.Duration;
import java.util.UUID;

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.MembershipLostEvent;
import io.distributedtask.event.OperatorDecisionEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Counts the changes that this instance receives, and lets a few requests wait for the
 * next one. A waiting request takes a thread of the server, so their number is bounded.
 *
 * @since 0.1.0
 */
public class GroupChanges implements ApplicationContextAware {

	/**
	 * With WebFlux the threads are those of Reactor's scheduler for what blocks, ten for
	 * each processor, on which health is asked for, too.
	 */
	static final int MAX_WAITING = Math.max(2, Math.min(16, 2 * Runtime.getRuntime().availableProcessors()));

	/**
	 * Of another process the numbers say nothing here.
	 */
	private final String process = UUID.randomUUID().toString();

	private final Object monitor = new Object();

	private @Nullable ApplicationContext context;

	private long count = 1;

	private int waiting;

	private boolean closed;

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Which process counts.
	 * @return a name that no other process has
	 */
	String process() {
		return this.process;
	}

	@EventListener({ GroupRebalancedEvent.class, TaskAssignedEvent.class, TaskRevokedEvent.class, TaskLostEvent.class,
			MembershipLostEvent.class, OperatorDecisionEvent.class })
	void changed() {
		synchronized (this.monitor) {
			this.count++;
			this.monitor.notifyAll();
		}
	}

	/**
	 * A web server that stops in order waits for its requests. Contexts within that of
	 * the application close for reasons of their own.
	 */
	@EventListener
	void closed(ContextClosedEvent event) {
		if (event.getApplicationContext() != this.context) {
			return;
		}
		synchronized (this.monitor) {
			this.closed = true;
			this.monitor.notifyAll();
		}
	}

	/**
	 * Wait for a change.
	 * @param process the process that counted what the caller knows, if it knows anything
	 * @param known the number of changes that the caller knows
	 * @param limit how long to wait
	 * @return the number of changes now
	 * @throws BusyException if this one may not wait, or not any longer
	 */
	long await(@Nullable String process, long known, Duration limit) {
		long deadline = System.nanoTime() + limit.toNanos();
		synchronized (this.monitor) {
			if (this.waiting >= MAX_WAITING) {
				throw new BusyException("%d requests wait for a change already".formatted(MAX_WAITING));
			}
			long before = (process == null || process.equals(this.process)) ? known : this.count;
			this.waiting++;
			try {
				waitWhileCountIs(before, deadline);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.waiting--;
			}
			if (this.closed) {
				throw new BusyException("This instance is stopping");
			}
			return this.count;
		}
	}

	private void waitWhileCountIs(long known, long deadline) throws InterruptedException {
		while (this.count == known && !this.closed) {
			long millis = (deadline - System.nanoTime()) / 1_000_000;
			if (millis <= 0) {
				return;
			}
			this.monitor.wait(millis);
		}
	}

	static class BusyException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		BusyException(String message) {
			super(message);
		}

	}

}
