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

package io.distributedtask.faults.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way from a client to a broker that can be disturbed: a port whose connections lead to
 * another port.
 *
 * <p>
 * It is in one {@link LinkCondition} at a time; a new one takes the place of the last,
 * for existing and for new connections, and is in effect when the method returns. What
 * was under way when nothing flowed flows afterwards, in order; that includes that an end
 * has closed its connection, or has died. Safe for any thread.
 */
public final class Link {

	private static final Logger logger = LoggerFactory.getLogger(Link.class);

	private final LinkLoop loop;

	private final ServerSocketChannel listener;

	private final int port;

	private final InetSocketAddress broker;

	private final Set<LinkConnection> connections = new HashSet<>();

	private LinkCondition condition = LinkCondition.HEALTHY;

	private long delayNanos;

	private Random jitter = new Random(0);

	Link(LinkLoop loop, int port, int brokerPort) throws IOException {
		this.loop = loop;
		InetAddress loopback = InetAddress.getByName("127.0.0.1");
		this.broker = new InetSocketAddress(loopback, brokerPort);
		this.listener = ServerSocketChannel.open();
		try {
			this.listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
			this.listener.bind(new InetSocketAddress(loopback, port));
			this.listener.configureBlocking(false);
			this.port = this.listener.socket().getLocalPort();
		}
		catch (IOException ex) {
			this.listener.close();
			throw ex;
		}
	}

	public int port() {
		return this.port;
	}

	/**
	 * Reset all connections, and new ones at once.
	 */
	void cut() {
		change(LinkCondition.CUT, Duration.ZERO, 0);
	}

	/**
	 * Let nothing flow.
	 */
	void stall() {
		change(LinkCondition.STALLED, Duration.ZERO, 0);
	}

	/**
	 * Let nothing flow from the client to the broker.
	 */
	void stopToBroker() {
		change(LinkCondition.TO_BROKER_STOPPED, Duration.ZERO, 0);
	}

	/**
	 * Let nothing flow from the broker to the client.
	 */
	void stopFromBroker() {
		change(LinkCondition.FROM_BROKER_STOPPED, Duration.ZERO, 0);
	}

	/**
	 * Let everything take its time, in order and at any throughput.
	 * @param delay how long each way takes on average; it varies from half of that to one
	 * and a half of it
	 * @param seed of the variation
	 */
	void slow(Duration delay, long seed) {
		change(LinkCondition.SLOW, delay, seed);
	}

	/**
	 * Let everything flow again, what is late at once.
	 */
	void heal() {
		change(LinkCondition.HEALTHY, Duration.ZERO, 0);
	}

	private void change(LinkCondition next, Duration delay, long seed) {
		this.loop.call(() -> {
			this.condition = next;
			this.delayNanos = delay.toNanos();
			this.jitter = new Random(seed);
			if (next == LinkCondition.CUT) {
				List.copyOf(this.connections).forEach(LinkConnection::reset);
			}
		});
	}

	/**
	 * The number of connections.
	 */
	int connections() {
		int[] count = new int[1];
		this.loop.call(() -> count[0] = this.connections.size());
		return count[0];
	}

	// the rest is for the loop's thread alone

	LinkCondition condition() {
		return this.condition;
	}

	/**
	 * When something that was read now is to arrive.
	 */
	long dueTime(long now) {
		if (this.delayNanos == 0) {
			return now;
		}
		return now + this.delayNanos / 2 + (long) (this.jitter.nextDouble() * this.delayNanos);
	}

	Selector selector() {
		return this.loop.selector();
	}

	ByteBuffer buffer() {
		return this.loop.buffer();
	}

	void listen() {
		try {
			this.listener.register(selector(), SelectionKey.OP_ACCEPT, (Runnable) this::accept);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept() {
		try {
			for (SocketChannel client = this.listener.accept(); client != null; client = this.listener.accept()) {
				if (this.condition == LinkCondition.CUT) {
					client.setOption(StandardSocketOptions.SO_LINGER, 0);
					client.close();
				}
				else {
					this.connections.add(LinkConnection.open(this, client, this.broker));
				}
			}
		}
		catch (IOException ex) {
			logger.warn("A connection to port {} could not be accepted", this.port, ex);
		}
	}

	/**
	 * Move what can be moved.
	 * @return how many nanoseconds until there is more to do without anything happening
	 */
	long pump(long now) {
		long wait = Long.MAX_VALUE;
		if (!this.connections.isEmpty()) {
			for (LinkConnection connection : List.copyOf(this.connections)) {
				wait = Math.min(wait, connection.pump(now));
			}
		}
		return wait;
	}

	void ended(LinkConnection connection) {
		this.connections.remove(connection);
	}

	void shut() {
		List.copyOf(this.connections).forEach(LinkConnection::reset);
		try {
			this.listener.close();
		}
		catch (IOException ex) {
			logger.warn("Port {} could not be closed", this.port, ex);
		}
	}

}
