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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.util.Map;

import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Session}.
 */
class SessionTests {

	private static final Duration SESSION = Duration.ofSeconds(10);

	private final ManualClocks clocks = new ManualClocks();

	private final Session session = new Session(new MemberSettings("group", "a", () -> null, Map.of(), 1,
			Duration.ofMillis(500), SESSION, Duration.ofSeconds(30), Duration.ofSeconds(30)), this.clocks);

	@Test
	void aLeaseThatEndsWithoutAnAnswerEndsInSilence() {
		begin();
		assertThat(this.session.isUnresponsive()).isFalse();
		this.clocks.advance(SESSION);
		assertThat(this.session.isExpired()).isTrue();
		assertThat(this.session.end()).isTrue();
		assertThat(this.session.isUnresponsive()).isTrue();
		begin();
		assertThat(this.session.isUnresponsive()).isFalse();
	}

	@Test
	void aLeaseThatEndsDuringARebalanceDoesNot() {
		begin();
		for (int i = 0; i < 20; i++) {
			this.clocks.advance(Duration.ofMillis(500));
			this.session.contact(now(), true);
		}
		assertThat(this.session.end()).isTrue();
		assertThat(this.session.isUnresponsive()).isFalse();
	}

	private void begin() {
		this.session.contact(now(), false);
		assertThat(this.session.begin()).isNotNull();
	}

	private Contact now() {
		return new Contact(this.clocks.nanos(), this.clocks.millis());
	}

}
