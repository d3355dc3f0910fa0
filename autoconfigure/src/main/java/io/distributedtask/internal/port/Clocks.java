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

/**
 * The two clocks for a lease. The monotonic one may stop while a machine is suspended,
 * the wall clock may be set: the lease has expired when one of them shows that.
 */
public interface Clocks {

	/** The clocks of this machine. */
	Clocks SYSTEM = new Clocks() {

		@Override
		public long nanos() {
			return System.nanoTime();
		}

		@Override
		public long millis() {
			return System.currentTimeMillis();
		}

	};

	/**
	 * The monotonic clock.
	 * @return nanoseconds since some instant
	 */
	long nanos();

	/**
	 * The wall clock.
	 * @return milliseconds since the epoch
	 */
	long millis();

}
