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
import java.util.List;
import java.util.Map;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.event.TaskLostEvent;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.ShardSet;
import io.distributedtask.internal.port.ManualClocks;
import io.distributedtask.internal.port.MemberSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OwnedShards} whose code does not stop.
 */
class StuckShardsTests {

	private static final TaskId ID = new TaskId("crawler", 0);

	private static final Duration REVOKE_TIMEOUT = Duration.ofSeconds(30);

	private final ManualClocks clocks = new ManualClocks();

	private final RecordingRunner runner = new RecordingRunner(TaskDefinition.of("crawler"));

	private final OwnedShards shards = new OwnedShards(this.runner, (event) -> {
	}, this.clocks);

	private final Lease lease = new Lease(this.clocks, Duration.ofHours(1), Duration.ofHours(1), this.clocks.now(),
			this.clocks.now());

	@BeforeEach
	void own() {
		this.runner.stopAtOnce(false);
		apply(assignment(List.of(new Grant("crawler", 1, 100, Instant.EPOCH, 1, Origin.HANDED_OVER, ShardSet.of(0))),
				List.of()));
	}

	@Test
	void ownedIsNeverStuck() {
		this.clocks.advance(Duration.ofMinutes(10));
		assertThat(stuck()).isEmpty();
		assertThat(reason()).isNull();
	}

	@Test
	void revokedIsStuckAfterTheRevokeTimeout() {
		Instant told = Instant.ofEpochMilli(this.clocks.millis());
		revoke();
		this.clocks.advance(REVOKE_TIMEOUT);
		assertThat(stuck()).isEmpty();
		assertThat(reason()).isEqualTo("told to stop at " + told);
		this.clocks.advance(Duration.ofMillis(1));
		assertThat(stuck()).containsExactly(ID);
		assertThat(reason())
			.isEqualTo("told to stop at %s, and has not stopped within revoke-timeout (30000 ms)".formatted(told));
	}

	@Test
	void lostIsStuckAfterTheRevokeTimeout() {
		Instant told = Instant.ofEpochMilli(this.clocks.millis());
		this.shards.loseAll(TaskLostEvent.Cause.LEASE_EXPIRED, "the lease has expired");
		assertThat(reason()).isEqualTo("lost, and told to stop at " + told);
		this.clocks.advance(REVOKE_TIMEOUT.plusMillis(1));
		assertThat(stuck()).containsExactly(ID);
		assertThat(reason()).startsWith("lost, and told to stop at " + told + ", and has not stopped");
	}

	@Test
	void lostWhileRevokedHasBeenToldToStopOnce() {
		revoke();
		this.clocks.advance(REVOKE_TIMEOUT.dividedBy(2));
		this.shards.loseAll(TaskLostEvent.Cause.LEASE_EXPIRED, "the lease has expired");
		this.clocks.advance(REVOKE_TIMEOUT.dividedBy(2).plusMillis(1));
		assertThat(stuck()).containsExactly(ID);
	}

	@Test
	void stoppedIsNotStuckThoughNobodyHasTakenNoteYet() {
		revoke();
		this.clocks.advance(REVOKE_TIMEOUT.plusMillis(1));
		this.runner.finish(ID);
		assertThat(stuck()).isEmpty();
	}

	@Test
	void onlyWhatIsStoppingIsHurried() {
		this.shards.hurryAll();
		assertThat(this.runner.calls()).doesNotContain("hurry crawler[0]");
		revoke();
		this.shards.hurryAll();
		assertThat(this.runner.calls()).containsOnlyOnce("hurry crawler[0]");
		this.runner.finish(ID);
		this.shards.hurryAll();
		assertThat(this.runner.calls()).containsOnlyOnce("hurry crawler[0]");
	}

	private List<TaskId> stuck() {
		return this.shards.stuck(REVOKE_TIMEOUT);
	}

	private String reason() {
		OwnedShard shard = this.shards.get(ID);
		return (shard != null) ? shard.reason(this.clocks.nanos(), REVOKE_TIMEOUT) : "not held";
	}

	private void revoke() {
		apply(assignment(List.of(), List.of(new Shards("crawler", ShardSet.of(0)))));
	}

	private void apply(MemberAssignment assignment) {
		MemberSettings settings = new MemberSettings("group", "a", () -> null, Map.of(), 1.0, Duration.ofMillis(500),
				Duration.ofSeconds(10), Duration.ofSeconds(20), REVOKE_TIMEOUT);
		this.shards.apply(assignment, this.lease, new Session(settings, this.clocks), true, () -> {
		});
	}

	private static MemberAssignment assignment(List<Grant> grants, List<Shards> revoked) {
		return new MemberAssignment(1, "leader", "a", "me", 1, 100, grants, revoked, List.of(), List.of(), null);
	}

}
