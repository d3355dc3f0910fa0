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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskId;
import io.distributedtask.event.GroupRebalancedEvent;
import io.distributedtask.event.GroupRebalancedEvent.Cause;
import io.distributedtask.event.InstanceCrashedEvent;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.Occasion;
import io.distributedtask.internal.message.ShardNames;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RebalanceReport}.
 */
class RebalanceReportTests {

	private final ManualClocks clocks = new ManualClocks();

	private RebalanceReport report = new RebalanceReport(settings(false), this.clocks);

	private static MemberSettings settings(boolean local) {
		Duration second = Duration.ofSeconds(1);
		return new MemberSettings("shop-tasks", "me", () -> null, Map.of(), 1.0, second, second, second, second,
				Duration.ZERO, false, local);
	}

	@Test
	void theFirstOneIsTheStartOfThisInstance() {
		this.report.joins("nothing");
		this.clocks.advance(Duration.ofMillis(42));
		GroupRebalancedEvent event = end(assignment(7, 3));
		assertThat(event.cause()).isEqualTo(Cause.STARTED);
		assertThat(event.duration()).isEqualTo(Duration.ofMillis(42));
		assertThat(event)
			.extracting(GroupRebalancedEvent::generation, GroupRebalancedEvent::leader, GroupRebalancedEvent::instances)
			.containsExactly(7, "a", 3);
	}

	@Test
	void everyInstanceGoesByWhatTheLeaderTells() {
		end(assignment(7, 3));
		GroupRebalancedEvent event = end(assignment(8, 3).withOccasion(new Occasion(Cause.LEFT, "b left, c joined")));
		assertThat(event.cause()).isEqualTo(Cause.LEFT);
		assertThat(event.reason()).isEqualTo("b left, c joined");
	}

	@Test
	void whereThereIsNoRoomForAReasonItSaysSo() {
		end(assignment(7, 3));
		GroupRebalancedEvent event = end(assignment(8, 2));
		assertThat(event.cause()).isEqualTo(Cause.OTHER);
		assertThat(event.reason()).isEqualTo("the group's record has no room for the reason");
	}

	@Test
	void timeCountsFromWhenTheRebalanceWasNoticed() {
		end(assignment(7, 3));
		this.clocks.advance(Duration.ofSeconds(10));
		this.report.begins();
		this.clocks.advance(Duration.ofMillis(30));
		this.report.joins(null);
		this.clocks.advance(Duration.ofMillis(12));
		assertThat(end(assignment(8, 3)).duration()).isEqualTo(Duration.ofMillis(42));
	}

	@Test
	void theTimeOfAnInstanceThatWasCutOffIsNotThatOfARebalance() {
		end(assignment(7, 3));
		this.report.begins();
		this.clocks.advance(Duration.ofSeconds(10));
		this.report.interrupted(Instant.EPOCH, "the lease has expired");
		this.clocks.advance(Duration.ofHours(1));
		this.report.joins(null);
		this.clocks.advance(Duration.ofMillis(42));
		assertThat(end(assignment(8, 3)).duration()).isEqualTo(Duration.ofMillis(42));
	}

	@Test
	void theEventHasWhatWasHandedOverAndWhatFailedOver() {
		end(assignment(7, 3));
		this.report.ends(assignment(11, 3), Map.of(new TaskId("crawler", 1), Duration.ofMillis(20)));
		GroupRebalancedEvent event = (GroupRebalancedEvent) this.report
			.events(Map.of(new TaskId("crawler", 2), Duration.ofSeconds(9)))
			.get(0);
		assertThat(event.handedOver()).containsOnlyKeys(new TaskId("crawler", 1));
		assertThat(event.failedOver()).containsOnlyKeys(new TaskId("crawler", 2));
	}

	@Test
	void aCrashThatWasFoundHereIsTheReasonAndIsToldWhenOthersHaveTheShards() {
		end(assignment(7, 3));
		long since = this.clocks.nanos();
		this.clocks.advance(Duration.ofMillis(5));
		this.report.crashed("b", since);
		this.report.joins(null);
		assertThat(this.report.requestReason()).contains("crash watch").contains("process of b has ended");
		this.clocks.advance(Duration.ofMillis(40));
		this.report.ends(assignment(8, 2), Map.of());
		assertThat(this.report.events(Map.of())).hasSize(2)
			.endsWith(new InstanceCrashedEvent("b", Duration.ofMillis(45)));
		this.report.ends(assignment(9, 2), Map.of());
		assertThat(this.report.events(Map.of())).as("told once").hasSize(1);
	}

