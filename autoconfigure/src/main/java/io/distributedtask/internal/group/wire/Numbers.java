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

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Numbers as bytes: seven bits in each, the lowest first, and the highest bit of a byte
 * tells that another one follows, as in Kafka's {@code ByteUtils#writeUnsignedVarint}.
 */
final class Numbers {

	private static final int BITS = 7;

	private static final int MORE = 1 << BITS;

	private static final int MOST_SHIFTS = 28;

	private Numbers() {
	}

	/**
	 * Read the next number.
	 * @param bytes are moved behind the number
	 * @param most the largest that is accepted
	 */
	static int read(ByteBuffer bytes, int most) {
		try {
			long number = 0;
			for (int shift = 0; shift <= MOST_SHIFTS; shift += BITS) {
				byte next = bytes.get();
				number |= (long) (next & (MORE - 1)) << shift;
				if (next >= 0) {
					return atMost(most, number);
				}
			}
			throw new MalformedMessageException("A number has more than five bytes");
		}
		catch (BufferUnderflowException ex) {
			throw new MalformedMessageException("The message ends within a number", ex);
		}
	}

	private static int atMost(int most, long number) {
		if (number > most) {
			throw new MalformedMessageException("A number is %d, which is more than %d".formatted(number, most));
		}
		return (int) number;
	}

	static void write(ByteArrayOutputStream bytes, int number) {
		int rest = number;
		while (rest >= MORE) {
			bytes.write(rest & (MORE - 1) | MORE);
			rest >>>= BITS;
		}
		bytes.write(rest);
	}

}
