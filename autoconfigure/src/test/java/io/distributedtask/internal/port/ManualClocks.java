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

package io.distributedtask.internal.port;

import java.time.Duration;

import io.distributedtask.internal.member.Contact;

/**
 * Clocks that a test moves.
 */
public final class ManualClocks implements Clocks {

	private long nanos = 1_000_000_000L;

	private long millis = 1_795_500_000_000L;

	public void advance(Duration time) {
		this.nanos += time.toNanos();
		this.millis += time.toMillis();
	}

	public void advanceWallClock(Duration time) {
		this.millis += time.toMillis();
	}

	public void advanceMonotonicClock(Duration time) {
		this.nanos += time.toNanos();
	}

	public Contact now() {
		return new Contact(this.nanos, this.millis);
	}

	@Override
	public long nanos() {
		return this.nanos;
	}

	@Override
	public long millis() {
		return this.millis;
	}

}
