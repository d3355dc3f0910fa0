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
 * The application cannot start with its tasks declared, or configured, as they are.
 */
@SuppressWarnings("serial")
public final class TaskConfigurationException extends RuntimeException {

	private final String action;

	private final @Nullable String property;

	/**
	 * Create an exception.
	 * @param message what is wrong and where
	 * @param action what to do about it
	 */
	public TaskConfigurationException(String message, String action) {
		this(message, action, null, null);
	}

	private TaskConfigurationException(String message, String action, @Nullable String property,
			@Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
		this.property = property;
	}

	/**
	 * A property has an invalid value.
	 * @param name the full name of the property
	 * @param value its value
	 * @param reason what is wrong with the value, without a full stop
	 * @param action what to do about it
	 * @return the exception
	 */
	public static TaskConfigurationException ofProperty(String name, Object value, String reason, String action) {
		return new TaskConfigurationException(
				"Property '%s' has the invalid value '%s'. %s.".formatted(name, value, reason), action, name, null);
	}

	/**
	 * A declaration cannot be a task.
	 * @param source where it was declared
	 */
	static TaskConfigurationException on(String source, String problem, String action) {
		return on(source, problem, action, null);
	}

	static TaskConfigurationException on(String source, String problem, String action, @Nullable Throwable cause) {
		return new TaskConfigurationException("@DistributedTask on %s: %s".formatted(source, problem), action, null,
				cause);
	}

	/**
	 * The failure and its root cause: only the cause tells why an expression cannot be
	 * evaluated.
	 */
	static String reason(RuntimeException failure) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
		String message = Objects.requireNonNullElseGet(failure.getMessage(), failure::toString);
		String bottom = Objects.requireNonNullElseGet(cause.getMessage(), cause::toString);
		return message.contains(bottom) ? message : message + ": " + bottom;
	}

	/**
	 * The same problem with the name of the task.
	 */
	TaskConfigurationException of(String task) {
		return new TaskConfigurationException("Task '%s': %s".formatted(task, getMessage()), this.action, this.property,
				getCause());
	}

	/**
	 * The runner has rejected a task.
	 */
	static TaskConfigurationException refused(RuntimeException refusal, String source, String action) {
		return new TaskConfigurationException(Objects.requireNonNullElse(refusal.getMessage(), source), action, null,
				refusal);
	}

	/**
	 * What to do about it.
	 * @return one or more sentences
	 */
	public String action() {
		return this.action;
	}

	/**
	 * The property whose value is wrong.
	 * @return its full name, {@code null} if it is not about the value of one
	 */
	public @Nullable String property() {
		return this.property;
	}

}
