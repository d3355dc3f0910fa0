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
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

import io.distributedtask.Membership;
import io.distributedtask.internal.message.Watched;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.watch.Evidence.Answer;
import io.distributedtask.internal.watch.Evidence.Ending;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that this one watches: the connection to it, and what follows from its end.
 * The thread of the watch only.
 */
final class Neighbor implements Participant {

	private static final Logger logger = LoggerFactory.getLogger(Neighbor.class);

	/** For connection and greeting together; Windows refuses after two seconds. */
	private static final Duration PATIENCE = Duration.ofSeconds(4);

	/**
	 * What comes later is no refusal but a timeout of the system, which has the same type
	 * of exception, and may be short (tcp_syn_retries of Linux). Windows tries a refused
	 * connection for two seconds.
	 */
	private static final Duration LONGEST_REFUSAL = Reception.isWindows() ? Duration.ofSeconds(3)
			: Duration.ofMillis(900);

	/** Between attempts, while its process may just be ending. */
	private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

	private final Watched member;

	private final InetSocketAddress address;

	private final SocketCrashWatch watch;

	private final Selector selector;

	private final Clocks clocks;

	private @Nullable SocketChannel connecting;

	private @Nullable Connection connection;

	private long challenge;

	private boolean isWatched;

	/** How the connection has ended that had proved to be one to the process. */
	private @Nullable Ending ending;

	private long endedNanos;

	private int attempts;

	private long attemptedNanos;

	private long deadline;

	private @Nullable String problem = "it is not connected yet";

	private boolean isInterceptionTold;

	Neighbor(Watched member, SocketCrashWatch watch, Selector selector, Clocks clocks) {
		this.member = member;
		this.address = WatchAddress.parse(member.address());
		this.watch = watch;
		this.selector = selector;
		this.clocks = clocks;
		this.deadline = clocks.nanos();
	}

	Watched member() {
		return this.member;
	}

	Membership.WatchedInstance status() {
		return new Membership.WatchedInstance(this.member.instance(), this.isWatched, this.problem);
	}

	@Override
	public long deadline() {
		return this.deadline;
	}

	/**
	 * The time for an attempt is over, or for the pause after it.
	 */
	@Override
	public void deadlineReached() {
		if (this.connecting != null || this.connection != null) {
			failed(Answer.NONE, "it does not answer in time");
		}
		else {
			connect();
		}
	}

	private void connect() {
		this.attempts++;
		this.attemptedNanos = this.clocks.nanos();
		this.deadline = this.attemptedNanos + PATIENCE.toNanos();
		try {
			SocketChannel channel = SocketChannel.open();
			this.connecting = channel;
			channel.configureBlocking(false);
			if (channel.connect(this.address)) {
				connected(channel);
			}
			else {
				channel.register(this.selector, SelectionKey.OP_CONNECT, this);
			}
		}
		catch (IOException | RuntimeException ex) {
			notConnected(ex);
		}
	}

	private void connected(SocketChannel channel) throws IOException {
		Connection connection = Connection.of(channel, this.selector, this, this.watch.transports(), true);
		this.connecting = null;
		this.connection = connection;
		this.challenge = this.watch.nextChallenge();
		connection.send(Greeting.challenge(this.challenge));
	}

	/**
	 * Only a refusal ends an attempt to connect that early with this exception: there is
	 * one of its own for every other answer.
	 */
	private void notConnected(Exception ex) {
		boolean early = this.clocks.nanos() - this.attemptedNanos < LONGEST_REFUSAL.toNanos();
		boolean refused = ex instanceof ConnectException && this.connection == null && early;
		failed(refused ? Answer.REFUSED : Answer.NONE, "it cannot be connected: " + ex.getMessage());
	}

	@Override
	public void ready() {
		SocketChannel channel = this.connecting;
		if (channel != null) {
			try {
				if (channel.finishConnect()) {
					connected(channel);
				}
			}
			catch (IOException | RuntimeException ex) {
				notConnected(ex);
			}
			return;
		}
		Connection current = this.connection;
		if (current == null) {
			return;
		}
		try {
			received(current, current.exchange());
		}
		catch (IOException | RuntimeException ex) {
			ended(Ending.FAILED, String.valueOf(ex.getMessage()));
			return;
		}
		if (current == this.connection && current.isEnded()) {
			ended(Ending.CLOSED, "its connection was closed");
		}
	}

	private void received(Connection current, ByteBuffer bytes) throws IOException {
		if (!this.isWatched) {
			Greeting greeting = Greeting.read(bytes);
			if (greeting == null) {
				return;
			}
			greeted(current, greeting);
		}
		if (this.isWatched && current.takeNudges()) {
			this.watch.nudged();
		}
	}

	private void greeted(Connection current, Greeting greeting) throws IOException {
		if (greeting.challenge() != this.challenge) {
			failed(Answer.NONE, "the answer is not one to the challenge");
		}
		else if (!greeting.isDirect(current.local(), current.remote())) {
			String what = ("there is a proxy, a service mesh or address translation in between: this instance connects "
					+ "%s to %s, and what arrives there is a connection from %s to %s. Exclude the port of the watch "
					+ "from it")
				.formatted(WatchAddress.text(current.local()), WatchAddress.text(current.remote()),
						WatchAddress.text(greeting.watcher()), WatchAddress.text(greeting.watched()));
			if (!this.isInterceptionTold) {
				this.isInterceptionTold = true;
				logger.warn("Instance '{}' cannot be watched: {}", this.member.instance(), what);
			}
			failed(Answer.NONE, what);
		}
		else if (!greeting.incarnation().equals(this.member.incarnation())) {
			failed(Answer.OTHER_PROCESS, "another instance answers at its address");
		}
		else {
			this.isWatched = true;
			this.ending = null;
			this.attempts = 0;
			this.deadline = Long.MAX_VALUE;
			this.problem = null;
			this.watch.changed();
			logger.debug("Watching instance '{}' at {}", this.member.instance(), this.member.address());
		}
	}

	private void ended(Ending how, String what) {
		boolean wasWatched = this.isWatched;
		disconnect();
		if (wasWatched) {
			logger.debug("The connection to instance '{}' has ended: {}", this.member.instance(), what);
			this.ending = how;
			this.endedNanos = this.clocks.nanos();
			this.problem = what;
			connect();
		}
		else {
			failed(Answer.NONE, what);
		}
	}

	private void failed(Answer answer, String what) {
		disconnect();
		if (this.ending != null && Evidence.isProof(this.ending, answer)) {
			this.deadline = Long.MAX_VALUE;
			this.problem = "its process has ended";
			this.watch.changed();
			this.watch.listener().ended(this.member, this.endedNanos);
			return;
		}
		String problem = what
				+ ((this.ending == Ending.FAILED) ? " (its connection had failed, which proves nothing)" : "");
		if (!problem.equals(this.problem)) {
			this.problem = problem;
			logger.debug("Instance '{}' is not watched: {}", this.member.instance(), problem);
			this.watch.changed();
		}
		long pause = Math.min(LONGEST_PAUSE.toNanos(), SHORTEST_PAUSE.toNanos() << Math.min(10, this.attempts));
		this.deadline = this.clocks.nanos() + pause;
	}

	private void disconnect() {
		Sockets.close(this.connecting);
		this.connecting = null;
		if (this.connection != null) {
			this.connection.close();
			this.connection = null;
		}
		if (this.isWatched) {
			this.isWatched = false;
			this.watch.changed();
		}
	}

	@Override
	public void close() {
		disconnect();
		this.deadline = Long.MAX_VALUE;
	}

}
