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

package io.distributedtask.internal.execution;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.event.Level;

/**
 * What application code has thrown. Reading its message or its stack calls application
 * code, too, which may fail.
 *
 * @param thrown what was thrown
 */
record Failure(Throwable thrown) {

	private static final int MOST_CAUSES = 50;

	private static final int MAX_ERROR_LENGTH = 500;

	private static final int MAX_STACK_LENGTH = 8000;

	void log(Logger logger, Level level, String message) {
		try {
			logger.atLevel(level).setCause(this.thrown).log(message);
		}
		catch (Throwable ex) {
			logger.atLevel(level).log("{}: {}", message, name());
		}
	}

	/**
	 * Whether it, or one of its causes, has the type: libraries wrap exceptions that end
	 * their waits.
	 */
	boolean isDueTo(Predicate<Throwable> lookedFor) {
		Throwable cause = this.thrown;
		for (int i = 0; i < MOST_CAUSES && cause != null; i++) {
			if (lookedFor.test(cause)) {
				return true;
			}
			try {
				cause = cause.getCause();
			}
			catch (Throwable ex) {
				return false;
			}
		}
		return false;
	}

	/**
	 * The error in one line.
	 */
	String text() {
		String message = or(this.thrown::getMessage, "");
		if (this.thrown instanceof OwnershipWork.NotRunningException && message != null) {
			// Our own exception, created for its message: its class does not help
			return abbreviate(message, MAX_ERROR_LENGTH);
		}
		return abbreviate((message != null && !message.isEmpty()) ? name() + ": " + message : name(), MAX_ERROR_LENGTH);
	}

	String stack() {
		return abbreviate(or(() -> {
			StringWriter text = new StringWriter();
			this.thrown.printStackTrace(new PrintWriter(text));
			return text.toString();
		}, name()), MAX_STACK_LENGTH);
	}

	private String name() {
		return this.thrown.getClass().getName();
	}

	private static String or(Supplier<String> text, String otherwise) {
		try {
			return text.get();
		}
		catch (Throwable ex) {
			return otherwise;
		}
	}

	/**
	 * The log contains all of it; the endpoint shows an abbreviation.
	 */
	private static String abbreviate(String text, int limit) {
		return (text.length() <= limit) ? text : text.substring(0, limit - 1) + "…";
	}

}
