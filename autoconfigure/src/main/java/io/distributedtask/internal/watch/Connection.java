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
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Map;

/**
 * A connection between a watcher and the process that it watches. After challenge and
 * greeting, nudges to the watcher are all that is sent.
 */
final class Connection {

	private static final byte NUDGE = 'N';

	/** Seconds, but for the number of probes. */
	private static final Map<String, Integer> KEEP_ALIVE = Map.of("TCP_KEEPIDLE", 10, "TCP_KEEPINTERVAL", 5,
			"TCP_KEEPCOUNT", 4);

	private final SocketChannel channel;

	private final SelectionKey key;

	private final Transport transport;

	/** What has been received and not been understood yet. */
	private final ByteBuffer received = ByteBuffer.allocate(2 * Greeting.MAX_BYTES).limit(0);

	private boolean ended;

	private Connection(SocketChannel channel, SelectionKey key, Transport transport) {
		this.channel = channel;
		this.key = key;
		this.transport = transport;
	}

	/**
	 * Use a channel that is connected.
	 * @param channel the channel
	 * @param selector selects it
	 * @param owner is told, as the attachment of its key
	 * @param transports make its transport
	 * @param isClient whether this side has connected
	 * @throws IOException if it has ended already
	 */
	static Connection of(SocketChannel channel, Selector selector, Object owner, Transport.Factory transports,
			boolean isClient) throws IOException {
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		keepAlive(channel);
		SelectionKey key = channel.register(selector, SelectionKey.OP_READ, owner);
		Connection connection = new Connection(channel, key, transports.open(channel, isClient));
		connection.flush();
		return connection;
	}

	/**
	 * A connection that what is between both has forgotten, or of which one end alone has
	 * heard that it is over, is noticed after half a minute and made again. The options
	 * are those of the module {@code jdk.net}, which need not be there: then the system
	 * decides how long that takes.
	 */
	private static void keepAlive(SocketChannel channel) throws IOException {
		channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
		for (SocketOption<?> option : channel.supportedOptions()) {
			Integer value = KEEP_ALIVE.get(option.name());
			if (value != null) {
				setOption(channel, option, value);
			}
		}
	}

	private static <T> void setOption(SocketChannel channel, SocketOption<T> option, Integer value) throws IOException {
		channel.setOption(option, option.type().cast(value));
	}

	InetSocketAddress local() throws IOException {
		return (InetSocketAddress) this.channel.getLocalAddress();
	}

	InetSocketAddress remote() throws IOException {
		return (InetSocketAddress) this.channel.getRemoteAddress();
	}

	/**
	 * Receive and send what is possible.
	 * @return what has been received; what its reader leaves is there again next time
	 * @throws IOException if the connection has failed, but not if it was closed
	 */
	ByteBuffer exchange() throws IOException {
		this.received.compact();
		try {
			int length;
			do {
				length = this.transport.read(this.received);
			}
			while (length > 0 && this.received.hasRemaining());
			this.ended |= length < 0;
		}
		finally {
			this.received.flip();
		}
		if (!this.ended) {
			flush();
		}
		return this.received;
	}

	/**
	 * Whether the other side has closed the connection in order.
	 */
	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Read nudges, as many as there are.
	 * @return whether there was one
	 * @throws IOException if something else was received
	 */
	boolean takeNudges() throws IOException {
		boolean nudged = this.received.hasRemaining();
		while (this.received.hasRemaining()) {
			if (this.received.get() != NUDGE) {
				throw new IOException("something was received that is not part of the protocol");
			}
		}
		return nudged;
	}

	void nudge() throws IOException {
		send(ByteBuffer.wrap(new byte[] { NUDGE }));
	}

	void send(ByteBuffer bytes) throws IOException {
		this.transport.write(bytes);
		flush();
	}

	private void flush() throws IOException {
		boolean sent = this.transport.flush();
		this.key.interestOps(sent ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
	}

	/**
	 * Have it neither close nor do anything until the process ends.
	 */
	void abandon() {
		this.key.cancel();
	}

	void close() {
		Sockets.close(this.channel);
	}

}
