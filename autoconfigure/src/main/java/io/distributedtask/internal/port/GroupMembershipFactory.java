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
 * Makes memberships of the group: one for each time the application's lifecycle starts. A
 * bean of this type takes the place of Kafka: not for applications, but for
 * {@code distributed-task-spring-boot-starter-test}, which is a module of its own.
 */
@FunctionalInterface
public interface GroupMembershipFactory {

	/**
	 * Make a membership that has not joined yet.
	 * @param instance the name of this instance
	 * @return a new membership
	 */
	GroupMembership create(String instance);

}
