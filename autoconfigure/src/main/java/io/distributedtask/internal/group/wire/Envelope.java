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
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * The frame of a message: one byte for its kind, one for the version of the format, one
 * for flags, then the text, deflated when that is smaller. In version 2 the length of the
 * text is before it, bytes follow that are not text, deflated when that is smaller, and
 * the deflater of the text has a dictionary. A newer version of the format that an older
 * member may read keeps the version and adds fields; one that it must not read raises the
 * version.
 */
public final class Envelope {

	/** The newest version of the format, which this class can read like those before. */
	public static final byte VERSION = 2;

	/** The version of messages that have nothing behind their text. */
	static final byte TEXT_VERSION = 1;

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

	private static final int DEFLATED = 1;

	private static final int BEHIND_DEFLATED = 2;

	/**
	 * What the texts of version 2 have in common, for the deflater to refer to, the most
	 * frequent last: a large group has many short messages. It is a part of the format.
	 */
	private static final byte[] DICTIONARY = ("\"l\":{\"\"},\"u\":\"http://10.0.0.\",\"y\":\"shards have stopped\","
			+ "\"w\":\" joined left crashed\",\"c\":,\"V\":[{\"n\":\"\",\"i\":\"\",\"z\":17}],\"P\":[{\"n\":\"\",\"a\":[17"
			+ "]}],\"R\":[{\"n\":\"\",\"a\":[17]}],\"S\":[{\"n\":\"\",\"e\":17,\"a\":[17]},{\"n\":\"\",\"e\":17],\"r\":1,"
			+ "{\"g\":1,\"l\":\"\",\"i\":\"\",\"x\":\"\",\"m\":10,\"t\":17,\"w\":\"\",\"b\":2,\"J\":\"0-9\",\"j\":-"
			+ "{\"i\":\"\",\"x\":\"\",\"g\":1,\"t\":17,\"k\":\"\",\"v\":2,\"N\":\"0\\n\",\"n\":[100],\"D\":[{\"t\":17,\"g\":1}"
			+ ",{\"t\":17,\"g\":1},{\"t\":17,\"g\":1,\"o\":1}]}")
		.getBytes(StandardCharsets.US_ASCII);

	private Envelope() {
	}

	/**
	 * A message that every version reads.
	 */
	public static ByteBuffer seal(byte kind, byte[] text) {
		return seal(kind, TEXT_VERSION, text, new byte[0]);
	}

	/**
	 * A message with bytes behind its text, from version 2 on.
	 */
	public static ByteBuffer seal(byte kind, byte[] text, byte[] behind) {
		return seal(kind, VERSION, text, behind);
	}

	private static ByteBuffer seal(byte kind, byte version, byte[] text, byte[] behind) {
		byte[] shortText = deflate(text, version > TEXT_VERSION);
		byte[] shortBehind = deflate(behind, false);
		int flags = ((shortText != text) ? DEFLATED : 0) + ((shortBehind != behind) ? BEHIND_DEFLATED : 0);
		ByteArrayOutputStream length = new ByteArrayOutputStream();
		if (version > TEXT_VERSION) {
			Numbers.write(length, shortText.length);
		}
		ByteBuffer sealed = ByteBuffer.allocate(HEADER_BYTES + length.size() + shortText.length + shortBehind.length);
		sealed.put(kind).put(version).put((byte) flags).put(length.toByteArray()).put(shortText).put(shortBehind);
		return sealed.flip();
	}

	/**
	 * Deflate bytes.
	 * @return the shorter bytes, the same ones if they would not be shorter, or not be
	 * read
	 */
	private static byte[] deflate(byte[] bytes, boolean hasDictionary) {
		ByteArrayOutputStream deflated = new ByteArrayOutputStream(bytes.length / 2 + 64);
		Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
		if (hasDictionary) {
			deflater.setDictionary(DICTIONARY);
		}
		try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, deflater)) {
			out.write(bytes);
		}
		catch (IOException ex) {
			throw new IllegalStateException("Could not write to memory", ex);
		}
		finally {
			deflater.end();
		}
		boolean readable = bytes.length <= MIN_INFLATED_LIMIT || bytes.length <= (long) deflated.size() * MAX_INFLATION
				|| bytes.length > MAX_BYTES - HEADER_BYTES;
		return (deflated.size() < bytes.length && readable) ? deflated.toByteArray() : bytes;
	}

	public static Content open(byte kind, ByteBuffer sealed) {
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
		if (version < TEXT_VERSION || version > VERSION) {
			throw new MalformedMessageException(
					("The message has version %d of the format, and this member reads versions up to %d: run one version of "
							+ "distributed-task, or one that is documented to work with both")
						.formatted(version, VERSION));
		}
		byte flags = bytes.get();
		int length = (version > TEXT_VERSION) ? Numbers.read(bytes, MAX_BYTES) : bytes.remaining();
		if ((flags & ~(DEFLATED | BEHIND_DEFLATED)) != 0) {
			throw new MalformedMessageException("The flags %d are unknown".formatted(flags));
		}
		byte[] text = take(bytes, length);
		byte[] behind = take(bytes, bytes.remaining());
		return new Content(((flags & DEFLATED) != 0) ? inflate(text, version > TEXT_VERSION) : text,
				((flags & BEHIND_DEFLATED) != 0) ? inflate(behind, false) : behind);
	}

	private static byte[] take(ByteBuffer bytes, int length) {
		if (length > bytes.remaining()) {
			throw new MalformedMessageException("The message ends within its text");
		}
		byte[] taken = new byte[length];
		bytes.get(taken);
		return taken;
	}

	private static byte[] inflate(byte[] payload, boolean hasDictionary) {
		Inflater inflater = new Inflater(true);
		if (hasDictionary) {
			inflater.setDictionary(DICTIONARY);
		}
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

	/**
	 * The parts of a message.
	 *
	 * @param text the text
	 * @param behind the bytes behind it, empty before version 2
	 */
	public record Content(byte[] text, byte[] behind) {
	}

}
