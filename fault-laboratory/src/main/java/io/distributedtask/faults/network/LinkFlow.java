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
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One direction of a {@link LinkConnection}.
 */
final class LinkFlow {

	/**
	 * How much may be under way. Past that the source is no longer read, and has to wait
	 * as for any slow receiver.
	 */
	private static final int LIMIT = 1024 * 1024;

	private final Link link;

	private final SocketChannel source;

	private final SocketChannel sink;

	private final Deque<Chunk> chunks = new ArrayDeque<>();

	private int size;

	private long lastDue;

	private boolean stopped;

	private boolean full;

	private boolean sourceEnded;

	private boolean broken;

	private boolean done;

	LinkFlow(Link link, SocketChannel source, SocketChannel sink) {
		this.link = link;
		this.source = source;
		this.sink = sink;
		this.lastDue = System.nanoTime();
	}

	void setStopped(boolean stopped) {
		this.stopped = stopped;
	}

	/**
	 * Whether the source is dead.
	 */
	boolean isBroken() {
		return this.broken;
	}

	/**
	 * Whether the sink has been told that there is nothing more to come.
	 */
	boolean isDone() {
		return this.done;
	}

	boolean wantsToRead() {
		return !this.stopped && !this.sourceEnded && this.sink.isOpen() && this.size < LIMIT;
	}

	boolean wantsToWrite() {
		return !this.stopped && this.full;
	}

	/**
	 * How long until something is due, in nanoseconds.
	 */
	long untilDue(long now) {
		if (this.stopped || this.full || this.chunks.isEmpty()) {
			return Long.MAX_VALUE;
		}
		return Math.max(1, this.chunks.getFirst().due() - now);
	}

	void read(long now) throws IOException {
		if (!wantsToRead()) {
			return;
		}
		ByteBuffer buffer = this.link.buffer();
		int count = this.source.read(buffer);
		if (count < 0) {
			this.sourceEnded = true;
			add(ByteBuffer.allocate(0), now);
		}
		else if (count > 0) {
			add(ByteBuffer.allocate(count).put(buffer.flip()).flip(), now);
		}
	}

	private void add(ByteBuffer bytes, long now) {
		// what was read later is not due earlier, however the delays are drawn
		this.lastDue = Math.max(this.lastDue, this.link.dueTime(now));
		this.chunks.add(new Chunk(bytes, this.lastDue));
		this.size += bytes.remaining();
	}

	void write(long now) throws IOException {
		this.full = false;
		if (this.stopped || !this.sink.isConnected() || !this.sink.isOpen()) {
			return;
		}
		while (!this.chunks.isEmpty() && isDue(this.chunks.getFirst(), now)) {
			ByteBuffer bytes = this.chunks.getFirst().bytes();
			this.size -= this.sink.write(bytes);
			if (bytes.hasRemaining()) {
				this.full = true;
				return;
			}
			this.chunks.removeFirst();
		}
		if (this.sourceEnded && this.chunks.isEmpty() && !this.done) {
			this.sink.shutdownOutput();
			this.done = true;
		}
	}

	private boolean isDue(Chunk chunk, long now) {
		return this.link.condition() != LinkCondition.SLOW || chunk.due() - now <= 0;
	}

	void breakOff() {
		this.broken = true;
		this.sourceEnded = true;
		LinkConnection.close(this.source);
	}

	/**
	 * Bytes that are under way, none for the end of the stream.
	 *
	 * @param bytes the bytes that are left
	 * @param due when they are to arrive
	 */
	private record Chunk(ByteBuffer bytes, long due) {
	}

}
