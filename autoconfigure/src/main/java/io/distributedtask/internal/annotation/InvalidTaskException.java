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

package io.distributedtask.internal.annotation;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;

/**
 * Something cannot be the task that it is declared to be. Thrown while the application
 * starts.
 */
@SuppressWarnings("serial")
public class InvalidTaskException extends RuntimeException {

	private final String action;

	/**
	 * Create an exception.
	 * @param message what is wrong and where
	 * @param action what to do about it
	 */
	public InvalidTaskException(String message, String action) {
		this(message, action, null);
	}

	/**
	 * Create an exception.
	 * @param message what is wrong and where
	 * @param action what to do about it
	 * @param cause who noticed
	 */
	public InvalidTaskException(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * What has failed, and what is at the bottom of it: why an expression cannot be
	 * evaluated is told by its cause only.
	 */
	static String reason(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		String message = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
		String bottom = Objects.requireNonNullElseGet(cause.getMessage(), cause::toString);
		return message.contains(bottom) ? message : message + ": " + bottom;
	}

	/**
	 * This problem as that of a task whose name is known.
	 */
	InvalidTaskException of(String task) {
		return new InvalidTaskException("Task '%s': %s".formatted(task, getMessage()), this.action, getCause());
	}

	/**
	 * What to do about it.
	 * @return one or more sentences
	 */
	public String action() {
		return this.action;
	}

}
