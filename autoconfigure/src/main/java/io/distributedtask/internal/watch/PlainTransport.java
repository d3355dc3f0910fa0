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
 * A connection without encryption.
 */
final class PlainTransport implements Transport {

	private final SocketChannel channel;

	private ByteBuffer pending = ByteBuffer.allocate(0);

	PlainTransport(SocketChannel channel) {
		this.channel = channel;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.channel.read(target);
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		this.pending = Transport.join(this.pending, bytes);
		flush();
	}

	@Override
	public boolean flush() throws IOException {
		while (this.pending.hasRemaining()) {
			if (this.channel.write(this.pending) == 0) {
				return false;
			}
		}
		return true;
	}

}
