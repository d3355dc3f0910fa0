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

import org.jspecify.annotations.Nullable;

/**
 * Bytes from another member that are no message, or a message that breaks a limit.
 */
@SuppressWarnings("serial")
final class MalformedMessageException extends RuntimeException {

	MalformedMessageException(String message) {
		this(message, null);
	}

	MalformedMessageException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
