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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.distributedtask.internal.port.GroupException;
import io.distributedtask.internal.port.ManualClocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FailureBackoff}.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureBackoffTests {

	private final ManualClocks clocks = new ManualClocks();

	private final FailureBackoff backoff = new FailureBackoff("shop-tasks", this.clocks);

	@Test
	void whatNeedsARemedyIsTriedAgainSeldom() {
		assertThat(pauses(true, 7)).containsExactly(2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L, 30_000L);
	}

	@Test
	void whatMayPassIsTriedAgainSoon() {
		assertThat(pauses(false, 7)).containsExactly(100L, 200L, 400L, 800L, 1600L, 2000L, 2000L);
	}

	@Test
	void aMessageIsLoggedOnceAMinuteAndWithoutAStack(CapturedOutput output) {
		fail("Grant READ");
		this.clocks.advance(Duration.ofSeconds(59));
		fail("Grant READ");
		assertThat(output).containsOnlyOnce("Grant READ (attempt 1, trying again in 2000 ms)")
			.doesNotContain("attempt 2")
			.doesNotContain("\tat ");
		this.clocks.advance(Duration.ofSeconds(1));
		fail("Grant READ");
		assertThat(output).containsOnlyOnce("Grant READ (attempt 3, trying again in 8000 ms)");
	}

	@Test
	void messagesThatTakeTurnsAreLoggedOnceEach(CapturedOutput output) {
		for (int i = 0; i < 5; i++) {
			fail("Grant READ");
			fail("No connection");
			this.clocks.advance(Duration.ofSeconds(10));
		}
		assertThat(output).containsOnlyOnce("Grant READ").containsOnlyOnce("No connection");
	}

	@Test
	void messagesThatAlwaysDifferAreLoggedSomeTimes(CapturedOutput output) {
		for (int i = 0; i < 100; i++) {
			fail("Failure number " + i);
		}
		assertThat(output).contains("Failure number 19").doesNotContain("Failure number 20");
	}

	@Test
	void whatNobodyExpectedIsLoggedWithItsStack(CapturedOutput output) {
		this.backoff.failed(new IllegalStateException("broken"), false);
		assertThat(output).contains("The group's thread failed (attempt 1").contains("\tat ");
	}

	@Test
	void onlyAnAnswerToWhatWasSentAfterTheFailureProvesThatItIsOver() {
		long before = this.clocks.nanos();
		this.clocks.advance(Duration.ofMillis(1));
		fail("Grant READ");
		assertThat(this.backoff.heard(before)).isFalse();
		assertThat(this.backoff.heard(this.clocks.nanos())).isFalse();
		assertThat(this.backoff.remaining()).isPositive();
		assertThat(this.backoff.heard(this.clocks.nanos() + 1)).isTrue();
		assertThat(this.backoff.remaining()).isZero();
	}

	@Test
	void afterASuccessItBeginsAnew(CapturedOutput output) {
		fail("Grant READ");
		fail("Grant READ");
		assertThat(this.backoff.heard(this.clocks.nanos() + 1)).isTrue();
		assertThat(pauses(true, 1)).containsExactly(2000L);
		assertThat(output).as("still once a minute").containsOnlyOnce("Grant READ");
		this.clocks.advance(Duration.ofMinutes(1));
		fail("Grant READ");
		assertThat(output.toString().split("Grant READ", -1)).hasSize(3);
	}

	private List<Long> pauses(boolean needsRemedy, int count) {
		return Stream.generate(() -> {
			this.backoff.failed(new GroupException("Grant READ", needsRemedy, new RuntimeException()), needsRemedy);
			long pause = this.backoff.remaining().toMillis();
			this.clocks.advance(this.backoff.remaining());
			assertThat(this.backoff.remaining()).isZero();
			return pause;
		}).limit(count).toList();
	}

	private void fail(String message) {
		this.backoff.failed(new GroupException(message, true, new RuntimeException()), true);
	}

}
