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

import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.TaskAssignedEvent;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.event.TaskRevokedEvent;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Counts the changes that this instance hears of, and lets a few requests wait for the
 * next one. Waiting takes a thread of the web server, so the number is bounded.
 *
 * @since 0.1.0
 */
public class GroupChanges {

	private static final int MAX_WAITING = 16;

	private final Object monitor = new Object();

	private long count = 1;

	private int waiting;

	private boolean closed;

	@EventListener({ GroupRebalancedEvent.class, TaskAssignedEvent.class, TaskRevokedEvent.class, TaskLostEvent.class })
	void changed() {
		synchronized (this.monitor) {
			this.count++;
			this.monitor.notifyAll();
		}
	}

	/**
	 * A web server that stops in order waits for its requests.
	 */
	@EventListener(ContextClosedEvent.class)
	void closed() {
		synchronized (this.monitor) {
			this.closed = true;
			this.monitor.notifyAll();
		}
	}

	/**
	 * Wait for a change.
	 * @param known the number of changes that the caller has heard of
	 * @param limit how long to wait
	 * @return the number of changes now
	 * @throws TooManyWaitingException if others wait in such numbers that this one may
	 * not
	 */
	long await(long known, Duration limit) {
		long deadline = System.nanoTime() + limit.toNanos();
		synchronized (this.monitor) {
			if (this.waiting >= MAX_WAITING) {
				throw new TooManyWaitingException();
			}
			this.waiting++;
			try {
				while (this.count == known && !this.closed) {
					long millis = (deadline - System.nanoTime()) / 1_000_000;
					if (millis <= 0) {
						break;
					}
					this.monitor.wait(millis);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			finally {
				this.waiting--;
			}
			return this.count;
		}
	}

	static class TooManyWaitingException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		TooManyWaitingException() {
			super("More than " + MAX_WAITING + " requests wait for a change");
		}

	}

}
