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

package io.distributedtask.internal.watch;

/**
 * One that the thread of the watch serves.
 */
interface Participant {

	/**
	 * Its channel is ready. Throws nothing.
	 */
	void ready();

	/**
	 * When it has to be told that time has passed, by the monotonic clock;
	 * {@link Long#MAX_VALUE} for never.
	 */
	long deadline();

	/**
	 * The deadline is reached. Throws nothing.
	 */
	void deadlineReached();

	void close();

}
