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

package io.distributedtask.internal.group.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The frame of a message: one byte for its kind, one for the version of the format, one
 * for flags, then the text, deflated when that is smaller. A newer version of the format
 * that an older member may read keeps the version and adds fields; one that it must not
 * read raises the version.
 */
public final class Envelope {

	/** The version of the format that is written, and the only one that can be read. */
	public static final byte VERSION = 1;

	static final int HEADER_BYTES = 3;

	/** More than a group's record can hold. */
	public static final int MAX_BYTES = 1024 * 1024;

	/** The largest inflated size of a message. */
	public static final int MAX_INFLATED_BYTES = 8 * 1024 * 1024;

	/**
	 * Metadata contains repetitions, but not a thousandfold as deflated zeros do.
	 */
	static final int MAX_INFLATION = 100;

	/** Small messages may inflate to this size in any case. */
	static final int MIN_INFLATED_LIMIT = 64 * 1024;

	private static final byte DEFLATED = 1;

	private Envelope() {
	}

	public static ByteBuffer seal(byte kind, byte[] text) {
		ByteArrayOutputStream deflated = new ByteArrayOutputStream(text.length / 2 + 64);
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, deflater)) {
			out.write(text);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not write to memory", ex);
		}
		finally {
			deflater.end();
		}
		boolean readable = text.length <= MIN_INFLATED_LIMIT || text.length <= (long) deflated.size() * MAX_INFLATION
				|| text.length > MAX_BYTES - HEADER_BYTES;
		boolean smaller = deflated.size() < text.length && readable;
		byte[] payload = smaller ? deflated.toByteArray() : text;
		ByteBuffer sealed = ByteBuffer.allocate(HEADER_BYTES + payload.length);
		sealed.put(kind).put(VERSION).put(smaller ? DEFLATED : 0).put(payload).flip();
		return sealed;
	}

	public static byte[] open(byte kind, ByteBuffer sealed) {
		ByteBuffer bytes = sealed.duplicate();
		if (bytes.remaining() < HEADER_BYTES) {
			throw new MalformedMessageException("%d bytes are too few for a message".formatted(bytes.remaining()));
		}
		if (bytes.remaining() > MAX_BYTES) {
			throw new MalformedMessageException(
					"%d bytes are more than the %d that a message may have".formatted(bytes.remaining(), MAX_BYTES));
		}
		byte actualKind = bytes.get();
		if (actualKind != kind) {
			throw new MalformedMessageException("The first byte is %d, but %d is expected".formatted(actualKind, kind));
		}
		byte version = bytes.get();
		if (version != VERSION) {
			throw new MalformedMessageException(
					("The message has version %d of the format, and this member reads version %d: run one version of "
							+ "distributed-task, or one that is documented to work with both")
						.formatted(version, VERSION));
		}
		byte flags = bytes.get();
		byte[] payload = new byte[bytes.remaining()];
		bytes.get(payload);
		return switch (flags) {
			case 0 -> payload;
			case DEFLATED -> inflate(payload);
			default -> throw new MalformedMessageException("The flags %d are unknown".formatted(flags));
		};
	}

	private static byte[] inflate(byte[] payload) {
		Inflater inflater = new Inflater(true);
		try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(payload), inflater)) {
			int limit = Math.max(MIN_INFLATED_LIMIT,
					(int) Math.min(MAX_INFLATED_BYTES, (long) payload.length * MAX_INFLATION));
			byte[] text = in.readNBytes(limit + 1);
			if (text.length > limit) {
				throw new MalformedMessageException(
						"%d bytes inflate to more than %d".formatted(payload.length, limit));
			}
			return text;
		}
		catch (IOException ex) {
			throw new MalformedMessageException("The message cannot be inflated: " + ex.getMessage(), ex);
		}
		finally {
			inflater.end();
		}
	}

}
