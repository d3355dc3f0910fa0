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

import io.distributedtask.autoconfigure.DistributedTaskProperties.Mode;
import io.distributedtask.internal.annotation.TaskConfigurationException;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * The group that the tasks of this application are shared in.
 *
 * @param value the group id
 */
record GroupId(String value) {

	private static final String LOCAL = "local";

	private static final String DISABLED = "disabled";

	/**
	 * Find the group id.
	 * @throws TaskConfigurationException if nothing names the group
	 */
	static GroupId of(DistributedTaskProperties properties, Environment environment) {
		if (properties.groupId() != null) {
			return new GroupId(properties.groupId());
		}
		String application = environment.getProperty("spring.application.name");
		if (StringUtils.hasText(application)) {
			return new GroupId(application + "-tasks");
		}
		if (properties.mode() == Mode.LOCAL) {
			return new GroupId(LOCAL);
		}
		if (!properties.enabled()) {
			return new GroupId(DISABLED);
		}
		throw new TaskConfigurationException(
				"The Kafka group that shares the distributed tasks has no id: neither 'distributed-task.group-id' nor "
						+ "'spring.application.name' is set.",
				"Set 'spring.application.name' (the group id is then '<name>-tasks'), or set "
						+ "'distributed-task.group-id' to a name that all instances of the application share.");
	}

}
