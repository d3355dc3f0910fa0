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

package io.distributedtask.faults.mutation;

import java.time.Duration;

/**
 * The wall clock of this process, as the code under test reads it: it can be set wrong.
 * Public because it is called from within that code, see {@link Mutations}.
 */
public final class WallClock {

	private static volatile long wrongByMillis;

	private WallClock() {
	}

	/**
	 * Let the wall clock be wrong from now on.
	 * @param by how much it is to be ahead of the right time
	 */
	public static void shift(Duration by) {
		wrongByMillis = by.toMillis();
	}

	/**
	 * What the wall clock shows.
	 * @param millis the right time
	 * @return the time as this process believes it
	 */
	public static long wrong(long millis) {
		return millis + wrongByMillis;
	}

}
