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

package io.distributedtask.autoconfigure;

/**
 * A property has a value that it must not have.
 */
@SuppressWarnings("serial")
class InvalidDistributedTaskPropertyException extends DistributedTaskConfigurationException {

	private final String name;

	/**
	 * Create a new exception.
	 * @param name the full name of the property
	 * @param value its value
	 * @param reason what is wrong with the value, without a full stop
	 * @param action what to change
	 */
	InvalidDistributedTaskPropertyException(String name, Object value, String reason, String action) {
		super("Property '%s' has the invalid value '%s'. %s.".formatted(name, value, reason), action);
		this.name = name;
	}

	String name() {
		return this.name;
	}

}
