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

package io.distributedtask.internal.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.TaskAssignor;
import io.distributedtask.internal.leader.AssignorInvoker;
import io.distributedtask.internal.leader.Leader;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.OwnedShards;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AssignmentsView}.
 */
class AssignmentsViewTests {

	private static final TaskDefinition CRAWLER = TaskDefinition.of("crawler");

	private final ManualClocks clocks = new ManualClocks();

	private final AssignmentsView view = view();

	@Test
	void ownersAreKnownWhenOneRebalanceOvertakesAnother() {
		assertThat(shard(description("Stable", assignment()))).extracting(Assignment::owner, Assignment::state)
			.containsExactly("b", AssignmentStatus.OWNED);
		assertThat(shard(description("PreparingRebalance", null))).extracting(Assignment::owner, Assignment::state)
			.containsExactly("b", AssignmentStatus.OWNED);
		assertThat(shard(description("CompletingRebalance", null))).extracting(Assignment::owner, Assignment::state)
			.containsExactly("b", AssignmentStatus.OWNED);
	}

	@Test
	void whatTheCoordinatorSaysOfAStableGroupCounts() {
		shard(description("Stable", assignment()));
		assertThat(shard(description("Stable", null))).extracting(Assignment::owner, Assignment::state)
			.containsExactly(null, AssignmentStatus.UNASSIGNED);
	}

	private Assignment shard(GroupDescription description) {
		Assignments assignments = this.view.assignments(description, Instant.ofEpochMilli(this.clocks.millis()));
		return assignments.tasks().get(0).assignments().get(0);
	}

	private static GroupDescription description(String state, @Nullable MemberAssignment assignment) {
		MemberMetadata metadata = new MemberMetadata("b", "b-1", 0, null, Map.of(), 1.0, false, -1, 0, List.of(CRAWLER),
				List.of(), List.of());
		return new GroupDescription(state, "sticky",
				List.of(new GroupDescription.Member("member-b", "/10.0.0.2", metadata, assignment)));
	}

	private static MemberAssignment assignment() {
		Grant grant = new Grant("crawler", 1, 7, Instant.EPOCH, 3, Origin.HANDED_OVER, ShardSet.of(0));
		return new MemberAssignment(3, "b", "b", "b-1", 1, 7, List.of(grant), List.of(), List.of(), List.of(), null);
	}

	private AssignmentsView view() {
		TaskRunner runner = new IdleRunner();
		MemberSettings settings = new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500),
				Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ZERO, false, false);
		MemberLifecycle life = new MemberLifecycle(settings, "me", runner, new OwnedShards(runner, (event) -> {
		}, this.clocks), new Leader(Map.of("sticky", TaskAssignor.sticky()), new AssignorInvoker(Duration.ofMinutes(1)),
				Duration.ZERO, this.clocks), this.clocks, () -> {
				});
		return new AssignmentsView(settings, runner, life, this.clocks, () -> null);
	}

	/**
	 * Owns nothing here.
	 */
	private static final class IdleRunner implements TaskRunner {

		@Override
		public Collection<TaskDefinition> tasks() {
			return List.of(CRAWLER);
		}

		@Override
		public void start(Ownership ownership) {
			throw new IllegalStateException();
		}

		@Override
		public void revoke(Ownership ownership) {
			throw new IllegalStateException();
		}

		@Override
		public void lost(Ownership ownership) {
			throw new IllegalStateException();
		}

		@Override
		public void hurry(Ownership ownership) {
			throw new IllegalStateException();
		}

		@Override
		public Assignments.@Nullable Execution execution(TaskId id) {
			return null;
		}

	}

}
