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

import java.nio.ByteBuffer;

import com.code_intelligence.jazzer.junit.FuzzTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fuzz test for {@link MessageCodec#decodeAssignment}: whatever the bytes are, they are
 * refused or read, and what is read can be said again.
 */
class DecodeAssignmentFuzzTests {

	private static final byte KIND = 'A';

	private final MessageCodec codec = new MessageCodec();

	@FuzzTest(maxDuration = "10m")
	void bytesAreRefusedOrRead(byte[] bytes) {
		decode(ByteBuffer.wrap(bytes));
		// most bytes are no envelope, and would say nothing about what is in one
		if (bytes.length < Envelope.MAX_BYTES) {
			decode(Envelope.seal(KIND, bytes));
		}
	}

	private void decode(ByteBuffer bytes) {
		MessageCodec.AssignmentMessage message;
		try {
			message = this.codec.decodeAssignment(bytes);
		}
		catch (MalformedMessageException ex) {
			assertThat(ex.getMessage()).hasSizeLessThanOrEqualTo(300);
			return;
		}
		ByteBuffer again = this.codec.encode(message.assignment(), message.wantsTasks(), null, message.watched());
		if (again.remaining() < Envelope.MAX_BYTES) {
			assertThat(this.codec.decodeAssignment(again)).isEqualTo(message);
		}
	}

}
