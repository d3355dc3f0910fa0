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

package io.distributedtask.internal.group;

import java.time.Duration;

import io.distributedtask.internal.port.Clocks;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecordLimit}.
 */
class RecordLimitTests {

	private long nanos = Long.MAX_VALUE - 5;

	private final RecordLimit limit = new RecordLimit(new Clocks() {

		@Override
		public long nanos() {
			return RecordLimitTests.this.nanos;
		}

		@Override
		public long millis() {
			return 0;
		}

	});

	@Test
	void startsWithWhatBrokersTakeUnlessTheyWereToldOtherwise() {
		assertThat(this.limit.current()).isEqualTo(RecordLimit.SAFE).isLessThan(1024 * 1024);
		assertThat(this.limit.retryAfter()).isNull();
	}

	@Test
	void isLowerThanWhatWasRefusedUntilTheTrial() {
		refused(10_000);
		assertThat(this.limit.current()).isEqualTo(9000);
		assertThat(this.limit.retryAfter()).isEqualTo(RecordLimit.VALIDITY);
		advance(RecordLimit.VALIDITY);
		assertThat(this.limit.retryAfter()).isZero();
		assertThat(this.limit.current()).isEqualTo(RecordLimit.SAFE);
	}

	@Test
	void aRecordThatKeepsWithinItProvesNothing() {
		refused(10_000);
		this.limit.sent(8000);
		this.limit.accepted();
		assertThat(this.limit.current()).isEqualTo(9000);
	}

	@Test
	void isTriedAgainAsOftenWhenThatFails() {
		refused(10_000);
		for (int i = 0; i < 3; i++) {
			advance(RecordLimit.VALIDITY.minusSeconds(1));
			assertThat(this.limit.retryAfter()).isEqualTo(Duration.ofSeconds(1));
			assertThat(this.limit.current()).isEqualTo(9000);
			advance(Duration.ofSeconds(1));
			refused(20_000);
		}
		assertThat(this.limit.current()).isEqualTo(9000);
	}

	@Test
	void aTrialThatSucceedsEndsIt() {
		refused(10_000);
		advance(RecordLimit.VALIDITY);
		this.limit.sent(10_000);
		this.limit.accepted();
		assertThat(this.limit.current()).isEqualTo(RecordLimit.SAFE);
		assertThat(this.limit.retryAfter()).isNull();
		refused(10_000);
		assertThat(this.limit.retryAfter()).isEqualTo(RecordLimit.VALIDITY);
	}

	@Test
	void whatKeepsWithinItAndIsRefusedLowersIt() {
		refused(10_000);
		refused(9000);
		assertThat(this.limit.current()).isEqualTo(8100);
		assertThat(this.limit.retryAfter()).isEqualTo(RecordLimit.VALIDITY);
	}

	@Test
	void aMemberThatHasSentNothingLearnsNothing() {
		this.limit.refused();
		assertThat(this.limit.current()).isEqualTo(RecordLimit.SAFE);
	}

	private void refused(long size) {
		this.limit.sent(size);
		this.limit.refused();
	}

	private void advance(Duration time) {
		this.nanos += time.toNanos();
	}

}
