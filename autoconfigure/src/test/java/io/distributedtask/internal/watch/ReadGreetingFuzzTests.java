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

import java.nio.ByteBuffer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz test for {@link Greeting#read} and {@link WatchAddress#parse}: whatever the bytes
 * are, they are refused, waited for, or read, and what is read can be said again.
 */
class ReadGreetingFuzzTests {

	@FuzzTest(maxDuration = "5m")
	void bytesAreRefusedOrRead(byte[] bytes) {
		read(ByteBuffer.wrap(bytes));
		// most bytes do not begin as a greeting does
		read(ByteBuffer.allocate(4 + bytes.length).put(Greeting.challenge(0).limit(4)).put(bytes).flip());
		try {
			WatchAddress.parse(new String(bytes));
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageContaining("not a");
		}
	}

	private static void read(ByteBuffer bytes) {
		@Nullable Greeting greeting;
		try {
			greeting = Greeting.read(bytes);
		}
		catch (IllegalArgumentException ex) {
			return;
		}
		if (greeting != null && greeting.incarnation().chars().allMatch((character) -> character < 128)) {
			assertThat(Greeting.read(greeting.toBytes())).isEqualTo(greeting);
		}
	}

}
