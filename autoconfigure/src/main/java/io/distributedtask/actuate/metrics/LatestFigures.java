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

package io.distributedtask.actuate.metrics;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The figures of the last moment: all meters are read together, and to count the shards
 * once does for all of them.
 */
final class LatestFigures {

	private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

	private final Supplier<InstanceFigures> source;

	private InstanceFigures latest = InstanceFigures.NONE;

	private long takenNanos;

	private boolean taken;

	LatestFigures(Supplier<InstanceFigures> source) {
		this.source = source;
	}

	/**
	 * The figures, as they were a moment ago.
	 */
	synchronized InstanceFigures latest() {
		return (this.taken && System.nanoTime() - this.takenNanos < LONGEST_NANOS) ? this.latest : now();
	}

	/**
	 * The figures, as they are.
	 */
	synchronized InstanceFigures now() {
		this.latest = this.source.get();
		this.takenNanos = System.nanoTime();
		this.taken = true;
		return this.latest;
	}

}
