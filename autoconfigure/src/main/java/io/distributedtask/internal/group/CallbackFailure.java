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

package io.distributedtask.internal.group;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A callback of Kafka's client has failed. Kafka's client expects only unchecked
 * exceptions: an {@link Error} would leave the join incomplete for ever, and one of
 * Kafka's own exceptions, thrown by the application's code, would be misunderstood by
 * Kafka's client.
 */
@SuppressWarnings("serial")
public final class CallbackFailure extends RuntimeException {

	private CallbackFailure(Throwable cause) {
		super(cause);
	}

	/**
	 * Call something on behalf of Kafka's client.
	 * @param <T> the type of the result
	 * @param callback the call
	 * @return its result
	 * @throws CallbackFailure whatever it throws
	 */
	public static <T extends @Nullable Object> T guard(Supplier<T> callback) {
		try {
			return callback.get();
		}
		catch (Throwable ex) {
			throw new CallbackFailure(ex);
		}
	}

	/**
	 * Call something on behalf of Kafka's client.
	 * @param callback the call
	 * @throws CallbackFailure whatever it throws
	 */
	public static void guard(Runnable callback) {
		try {
			callback.run();
		}
		catch (Throwable ex) {
			throw new CallbackFailure(ex);
		}
	}

	/**
	 * The exception that was thrown, for code outside Kafka's client.
	 * @return the exception, unless it is an error, which is thrown
	 */
	RuntimeException unwrap() {
		Throwable cause = getCause();
		if (cause instanceof Error error) {
			throw error;
		}
		return (cause instanceof RuntimeException exception) ? exception : new IllegalStateException(cause);
	}

}
