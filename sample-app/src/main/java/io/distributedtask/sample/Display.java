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

package io.distributedtask.sample;

import java.time.Duration;

/**
 * Where the demonstration is seen. Used by one thread.
 */
interface Display extends AutoCloseable {

	/**
	 * Something has happened.
	 * @param elapsed when, since the first instances were up
	 * @param text what, in one or more lines
	 */
	void event(Duration elapsed, String text);

	/**
	 * This is how things stand.
	 * @param snapshot the state of the demonstration
	 */
	void show(Snapshot snapshot);

	/**
	 * How long to wait between two calls of {@link #show(Snapshot)}.
	 * @return the interval
	 */
	Duration interval();

	/**
	 * Leave the terminal as it was.
	 */
	@Override
	void close();

}
