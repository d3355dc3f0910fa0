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

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * The answer to a challenge: which process it is, and the addresses of the connection as
 * it sees them. If the watcher sees others, something between both answers for them, and
 * could do so for a process that lives, or has ended.
 *
 * @param challenge the challenge
 * @param incarnation the id of the process
 * @param watcher the watcher's end of the connection
 * @param watched this end of the connection
 */
record Greeting(long challenge, String incarnation, InetSocketAddress watcher, InetSocketAddress watched) {

	/** The name of the protocol, and its version. */
	private static final int MAGIC = 'D' << 24 | 'T' << 16 | 'W' << 8 | 1;

	static final int CHALLENGE_BYTES = 12;

	private static final int MAX_INCARNATION = 40;

	/** The longest greeting. */
	static final int MAX_BYTES = CHALLENGE_BYTES + 1 + MAX_INCARNATION + 2 * (1 + 16 + 2);

	private static final int IPV4_BYTES = 4;

	private static final int IPV6_BYTES = 16;

	static ByteBuffer challenge(long number) {
		return ByteBuffer.allocate(CHALLENGE_BYTES).putInt(MAGIC).putLong(number).flip();
	}

	/**
	 * Read a challenge.
	 * @param bytes the bytes of a challenge
	 * @return the challenge
	 * @throws IllegalArgumentException if it is none
	 */
	static long readChallenge(ByteBuffer bytes) {
		int magic = bytes.getInt();
		if (magic != MAGIC) {
			throw new IllegalArgumentException("no challenge of a watcher");
		}
		return bytes.getLong();
	}

	ByteBuffer toBytes() {
		byte[] id = this.incarnation.getBytes(StandardCharsets.US_ASCII);
		if (id.length > MAX_INCARNATION) {
			throw new IllegalArgumentException("The incarnation '%s' is too long".formatted(this.incarnation));
		}
		ByteBuffer bytes = ByteBuffer.allocate(MAX_BYTES);
		bytes.putInt(MAGIC).putLong(this.challenge).put((byte) id.length).put(id);
		put(bytes, this.watcher);
		put(bytes, this.watched);
		return bytes.flip();
	}

	private static void put(ByteBuffer bytes, InetSocketAddress address) {
		byte[] ip = address.getAddress().getAddress();
		bytes.put((byte) ip.length).put(ip).putShort((short) address.getPort());
	}

	/**
	 * Read a greeting.
	 * @param bytes what has been received, from the first byte; those of the greeting are
	 * consumed
	 * @return the greeting, {@code null} if it is not complete yet
	 * @throws IllegalArgumentException if it is none
	 */
	static @Nullable Greeting read(ByteBuffer bytes) {
		ByteBuffer rest = bytes.duplicate();
		if (rest.remaining() <= CHALLENGE_BYTES) {
			return null;
		}
		long challenge = readChallenge(rest);
		byte[] id = take(rest, MAX_INCARNATION);
		InetSocketAddress watcher = (id != null) ? address(rest) : null;
		InetSocketAddress watched = (watcher != null) ? address(rest) : null;
		if (id == null || watcher == null || watched == null) {
			return null;
		}
		bytes.position(rest.position());
		return new Greeting(challenge, new String(id, StandardCharsets.US_ASCII), watcher, watched);
	}

	private static @Nullable InetSocketAddress address(ByteBuffer bytes) {
		byte[] ip = take(bytes, IPV6_BYTES);
		if (ip == null || bytes.remaining() < Short.BYTES) {
			return null;
		}
		if (ip.length != IPV4_BYTES && ip.length != IPV6_BYTES) {
			throw new IllegalArgumentException("an address of %d bytes".formatted(ip.length));
		}
		try {
			return new InetSocketAddress(InetAddress.getByAddress(ip), Short.toUnsignedInt(bytes.getShort()));
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static byte @Nullable [] take(ByteBuffer bytes, int longest) {
		if (!bytes.hasRemaining()) {
			return null;
		}
		int length = Byte.toUnsignedInt(bytes.get());
		if (length > longest) {
			throw new IllegalArgumentException("%d bytes where at most %d are expected".formatted(length, longest));
		}
		if (bytes.remaining() < length) {
			return null;
		}
		byte[] taken = new byte[length];
		bytes.get(taken);
		return taken;
	}

	/**
	 * Whether nothing between both ends has other addresses than they.
	 * @param local the watcher's end as it sees it
	 * @param remote the other end as the watcher sees it
	 */
	boolean isDirect(InetSocketAddress local, InetSocketAddress remote) {
		return isSame(this.watcher, local) && isSame(this.watched, remote);
	}

	/** A scope belongs to one host, so only the bytes are compared. */
	private static boolean isSame(InetSocketAddress one, InetSocketAddress other) {
		return one.getPort() == other.getPort()
				&& Arrays.equals(one.getAddress().getAddress(), other.getAddress().getAddress());
	}

}
