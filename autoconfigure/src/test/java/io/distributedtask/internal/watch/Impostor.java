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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that answers to challenges, and whose sockets end as a test wants it: as a
 * firewall, another host with its address, or an overloaded one would have it.
 */
final class Impostor implements AutoCloseable {

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final AtomicInteger connections = new AtomicInteger();

	private final Thread receiver;

	private volatile boolean silent;

	private volatile String incarnation;

	Impostor(String incarnation) throws IOException {
		this.incarnation = incarnation;
		this.receiver = Relay.daemon(() -> {
			while (true) {
				Socket socket = this.server.accept();
				this.sockets.add(socket);
				if (!this.silent) {
					greet(socket);
				}
			}
		});
	}

	private void greet(Socket socket) {
		try {
			byte[] challenge = socket.getInputStream().readNBytes(Greeting.CHALLENGE_BYTES);
			ByteBuffer greeting = new Greeting(Greeting.readChallenge(ByteBuffer.wrap(challenge)), this.incarnation,
					(InetSocketAddress) socket.getRemoteSocketAddress(),
					(InetSocketAddress) socket.getLocalSocketAddress())
				.toBytes();
			socket.getOutputStream().write(greeting.array(), 0, greeting.limit());
			this.connections.incrementAndGet();
		}
		catch (IOException ex) {
			// closed
		}
	}

	String address() {
		return WatchAddress.text((InetSocketAddress) this.server.getLocalSocketAddress());
	}

	int connections() {
		return this.connections.get();
	}

	void setIncarnation(String incarnation) {
		this.incarnation = incarnation;
	}

	void setSilent(boolean silent) {
		this.silent = silent;
	}

	/**
	 * The kernel goes on to listen until the thread that accepts has noticed.
	 */
	void stopListening() throws IOException, InterruptedException {
		this.server.close();
		this.receiver.join();
	}

	void closeConnections() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	void reset() throws IOException {
		for (Socket socket : this.sockets) {
			socket.setSoLinger(true, 0);
			socket.close();
		}
	}

	@Override
	public void close() throws IOException {
		closeConnections();
		this.server.close();
	}

}
