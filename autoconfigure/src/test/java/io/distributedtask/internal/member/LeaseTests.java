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

import io.distributedtask.internal.port.ManualClocks;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Lease}.
 */
class LeaseTests {

	private static final Duration SESSION = Duration.ofSeconds(10);

	private static final Duration REBALANCE = Duration.ofSeconds(20);

	private final ManualClocks clocks = new ManualClocks();

	private final Lease lease = new Lease(this.clocks, SESSION, REBALANCE, this.clocks.now(), this.clocks.now());

	@Test
	void endsAMarginBeforeTheSession() {
		assertThat(this.lease.remaining()).isEqualTo(Duration.ofMillis(9500));
		this.clocks.advance(Duration.ofMillis(9499));
		assertThat(this.lease.isValid()).isTrue();
		this.clocks.advance(Duration.ofMillis(1));
		assertThat(this.lease.isValid()).isFalse();
		assertThat(this.lease.remaining()).isZero();
	}

	@Test
	void countsFromTheSendTimeOfTheAnsweredRequest() {
		this.clocks.advance(Duration.ofSeconds(2));
		Contact sent = this.clocks.now();
		this.clocks.advance(Duration.ofSeconds(3));
		this.lease.renew(sent, false);
		assertThat(this.lease.remaining()).isEqualTo(Duration.ofMillis(6500));
	}

	@Test
	void ignoresALateAnswerToAnOlderRequest() {
		Contact older = this.clocks.now();
		this.clocks.advance(Duration.ofSeconds(2));
		this.lease.renew(this.clocks.now(), false);
		this.lease.renew(older, false);
		assertThat(this.lease.remaining()).isEqualTo(Duration.ofMillis(9500));
	}

	@Test
	void expiresByTheWallClockAloneAsAfterASuspend() {
		this.clocks.advanceWallClock(Duration.ofSeconds(10));
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void expiresByTheMonotonicClockAloneAsWhenTheWallClockIsSetBack() {
		this.clocks.advanceMonotonicClock(Duration.ofSeconds(10));
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void staysExpiredWhenTheWallClockIsSetBackAfterwards() {
		this.clocks.advanceWallClock(Duration.ofSeconds(10));
		assertThat(this.lease.isValid()).isFalse();
		this.clocks.advanceWallClock(Duration.ofSeconds(-10));
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void isNotRevivedByAnAnswerThatComesTooLate() {
		this.clocks.advance(Duration.ofSeconds(9));
		Contact sent = this.clocks.now();
		this.clocks.advance(Duration.ofSeconds(1));
		this.lease.renew(sent, false);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void isProlongedDuringARebalanceButNotBeyondTheRebalanceTimeout() {
		for (int second = 0; second < 18; second++) {
			this.clocks.advance(Duration.ofSeconds(1));
			this.lease.renew(this.clocks.now(), true);
			assertThat(this.lease.isValid()).isTrue();
		}
		assertThat(this.lease.remaining()).isEqualTo(Duration.ofMillis(1500));
		this.clocks.advance(Duration.ofMillis(1500));
		this.lease.renew(this.clocks.now(), true);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void lastsLongerWhenTheCoordinatorIsKnownToHaveGatheredTheMembers() {
		this.lease.renew(this.clocks.now(), false);
		this.clocks.advance(Duration.ofSeconds(9));
		this.lease.renew(this.clocks.now(), true);
		this.lease.waitsAnew(this.clocks.now());
		Duration before = this.lease.remaining();
		this.clocks.advance(Duration.ofSeconds(5));
		this.lease.renew(this.clocks.now(), true);
		assertThat(this.lease.remaining()).isEqualTo(before);
	}

	@Test
	void isNotBroughtBackByAWordOfThePast() {
		this.clocks.advance(Duration.ofHours(1));
		assertThat(this.lease.isValid()).isFalse();
		this.lease.waitsAnew(this.clocks.now());
		this.lease.renew(this.clocks.now(), true);
		assertThat(this.lease.isValid()).isFalse();
	}

	@Test
	void beginsInARebalanceWithinTheRebalanceTimeout() {
		Contact beforeRebalance = this.clocks.now();
		this.clocks.advance(Duration.ofSeconds(2));
		assertThat(new Lease(this.clocks, SESSION, REBALANCE, this.clocks.now(), beforeRebalance).remaining())
			.isEqualTo(Duration.ofMillis(9500));
		this.clocks.advance(Duration.ofSeconds(13));
		Lease late = new Lease(this.clocks, SESSION, REBALANCE, this.clocks.now(), beforeRebalance);
		assertThat(late.remaining()).isEqualTo(Duration.ofMillis(4500));
		late.renew(this.clocks.now(), true);
		assertThat(late.remaining()).isEqualTo(Duration.ofMillis(4500));
	}

	@Test
	void isNeverShortenedByARebalance() {
		this.clocks.advance(Duration.ofSeconds(1));
		this.lease.renew(this.clocks.now(), false);
		Duration before = this.lease.remaining();
		this.lease.renew(this.clocks.now(), true);
		assertThat(this.lease.remaining()).isEqualTo(before);
	}

	@Test
	void canBeEnded() {
		this.lease.end();
		this.lease.renew(this.clocks.now(), false);
		assertThat(this.lease.isValid()).isFalse();
	}

}
