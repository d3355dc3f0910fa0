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

package io.distributedtask.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * How long Spring waits for the group to be left before it goes on with the shutdown.
 *
 * @param timeout the time for the whole phase
 */
record ShutdownPhase(Duration timeout) {

	private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

	private static final Duration LONGEST_RESERVE = Duration.ofMillis(500);

	static ShutdownPhase of(Environment environment) {
		return new ShutdownPhase(Binder.get(environment)
			.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
			.orElse(DEFAULT_TIMEOUT));
	}

	/**
	 * How long it may take to leave the group, so that Spring is told before it stops
	 * waiting.
	 * @return the time
	 */
	Duration stopTimeout() {
		Duration reserve = this.timeout.dividedBy(20);
		return this.timeout.minus((reserve.compareTo(LONGEST_RESERVE) < 0) ? reserve : LONGEST_RESERVE);
	}

}
