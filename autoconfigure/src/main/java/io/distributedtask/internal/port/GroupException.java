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
 * The group cannot be reached, or rejects this member.
 */
@SuppressWarnings("serial")
public class GroupException extends RuntimeException {

	private final boolean needsRemedy;

	/**
	 * Create a new exception.
	 * @param message what is wrong and, if it needs a remedy, what to change
	 * @param needsRemedy whether it lasts until somebody changes something: rarely
	 * retried, and shown as unhealthy at once
	 * @param cause the cause
	 */
	public GroupException(String message, boolean needsRemedy, Throwable cause) {
		super(message, cause);
		this.needsRemedy = needsRemedy;
	}

	public boolean needsRemedy() {
		return this.needsRemedy;
	}

}