	@Test
	void whoIsForgottenStartsAgain() {
		end(assignment(7, 3));
		this.report.membershipLost();
		assertThat(end(assignment(9, 3)).cause()).isEqualTo(Cause.STARTED);
	}

	private GroupRebalancedEvent end(MemberAssignment assignment) {
		this.report.ends(assignment, Map.of());
		return (GroupRebalancedEvent) this.report.events(Map.of()).get(0);
	}

	private static MemberAssignment assignment(int generation, int instances) {
		return new MemberAssignment(generation, "a", "a", "me", instances, 1, List.of(), List.of(), List.of(),
				List.of(), null);
	}

	private static Grant grant(int generation, int... shards) {
		return new Grant("crawler", 8, 100, Instant.EPOCH, generation, Origin.HANDED_OVER, ShardSet.of(shards));
	}

	private static Map<String, MemberAssignment> plan(int generation, String... names) {
		Map<String, MemberAssignment> plan = new HashMap<>();
		for (String name : names) {
			plan.put("id-" + name, new MemberAssignment(generation, names[0], name, "me", names.length, 1, List.of(),
					List.of(), List.of(), List.of(), null));
		}
		return plan;
	}

	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class InTheLog {

		@Test
		void theLeadersLineHasNamesAndNumbers(CapturedOutput output) {
			info(() -> {
				end(assignment(7, 2));
				Map<String, MemberAssignment> plan = plan(8, "a", "c");
				plan.put("id-c",
						new MemberAssignment(8, "a", "c", "me", 2, 1, List.of(grant(8, 0, 1, 2), grant(5, 3)),
								List.of(new Shards("crawler", ShardSet.of(4))), List.of(),
								List.of(new Unassigned("crawler", ShardSet.of(5, 6), "why")), null));
				RebalanceReportTests.this.report.planned(8, plan);
				end(assignment(8, 2).withOccasion(new Occasion(Cause.LEFT, "b left, c joined")));
			});
			assertThat(output).contains("Group 'shop-tasks' rebalanced to generation 8 in 0 ms: b left, c joined. "
					+ "2 instances, leader 'a' (this one): 3 shards assigned, 1 to be stopped first, 2 unassigned");
		}

		@Test
		void withoutAGroupThereIsNoTalkOfOne(CapturedOutput output) {
			RebalanceReportTests.this.report = new RebalanceReport(settings(true), RebalanceReportTests.this.clocks);
			info(() -> {
				end(assignment(1, 1));
				RebalanceReportTests.this.report.joins("tasks were registered");
				end(assignment(2, 1));
			});
			assertThat(output).containsOnlyOnce("Instance 'me' is in no group").doesNotContain("rebalanced", "leader");
		}

		@Test
		void aFollowersLineHasNoNumbersOfThePlan(CapturedOutput output) {
			info(() -> {
				RebalanceReportTests.this.report.planned(7, plan(7, "a", "b"));
				end(assignment(8, 1).withOccasion(new Occasion(Cause.LEFT, "b left")));
			});
			assertThat(output).contains("generation 8 in 0 ms: b left. 1 instance, leader 'a'")
				.as("its own plan of 7 was never in force")
				.doesNotContain("assigned");
		}

		@Test
		void shardsAreNamedByTaskAndRange() {
			List<TaskId> ids = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				ids.add(new TaskId("crawler", i));
			}
			ids.add(new TaskId("audit", 0));
			assertThat(ShardNames.of(ids)).isEqualTo("9 shards: audit[0], crawler[0-7]");
			for (int i = 0; i < 30; i++) {
				ids.add(new TaskId("tenant-%02d".formatted(i), 0));
			}
			assertThat(ShardNames.of(ids)).startsWith("39 shards: audit[0], ")
				.endsWith("tenant-17[0] and 12 more tasks");
			assertThat(ShardNames.of(List.of(new TaskId("audit", 0)))).isEqualTo("1 shard: audit[0]");
		}

		private void info(Runnable action) {
			LoggingSystem system = LoggingSystem.get(getClass().getClassLoader());
			system.setLogLevel(RebalanceReport.class.getName(), LogLevel.INFO);
			try {
				action.run();
			}
			finally {
				system.setLogLevel(RebalanceReport.class.getName(), null);
			}
		}

	}

}
