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
 * The brokers could not store the group with all its present members. This affects all of
 * them: a member without shards should leave.
 */
@SuppressWarnings("serial")
public final class GroupRecordRefusedException extends GroupException {

	/**
	 * Create a new exception.
	 * @param message what is wrong and what to change
	 * @param cause the cause
	 */
	public GroupRecordRefusedException(String message, Throwable cause) {
		super(message, true, cause);
	}

}
