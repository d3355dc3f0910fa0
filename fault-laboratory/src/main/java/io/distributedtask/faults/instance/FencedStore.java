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

package io.distributedtask.faults.instance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import io.distributedtask.faults.history.HistoryEvent;
import io.distributedtask.faults.history.HistoryEvent.Kind;
import io.distributedtask.faults.history.HistoryWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that compares fencing tokens, as a database with a token column does: a write
 * with a token lower than one that it has seen for the shard is refused. It is reached
 * directly, for a fault of the group's network is none of the store's.
 * <p>
 * The tokens are kept for good, also when the group is deleted.
 */
public final class FencedStore implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(FencedStore.class);

	private final HistoryWriter history;

	private final ServerSocket server;

	private final Map<String, Long> tokens = new HashMap<>();

	public FencedStore(HistoryWriter history) {
		this.history = history;
		try {
			this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		daemon("store", this::accept);
	}

	public int port() {
		return this.server.getLocalPort();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket socket = this.server.accept();
				daemon("store-" + socket.getPort(), () -> serve(socket));
			}
			catch (IOException ex) {
				logger.debug("The store accepts no more connections", ex);
			}
		}
	}

	private void serve(Socket socket) {
		try (socket;
				BufferedReader in = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
				OutputStream out = socket.getOutputStream()) {
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				String[] write = line.split(" ");
				boolean accepted = write(write[0], write[1], Integer.parseInt(write[2]), Long.parseLong(write[3]));
				out.write(accepted ? '+' : '-');
			}
		}
		catch (IOException ex) {
			logger.debug("A writer of the store is gone", ex);
		}
	}

	private synchronized boolean write(String source, String task, int shard, long token) {
		String id = task + "#" + shard;
		boolean accepted = token >= Objects.requireNonNullElse(this.tokens.get(id), 0L);
		if (accepted) {
			this.tokens.put(id, token);
		}
		this.history.write(new HistoryEvent(System.nanoTime(), HistoryEvent.STORE,
				accepted ? Kind.ACCEPTED : Kind.REFUSED, task, shard, token, source));
		return accepted;
	}

	private static void daemon(String name, Runnable work) {
		Thread thread = new Thread(work, name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * One process's connection to the store.
	 */
	static final class Client {

		private final int port;

		private final String source;

		Client(int port, String source) {
			this.port = port;
			this.source = source;
		}

		/**
		 * A session of one run.
		 * @throws IOException if the store cannot be reached
		 */
		Session open() throws IOException {
			return new Session(new Socket(InetAddress.getLoopbackAddress(), this.port));
		}

		/**
		 * The connection of one run, so that no write of one run waits behind another's.
		 */
		final class Session implements AutoCloseable {

			private final Socket socket;

			private Session(Socket socket) throws IOException {
				this.socket = socket;
				socket.setTcpNoDelay(true);
			}

			/**
			 * Write.
			 * @return whether the store has accepted
			 * @throws IOException if the store is gone
			 */
			boolean write(String task, int shard, long token) throws IOException {
				String line = "%s %s %d %d\n".formatted(Client.this.source, task, shard, token);
				this.socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
				return this.socket.getInputStream().read() == '+';
			}

			@Override
			public void close() throws IOException {
				this.socket.close();
			}

		}

	}

}
