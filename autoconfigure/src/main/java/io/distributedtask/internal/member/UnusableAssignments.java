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

/**
 * When to join again after an assignment that cannot be used. Each attempt is a rebalance
 * for all members, so attempts become rare.
 */
final class UnusableAssignments {

	private static final Duration FIRST_RETRY = Duration.ofSeconds(5);

	private static final Duration LAST_RETRY = Duration.ofMinutes(5);

	private int inARow;

	Duration retry() {
		Duration retry = FIRST_RETRY.multipliedBy(1L << Math.min(this.inARow++, 10));
		return (retry.compareTo(LAST_RETRY) < 0) ? retry : LAST_RETRY;
	}

	void end() {
		this.inARow = 0;
	}

}
