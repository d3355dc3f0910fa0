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

package io.distributedtask.internal.group.wire;

import org.jspecify.annotations.Nullable;

/**
 * Bytes from another member that are not a message, or a message that exceeds a limit.
 */
@SuppressWarnings("serial")
public final class MalformedMessageException extends RuntimeException {

	/** Enough to recognize the content. */
	private static final int MAX_LENGTH = 300;

	MalformedMessageException(String message) {
		this(message, null);
	}

	MalformedMessageException(String message, @Nullable Throwable cause) {
		super(inOneLine(message), cause);
	}

	/**
	 * A text that quotes another member, fit for a log: what it wrote must not look like
	 * lines of ours.
	 */
	static String inOneLine(String text) {
		String line = text.codePoints()
			.map((c) -> Character.isISOControl(c) ? ' ' : c)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
		return line.strip();
	}

	@Override
	public String getMessage() {
		String message = String.valueOf(super.getMessage());
		return (message.length() <= MAX_LENGTH) ? message : message.substring(0, MAX_LENGTH - 1) + "…";
	}

}
