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
import java.util.Map;

import io.distributedtask.internal.message.MemberAssignment;
import org.jspecify.annotations.Nullable;

/**
 * The limit of the record in which the coordinator keeps the group.
 */
public interface Budget {

	/** A record that everything has room in. */
	Budget UNLIMITED = new Budget() {

		@Override
		public long size(Map<String, MemberAssignment> assignments) {
			return 0;
		}

		@Override
		public long limit() {
			return Long.MAX_VALUE;
		}

	};

	/**
	 * The size that the group's record would have.
	 * @param assignments the assignments by member id
	 * @return the size in bytes
	 */
	long size(Map<String, MemberAssignment> assignments);

	/**
	 * The largest size that is safe.
	 * @return the size in bytes
	 */
	long limit();

	/**
	 * When a size above the limit may be possible.
	 * @return the time to wait, or {@code null} when waiting does not help
	 */
	default @Nullable Duration retryAfter() {
		return null;
	}

}
