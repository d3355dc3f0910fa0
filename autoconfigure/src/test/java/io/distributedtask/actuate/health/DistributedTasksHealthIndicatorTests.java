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

import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.DistributedTasks;
import io.distributedtask.Membership;
import io.distributedtask.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link DistributedTasksHealthIndicator}.
 */
class DistributedTasksHealthIndicatorTests {

	private static final Instant CONTACT = Instant.parse("2026-11-24T10:15:30.123Z");

	private final DistributedTasks distributedTasks = mock(DistributedTasks.class);

	private final DistributedTasksHealthIndicator indicator = new DistributedTasksHealthIndicator(
			this.distributedTasks);

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "DISCONNECTED", "STOPPED" })
	void upInEveryLiveState(GroupStatus state) {
		Health health = health(new Membership("shop-1", state, 12, CONTACT, 7, List.of(), null, false));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("instance", "shop-1")
			.containsEntry("state", state.name())
			.containsEntry("generation", 12)
			.containsEntry("owned", 7)
			.containsEntry("lastContact", CONTACT)
			.containsEntry("stuck", List.of())
			.doesNotContainKey("problem");
	}

	@Test
	void upAlthoughTheCrashWatchSeesLess() {
		Health health = health(new Membership("shop-1", GroupStatus.STABLE, 12, CONTACT, 7, List.of(), null, false,
				new Membership.Watch("10.0.0.4:41234",
						List.of(new Membership.WatchedInstance("shop-2", true, null),
								new Membership.WatchedInstance("shop-3", false, "there is a proxy in between")),
						2, null)));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("watch", Map.of("watchers", 2, "watching",
				Map.of("shop-2", "watched", "shop-3", "there is a proxy in between")));
	}

	@Test
	void upAlthoughNobodyCanWatchIt() {
		Health health = health(new Membership("shop-1", GroupStatus.STABLE, 12, CONTACT, 7, List.of(), null, false,
				new Membership.Watch(null, List.of(), 0, "The port is in use")));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("watch",
				Map.of("problem", "The port is in use", "watching", Map.of()));
	}

	@Test
	void downWhenDisconnected() {
		Health health = health(
				new Membership("shop-1", GroupStatus.DISCONNECTED, 12, CONTACT, 0, List.of(), "No answer", false));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("problem", "No answer");
	}

	@Test
	void downWhenSomebodyHasToChangeSomething() {
		Health health = health(new Membership("shop-1", GroupStatus.JOINING, -1, null, 0, List.of(),
				"Grant READ on group 'shop-tasks'", true));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails()).containsEntry("problem", "Grant READ on group 'shop-tasks'")
			.doesNotContainKey("lastContact");
	}

	@Test
	void problemThatPassesIsADetail() {
		Health health = health(
				new Membership("shop-1", GroupStatus.JOINING, -1, null, 0, List.of(), "No broker yet", false));
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("problem", "No broker yet");
	}

	@Test
	void outOfServiceWhenStopped() {
		Health health = health(new Membership("shop-1", GroupStatus.STOPPED, 12, CONTACT, 0, List.of(), null, false));
		assertThat(health.getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
	}

	@Test
	void namesStuckShards() {
		Health health = health(new Membership("shop-1", GroupStatus.STABLE, 12, CONTACT, 0,
				List.of(new TaskId("crawler", 3)), null, false));
		assertThat(health.getDetails()).containsEntry("stuck", List.of("crawler[3]"));
	}

	private Health health(Membership membership) {
		given(this.distributedTasks.membership()).willReturn(membership);
		Health health = this.indicator.health();
		assertThat(health).isNotNull();
		return health;
	}

}
