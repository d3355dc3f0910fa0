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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownSchedule}.
 */
class ShutdownScheduleTests {

	private static final long NOW = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

	@Test
	void ofALongTimeTheLastTwoSecondsAreForWhatDoesNotStop() {
		ShutdownSchedule deadline = ShutdownSchedule.in(Duration.ofSeconds(30), NOW);
		assertThat(deadline.isTimeToHurry(after(27_999))).isFalse();
		assertThat(deadline.isTimeToHurry(after(28_000))).isTrue();
		assertThat(deadline.isTimeToLeave(after(28_999))).isFalse();
		assertThat(deadline.isTimeToLeave(after(29_000))).isTrue();
	}

	@Test
	void ofAShortTimeTheLastFifthIs() {
		ShutdownSchedule deadline = ShutdownSchedule.in(Duration.ofSeconds(1), NOW);
		assertThat(deadline.isTimeToHurry(after(799))).isFalse();
		assertThat(deadline.isTimeToHurry(after(800))).isTrue();
		assertThat(deadline.isTimeToLeave(after(899))).isFalse();
		assertThat(deadline.isTimeToLeave(after(900))).isTrue();
	}

	@Test
	void noMomentIsSleptThrough() {
		ShutdownSchedule deadline = ShutdownSchedule.in(Duration.ofSeconds(1), NOW);
		Duration turn = Duration.ofMillis(500);
		assertThat(deadline.untilNext(NOW, turn)).isEqualTo(turn);
		assertThat(deadline.untilNext(after(700), turn)).isEqualTo(Duration.ofMillis(100));
		assertThat(deadline.untilNext(after(800), turn)).isEqualTo(Duration.ofMillis(100));
		assertThat(deadline.untilNext(after(2000), turn)).isZero();
	}

	@Test
	void theGroupIsLeftWithinTheTime() {
		ShutdownSchedule deadline = ShutdownSchedule.in(Duration.ofSeconds(10), NOW);
		Duration longest = Duration.ofSeconds(2);
		assertThat(deadline.leaveTimeout(after(500), longest)).isEqualTo(longest);
		assertThat(deadline.leaveTimeout(after(9000), longest)).isEqualTo(Duration.ofSeconds(1));
		assertThat(deadline.leaveTimeout(after(20_000), longest)).isEqualTo(Duration.ofMillis(100));
	}

	private static long after(long millis) {
		return NOW + Duration.ofMillis(millis).toNanos();
	}

}
