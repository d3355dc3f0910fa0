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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two threads of an engine: one repeats its turns until the group is left, one
 * watches the lease.
 */
final class GroupThread {

	private static final Logger logger = LoggerFactory.getLogger(GroupThread.class);

	private static final Duration TURN = Duration.ofMillis(500);

	/** After a failure that was not handled. */
	private static final Duration PAUSE = Duration.ofMillis(100);

	private final TaskEngine engine;

	private final Duration longestWatch;

	private final Thread turns;

	private final Thread watch;

	private final List<Runnable> whenEnded = new ArrayList<>();

	private volatile boolean ended;

	GroupThread(TaskEngine engine, String groupId, Duration heartbeatInterval) {
		this.engine = engine;
		this.longestWatch = heartbeatInterval;
		this.turns = new Thread(this::takeTurns, "distributed-task-group-" + groupId);
		this.turns.setDaemon(true);
		this.watch = new Thread(this::watchLease, "distributed-task-lease-" + groupId);
		this.watch.setDaemon(true);
	}

	void start() {
		this.turns.start();
		this.watch.start();
	}

	/**
	 * Call something when the group has been left and the connections are closed; at once
	 * if that is so already.
	 */
	void whenEnded(Runnable callback) {
		synchronized (this.whenEnded) {
			if (!this.ended) {
				this.whenEnded.add(callback);
				return;
			}
		}
		callback.run();
	}

	private void takeTurns() {
		try {
			while (!this.engine.isStopped()) {
				// an interrupt has no meaning here, and would end every wait at once
				Thread.interrupted();
				survive("continue the work of", () -> this.engine.turn(TURN));
			}
		}
		finally {
			close();
		}
	}

	/**
	 * Both threads continue whatever is thrown, even if logging it fails.
	 */
	private void survive(String what, Runnable action) {
		try {
			action.run();
		}
		catch (Throwable ex) {
			try {
				logger.error("Could not {} {}", what, this.engine, ex);
			}
			catch (Throwable unspoken) {
				// there is no way to report it
			}
			LockSupport.parkNanos(PAUSE.toNanos());
		}
	}

	private void close() {
		survive("close the connections of", this.engine::close);
		List<Runnable> callbacks;
		synchronized (this.whenEnded) {
			this.ended = true;
			callbacks = List.copyOf(this.whenEnded);
		}
		LockSupport.unpark(this.watch);
		callbacks.forEach((callback) -> survive("report the end of", callback));
	}

	/**
	 * Wakes up when the lease would end, and at least once a heartbeat interval, because
	 * the wall clock may jump and a lease may begin.
	 */
	private void watchLease() {
		while (!this.ended) {
			survive("check the lease of", () -> {
				this.engine.checkLease();
				Duration remaining = this.engine.leaseRemaining();
				boolean soon = !remaining.isZero() && remaining.compareTo(this.longestWatch) < 0;
				LockSupport.parkNanos((soon ? remaining : this.longestWatch).toNanos() + 1);
			});
		}
	}

}
