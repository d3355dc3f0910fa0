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

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * The bytes of challenge and greeting, and hostile ones in their place.
 */
class GreetingTests {

	private static final InetSocketAddress ONE = WatchAddress.parse("10.0.0.4:41234");

	private static final InetSocketAddress OTHER = WatchAddress.parse("[fd00::17]:65535");

	@Test
	void whatIsWrittenIsReadAgain() {
		Greeting greeting = new Greeting(-4711, "a1b2c3d4", ONE, OTHER);
		ByteBuffer bytes = greeting.toBytes();
		assertThat(Greeting.read(bytes)).isEqualTo(greeting);
		assertThat(bytes.hasRemaining()).isFalse();
		assertThat(Greeting.readChallenge(Greeting.challenge(17))).isEqualTo(17);
	}

	@Test
	void aGreetingThatIsNotCompleteIsWaitedFor() {
		ByteBuffer whole = new Greeting(1, "a1b2c3d4", ONE, OTHER).toBytes();
		for (int length = 0; length < whole.limit(); length++) {
			ByteBuffer part = whole.duplicate().limit(length);
			assertThat(Greeting.read(part)).as("%d bytes", length).isNull();
			assertThat(part.position()).isZero();
		}
	}

	@Test
	void bytesThatAreNoGreetingAreRefusedOrWaitedFor() {
		for (int seed = 0; seed < 20_000; seed++) {
			Random random = new Random(seed);
			byte[] bytes = new byte[random.nextInt(120)];
			random.nextBytes(bytes);
			if (seed % 2 == 0 && bytes.length >= 4) {
				System.arraycopy(Greeting.challenge(0).array(), 0, bytes, 0, 4);
			}
			try {
				Greeting.read(ByteBuffer.wrap(bytes));
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).as("seed %d", seed).hasMessageNotContaining("null");
			}
		}
	}

	@Test
	void aConnectionThatHasOtherEndsIsNotDirect() {
		Greeting greeting = new Greeting(1, "a1b2c3d4", ONE, OTHER);
		assertThat(greeting.isDirect(ONE, OTHER)).isTrue();
		assertThat(greeting.isDirect(WatchAddress.parse("10.0.0.4:41235"), OTHER)).isFalse();
		assertThat(greeting.isDirect(WatchAddress.parse("10.0.0.5:41234"), OTHER)).isFalse();
		assertThat(greeting.isDirect(ONE, WatchAddress.parse("[fd00::17]:65534"))).isFalse();
	}

	@Test
	void addressesAreDigits() {
		assertThat(WatchAddress.text(ONE)).isEqualTo("10.0.0.4:41234");
		assertThat(WatchAddress.parse(WatchAddress.text(OTHER))).isEqualTo(OTHER);
		for (String text : new String[] { "example.org:80", "10.0.0.4", "10.0.0.4:0", "10.0.0.4:65536", "999.0.0.1:80",
				"", ":80", "[fd00::zz]:80", "10.0.0.4:80:80", "[10.0.0.4:80" }) {
			assertThatIllegalArgumentException().as(text).isThrownBy(() -> WatchAddress.parse(text));
		}
	}

}
