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

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The group and how this member takes part in it.
 *
 * @param groupId the group
 * @param staticMemberId Kafka's {@code group.instance.id}, {@code null} for a dynamic
 * member
 * @param assignors the protocol names in order of preference
 * @param heartbeatInterval how often a heartbeat is sent
 * @param sessionTimeout how long the coordinator waits for one
 * @param rebalanceTimeout how long the coordinator waits for members to join again
 */
public record GroupSettings(String groupId, @Nullable String staticMemberId, List<String> assignors,
		Duration heartbeatInterval, Duration sessionTimeout, Duration rebalanceTimeout) {

	public GroupSettings {
		assignors = List.copyOf(assignors);
	}

}
