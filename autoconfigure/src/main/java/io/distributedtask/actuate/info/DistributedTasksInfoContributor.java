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

package io.distributedtask.actuate.info;

import java.util.LinkedHashMap;
import java.util.Map;

import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

/**
 * Contributes the group of this instance, its name, the version of this library, its
 * state, and the number of shards that it owns.
 *
 * @since 0.1.0
 */
public class DistributedTasksInfoContributor implements InfoContributor {

	private final String groupId;

	private final DistributedTasks distributedTasks;

	/**
	 * Create a new contributor.
	 * @param groupId the group
	 * @param distributedTasks supplies this instance's membership
	 */
	public DistributedTasksInfoContributor(String groupId, DistributedTasks distributedTasks) {
		this.groupId = groupId;
		this.distributedTasks = distributedTasks;
	}

	@Override
	public void contribute(Info.Builder builder) {
		Membership membership = this.distributedTasks.membership();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("group", this.groupId);
		details.put("instance", membership.instance());
		String version = getClass().getPackage().getImplementationVersion();
		if (version != null) {
			details.put("version", version);
		}
		details.put("state", membership.state());
		details.put("owned", membership.owned());
		builder.withDetail("distributedTasks", details);
	}

}
