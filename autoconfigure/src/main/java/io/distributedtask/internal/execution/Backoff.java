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
import java.util.random.RandomGenerator;

/**
 * How long to wait before something that failed is started again: twice as long each
 * time, minus a random part so that instances do not retry at the same time, and short
 * again after a long run.
 */
final class Backoff {

	static final Duration FIRST = Duration.ofMillis(100);

	static final Duration LONGEST = Duration.ofSeconds(30);

	private final RandomGenerator random;

	private Duration next = FIRST;

	Backoff(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * The time to wait after a failure.
	 * @param lasted how long the failed run had worked
	 * @return from four fifths of the current step up to all of it
	 */
	Duration after(Duration lasted) {
		if (lasted.compareTo(LONGEST) > 0) {
			this.next = FIRST;
		}
		Duration step = this.next;
		Duration doubled = step.multipliedBy(2);
		this.next = (doubled.compareTo(LONGEST) < 0) ? doubled : LONGEST;
		return Duration.ofNanos((long) (step.toNanos() * (0.8 + 0.2 * this.random.nextDouble())));
	}

}
