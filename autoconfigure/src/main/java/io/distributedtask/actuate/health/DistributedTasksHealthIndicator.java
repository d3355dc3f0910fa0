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

package io.distributedtask.actuate.health;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of this instance's membership in the group. Down when the coordinator has not
 * answered for longer than the lease, or when there is a problem that somebody has to
 * fix. A rebalance is normal: if it were down, a restart because of that would cause the
 * next rebalance.
 *
 * @since 0.1.0
 */
public class DistributedTasksHealthIndicator extends AbstractHealthIndicator {

	private final DistributedTasks distributedTasks;

	/**
	 * Create a new indicator.
	 * @param distributedTasks supplies this instance's membership
	 */
	public DistributedTasksHealthIndicator(DistributedTasks distributedTasks) {
		super("Membership of the group of distributed tasks could not be determined");
		this.distributedTasks = distributedTasks;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Membership membership = this.distributedTasks.membership();
		if (membership.state() == GroupStatus.STOPPED) {
			builder.outOfService();
		}
		else if (membership.state() == GroupStatus.DISCONNECTED || membership.needsRemedy()) {
			builder.down();
		}
		else {
			builder.up();
		}
		builder.withDetail("instance", membership.instance())
			.withDetail("state", membership.state().name())
			.withDetail("generation", membership.generation())
			.withDetail("owned", membership.owned());
		if (membership.lastContact() != null) {
			builder.withDetail("lastContact", membership.lastContact());
		}
		builder.withDetail("stuck", membership.stuck().stream().map(TaskId::toString).toList());
		if (membership.watch() != null) {
			builder.withDetail("watch", describe(membership.watch()));
		}
		if (membership.problem() != null) {
			builder.withDetail("problem", membership.problem());
		}
	}

	/**
	 * What does not work here is no reason to be down: a session timeout decides then.
	 */
	private static Map<String, Object> describe(Membership.Watch watch) {
		Map<String, Object> details = new LinkedHashMap<>();
		watch.watching()
			.forEach((it) -> details.put(it.instance(),
					it.connected() ? "watched" : Objects.requireNonNullElse(it.problem(), "not connected")));
		return (watch.problem() != null) ? Map.of("problem", watch.problem(), "watching", details)
				: Map.of("watchers", watch.watchers(), "watching", details);
	}

}
