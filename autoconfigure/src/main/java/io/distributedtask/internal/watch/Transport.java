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

/**
 * The bytes of one connection, plain or encrypted. Nothing waits.
 */
interface Transport {

	/** What has not been sent yet may not be more: the other side does not read. */
	int MAX_PENDING = 64 * 1024;

	/**
	 * Read what has arrived.
	 * @param target takes the bytes
	 * @return the number of bytes, -1 if the other side has closed the connection in
	 * order
	 * @throws IOException if the connection was reset, or has failed otherwise
	 */
	int read(ByteBuffer target) throws IOException;

	/**
	 * Send bytes, now or as soon as the connection takes them.
	 * @param bytes the bytes
	 * @throws IOException if the connection has failed, or the other side does not read
	 */
	void write(ByteBuffer bytes) throws IOException;

	/**
	 * Send what could not be sent yet.
	 * @return whether nothing is left
	 * @throws IOException if the connection has failed
	 */
	boolean flush() throws IOException;

	/**
	 * Put bytes behind those that have not been sent yet.
	 */
	static ByteBuffer join(ByteBuffer pending, ByteBuffer bytes) throws IOException {
		if (pending.remaining() + bytes.remaining() > MAX_PENDING) {
			throw new IOException("the other side does not read");
		}
		return ByteBuffer.allocate(pending.remaining() + bytes.remaining()).put(pending).put(bytes).flip();
	}

	/**
	 * Makes the transport of a new connection.
	 */
	interface Factory {

		/**
		 * Begin.
		 * @param channel a connected channel that does not block
		 * @param isClient whether this side has connected
		 * @throws IOException if it cannot begin
		 */
		Transport open(SocketChannel channel, boolean isClient) throws IOException;

	}

}
