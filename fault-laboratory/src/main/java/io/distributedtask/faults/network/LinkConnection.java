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
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection through a {@link Link}: from a client, on to the broker.
 */
final class LinkConnection {

	private static final Logger logger = LoggerFactory.getLogger(LinkConnection.class);

	private final Link link;

	private final SocketChannel client;

	private final SocketChannel broker;

	private final LinkFlow toBroker;

	private final LinkFlow fromBroker;

	private boolean ended;

	private LinkConnection(Link link, SocketChannel client, SocketChannel broker) {
		this.link = link;
		this.client = client;
		this.broker = broker;
		this.toBroker = new LinkFlow(link, client, broker);
		this.fromBroker = new LinkFlow(link, broker, client);
	}

	/**
	 * Open the second half of a connection whose first half is there.
	 */
	static LinkConnection open(Link link, SocketChannel client, SocketAddress address) throws IOException {
		SocketChannel broker = SocketChannel.open();
		LinkConnection connection = new LinkConnection(link, client, broker);
		try {
			connection.connect(address);
			return connection;
		}
		catch (IOException ex) {
			close(client);
			close(broker);
			throw ex;
		}
	}

	private void connect(SocketAddress address) throws IOException {
		prepare(this.client);
		this.client.register(this.link.selector(), 0, (Runnable) this::clientReady);
		prepare(this.broker);
		try {
			this.broker.connect(address);
			this.broker.register(this.link.selector(), 0, (Runnable) this::brokerReady);
		}
		catch (ConnectException ex) {
			this.fromBroker.breakOff();
		}
	}

	private static void prepare(SocketChannel channel) throws IOException {
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
	}

	private void clientReady() {
		read(this.toBroker);
	}

	private void brokerReady() {
		if (this.broker.isConnectionPending()) {
			try {
				this.broker.finishConnect();
			}
			catch (IOException ex) {
				this.fromBroker.breakOff();
			}
			return;
		}
		read(this.fromBroker);
	}

	private void read(LinkFlow flow) {
		try {
			flow.read(System.nanoTime());
		}
		catch (IOException ex) {
			flow.breakOff();
		}
	}

	/**
	 * Move what can be moved.
	 * @return how many nanoseconds until there is more to do without anything happening
	 */
	long pump(long now) {
		pump(this.toBroker, this.fromBroker, this.link.condition().stopsToBroker(), now);
		pump(this.fromBroker, this.toBroker, this.link.condition().stopsFromBroker(), now);
		if (this.ended) {
			return Long.MAX_VALUE;
		}
		listen(this.client, this.toBroker, this.fromBroker);
		listen(this.broker, this.fromBroker, this.toBroker);
		return Math.min(this.toBroker.untilDue(now), this.fromBroker.untilDue(now));
	}

	private void pump(LinkFlow flow, LinkFlow back, boolean stopped, long now) {
		if (this.ended) {
			return;
		}
		flow.setStopped(stopped);
		if (flow.isBroken() && !stopped) {
			reset();
			return;
		}
		try {
			flow.write(now);
		}
		catch (IOException ex) {
			// its sink is the source of the other
			back.breakOff();
		}
		if (flow.isDone() && back.isDone()) {
			end();
		}
	}

	private void listen(SocketChannel channel, LinkFlow out, LinkFlow in) {
		SelectionKey key = channel.keyFor(this.link.selector());
		if (key == null || !key.isValid()) {
			return;
		}
		int operations = 0;
		if (channel.isConnectionPending()) {
			operations = SelectionKey.OP_CONNECT;
		}
		else {
			operations |= out.wantsToRead() ? SelectionKey.OP_READ : 0;
			operations |= in.wantsToWrite() ? SelectionKey.OP_WRITE : 0;
		}
		if (key.interestOps() != operations) {
			key.interestOps(operations);
		}
	}

	/**
	 * Reset both halves: each end is told at once, and what is under way is thrown away.
	 */
	void reset() {
		setLinger(this.client);
		setLinger(this.broker);
		end();
	}

	private void end() {
		this.ended = true;
		close(this.client);
		close(this.broker);
		this.link.ended(this);
	}

	private static void setLinger(SocketChannel channel) {
		try {
			if (channel.isOpen()) {
				channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException ex) {
			logger.debug("A socket may not be reset", ex);
		}
	}

	static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("A socket did not close well", ex);
		}
	}

}
