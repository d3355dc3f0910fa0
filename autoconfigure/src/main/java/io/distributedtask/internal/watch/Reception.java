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
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.internal.port.Clocks;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening socket, and who has connected to it: as many as are of use, and not
 * faster than is.
 */
final class Reception {

	private static final Logger logger = LoggerFactory.getLogger(Reception.class);

	/** Two watchers are usual, and for a moment those of the former assignment. */
	private static final int MOST_VISITORS = 64;

	private static final int BACKLOG = 128;

	/** How many connections are accepted in one period. */
	private static final int MOST_ACCEPTED = 50;

	private static final Duration PERIOD = Duration.ofSeconds(1);

	private final SocketCrashWatch watch;

	private final Clocks clocks;

	private final List<Visitor> visitors = new ArrayList<>();

	private volatile @Nullable ServerSocketChannel server;

	private int accepted;

	private long periodEnds;

	Reception(SocketCrashWatch watch, Clocks clocks) {
		this.watch = watch;
		this.clocks = clocks;
		this.periodEnds = clocks.nanos();
	}

	boolean isOpen() {
		ServerSocketChannel current = this.server;
		return current != null && current.isOpen();
	}

	void open(InetSocketAddress local) throws IOException {
		ServerSocketChannel channel = ServerSocketChannel.open();
		try {
			channel.configureBlocking(false);
			// connections of a former process may still be in the state TIME_WAIT
			channel.setOption(StandardSocketOptions.SO_REUSEADDR, !isWindows());
			channel.bind(local, BACKLOG);
			this.server = channel;
		}
		catch (IOException | RuntimeException ex) {
			Sockets.close(channel);
			throw ex;
		}
	}

	/** There it would let other processes listen at the same port. */
	static boolean isWindows() {
		return System.getProperty("os.name", "").startsWith("Windows");
	}

	InetSocketAddress local() throws IOException {
		ServerSocketChannel current = this.server;
		if (current == null) {
			throw new IOException("it is not open");
		}
		return (InetSocketAddress) current.getLocalAddress();
	}

	/*
	 * The thread of the watch.
	 */

	void register(Selector selector) {
		try {
			ServerSocketChannel current = this.server;
			if (current != null) {
				current.register(selector, SelectionKey.OP_ACCEPT, null);
			}
		}
		catch (IOException ex) {
			logger.debug("The listening socket was closed", ex);
		}
	}

	List<Visitor> visitors() {
		return List.copyOf(this.visitors);
	}

	int watchers() {
		return (int) this.visitors.stream().filter((visitor) -> visitor.isWatcher() && !visitor.isGone()).count();
	}

	/**
	 * How long nothing has to be done here.
	 */
	long rest(long now) {
		return (this.accepted >= MOST_ACCEPTED) ? this.periodEnds - now : Long.MAX_VALUE;
	}

	void acceptAll(Selector selector) {
		ServerSocketChannel current = this.server;
		try {
			SocketChannel channel = (current != null) ? current.accept() : null;
			while (channel != null && current != null) {
				welcome(channel, selector);
				channel = mayAccept() ? current.accept() : null;
			}
		}
		catch (IOException ex) {
			// too many open files, for instance: who waits for an answer learns nothing
			logger.warn("The crash watch cannot accept a connection: {}", ex.getMessage());
			this.accepted = MOST_ACCEPTED;
			this.periodEnds = this.clocks.nanos() + PERIOD.toNanos();
		}
		if (this.accepted >= MOST_ACCEPTED) {
			SelectionKey key = (current != null) ? current.keyFor(selector) : null;
			if (key != null && key.isValid()) {
				key.interestOps(0);
			}
		}
	}

	private boolean mayAccept() {
		long now = this.clocks.nanos();
		if (now - this.periodEnds >= 0) {
			this.accepted = 0;
			this.periodEnds = now + PERIOD.toNanos();
		}
		return ++this.accepted < MOST_ACCEPTED;
	}

	private void welcome(SocketChannel channel, Selector selector) {
		if (this.visitors.size() >= MOST_VISITORS) {
			Sockets.close(channel);
			return;
		}
		Visitor visitor = new Visitor(this.watch, this.clocks);
		try {
			visitor.connected(Connection.of(channel, selector, visitor, this.watch.transports(), false));
			this.visitors.add(visitor);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("A connection to the crash watch has failed: {}", ex.getMessage());
			Sockets.close(channel);
		}
	}

	void lookAfter(Selector selector, long now) {
		this.visitors.removeIf(Visitor::isGone);
		if (this.accepted >= MOST_ACCEPTED && now - this.periodEnds >= 0) {
			this.accepted = 0;
			register(selector);
		}
	}

	void close() {
		Sockets.close(this.server);
	}

}
