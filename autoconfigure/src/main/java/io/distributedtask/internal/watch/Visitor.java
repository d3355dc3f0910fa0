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

package io.distributedtask.internal.watch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

import io.distributedtask.internal.port.Clocks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that another process has opened: a watcher, or a stranger. It gets the
 * greeting for its challenge, and nudges from then on; whatever else it sends ends the
 * connection. A kernel that closes a connection on which something was not read resets
 * it, which is no proof: so nothing is to be sent here. The thread of the watch only.
 */
final class Visitor implements Participant {

	private static final Logger logger = LoggerFactory.getLogger(Visitor.class);

	/** How long a stranger may take for a challenge. */
	private static final Duration PATIENCE = Duration.ofSeconds(4);

	private final SocketCrashWatch watch;

	private @Nullable Connection connection;

	private boolean isWatcher;

	private boolean isGone;

	private long deadline;

	Visitor(SocketCrashWatch watch, Clocks clocks) {
		this.watch = watch;
		this.deadline = clocks.nanos() + PATIENCE.toNanos();
	}

	void connected(Connection connection) {
		this.connection = connection;
	}

	boolean isWatcher() {
		return this.isWatcher;
	}

	boolean isGone() {
		return this.isGone;
	}

	@Override
	public void ready() {
		Connection current = this.connection;
		if (current == null) {
			return;
		}
		try {
			ByteBuffer bytes = current.exchange();
			if (!this.isWatcher && bytes.remaining() >= Greeting.CHALLENGE_BYTES) {
				long challenge = Greeting.readChallenge(bytes);
				current.send(
						new Greeting(challenge, this.watch.incarnation(), current.remote(), current.local()).toBytes());
				this.isWatcher = true;
				this.deadline = Long.MAX_VALUE;
				this.watch.changed();
			}
			if (this.isWatcher && bytes.hasRemaining()) {
				throw new IOException("something was received after the challenge");
			}
			if (current.isEnded()) {
				close();
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("A connection to the crash watch is closed: {}", ex.getMessage());
			close();
		}
	}

	@Override
	public long deadline() {
		return this.deadline;
	}

	@Override
	public void deadlineReached() {
		close();
	}

	/**
	 * Send a nudge if it watches this process. Throws nothing.
	 */
	void nudge() {
		Connection current = this.connection;
		if (current != null && this.isWatcher) {
			try {
				current.nudge();
			}
			catch (IOException ex) {
				logger.debug("A watcher was not nudged: {}", ex.getMessage());
			}
		}
	}

	/**
	 * While nobody listens, a watcher would take the end of its connection for that of
	 * the process: then it stays open.
	 */
	@Override
	public void close() {
		Connection current = this.connection;
		this.isGone = true;
		this.deadline = Long.MAX_VALUE;
		if (current != null) {
			if (this.watch.mayClose()) {
				current.close();
			}
			else {
				this.watch.abandon(current);
			}
		}
		this.watch.changed();
	}

}
