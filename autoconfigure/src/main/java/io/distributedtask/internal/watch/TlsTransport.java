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
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * A connection with TLS. The end of the TCP connection counts, not that of TLS: a process
 * that is killed says no goodbye.
 */
final class TlsTransport implements Transport {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	private final Transport socket;

	private final SSLEngine engine;

	/** What has been received and not decrypted yet. */
	private final ByteBuffer received;

	/** What has been decrypted and not read yet. */
	private final ByteBuffer decrypted;

	private final ByteBuffer encrypted;

	private ByteBuffer pending = NOTHING;

	private boolean ended;

	TlsTransport(SocketChannel channel, SSLEngine engine) throws SSLException {
		this.socket = new PlainTransport(channel);
		this.engine = engine;
		int packet = engine.getSession().getPacketBufferSize();
		this.received = ByteBuffer.allocate(packet);
		this.encrypted = ByteBuffer.allocate(packet);
		this.decrypted = ByteBuffer.allocate(Math.max(packet, engine.getSession().getApplicationBufferSize()));
		engine.beginHandshake();
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		if (this.decrypted.position() == 0) {
			receive();
		}
		this.decrypted.flip();
		int length = Math.min(target.remaining(), this.decrypted.remaining());
		target.put(target.position(), this.decrypted, this.decrypted.position(), length);
		target.position(target.position() + length);
		this.decrypted.position(this.decrypted.position() + length);
		this.decrypted.compact();
		return (length == 0 && this.ended) ? -1 : length;
	}

	private void receive() throws IOException {
		boolean more = true;
		while (more) {
			if (!this.ended && this.socket.read(this.received) < 0) {
				this.ended = true;
			}
			more = advance();
		}
	}

	/**
	 * Do what the engine needs next.
	 * @return whether more can be done without further bytes
	 */
	private boolean advance() throws IOException {
		HandshakeStatus status = this.engine.getHandshakeStatus();
		switch (status) {
			case NEED_TASK -> {
				Runnable task = this.engine.getDelegatedTask();
				while (task != null) {
					task.run();
					task = this.engine.getDelegatedTask();
				}
				return true;
			}
			case NEED_WRAP -> {
				return wrap(NOTHING) > 0 || this.engine.getHandshakeStatus() != status;
			}
			default -> {
				boolean progress = unwrap();
				return flush() && progress;
			}
		}
	}

	private boolean unwrap() throws IOException {
		this.received.flip();
		try {
			if (!this.received.hasRemaining()) {
				return false;
			}
			SSLEngineResult result = this.engine.unwrap(this.received, this.decrypted);
			return switch (result.getStatus()) {
				case OK -> result.bytesConsumed() > 0 || result.bytesProduced() > 0;
				case BUFFER_UNDERFLOW, BUFFER_OVERFLOW -> false;
				// what counts is the end of the TCP connection
				case CLOSED -> false;
			};
		}
		finally {
			this.received.compact();
		}
	}

	private int wrap(ByteBuffer bytes) throws IOException {
		this.encrypted.clear();
		SSLEngineResult result = this.engine.wrap(bytes, this.encrypted);
		this.encrypted.flip();
		int length = this.encrypted.remaining();
		this.socket.write(this.encrypted);
		if (result.getStatus() == SSLEngineResult.Status.CLOSED && length == 0) {
			throw new SSLException("TLS is closed");
		}
		return length;
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		this.pending = Transport.join(this.pending, bytes);
		flush();
	}

	@Override
	public boolean flush() throws IOException {
		while (this.engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
			wrap(NOTHING);
		}
		while (this.pending.hasRemaining() && this.engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
			wrap(this.pending);
		}
		return this.socket.flush();
	}

}
