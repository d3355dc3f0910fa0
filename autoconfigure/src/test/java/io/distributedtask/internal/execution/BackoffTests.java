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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Backoff}.
 */
class BackoffTests {

	@Test
	void growsUpToItsLimit() {
		Backoff backoff = new Backoff(new Random(7));
		Duration step = Backoff.FIRST;
		for (int i = 0; i < 20; i++) {
			Duration delay = backoff.after(Duration.ZERO);
			assertThat(delay).isBetween(step.multipliedBy(8).dividedBy(10), step);
			step = (step.multipliedBy(2).compareTo(Backoff.LONGEST) < 0) ? step.multipliedBy(2) : Backoff.LONGEST;
		}
	}

	@Test
	void isShortAgainAfterARunThatLasted() {
		Backoff backoff = new Backoff(new Random(7));
		for (int i = 0; i < 20; i++) {
			backoff.after(Duration.ZERO);
		}
		assertThat(backoff.after(Duration.ofSeconds(31))).isLessThanOrEqualTo(Backoff.FIRST);
		assertThat(backoff.after(Duration.ZERO)).isGreaterThan(Backoff.FIRST);
	}

}
