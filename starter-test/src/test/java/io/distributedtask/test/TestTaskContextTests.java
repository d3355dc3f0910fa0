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

package io.distributedtask.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import io.distributedtask.OwnershipLostException;
import io.distributedtask.TaskContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TestTaskContext}.
 */
class TestTaskContextTests {

	@Test
	void isOwnedUntilItsLeaseEnds() {
		TestTaskContext task = TestTaskContext.of("crawler");
		assertThat(task.isOwned()).isTrue();
		assertThat(task.leaseRemaining()).isPositive();
		task.ensureOwned();
		task.endLease();
		assertThat(task.isOwned()).isFalse();
		assertThat(task.leaseRemaining()).isZero();
		assertThatExceptionOfType(OwnershipLostException.class).isThrownBy(task::ensureOwned)
			.withMessageContaining("crawler");
	}

	@Test
	void hasWhatTheTestHasChosen() {
		Instant time = Instant.parse("2026-01-01T02:00:00Z");
		TestTaskContext task = TestTaskContext.of("crawler")
			.withShard(3, 16)
			.withFencingToken(42)
			.withLeaseRemaining(Duration.ofSeconds(2))
			.withScheduledTime(time);
		assertThat(task.name()).isEqualTo("crawler");
		assertThat(task.shard()).isEqualTo(3);
		assertThat(task.shardCount()).isEqualTo(16);
		assertThat(task.fencingToken()).isEqualTo(42);
		assertThat(task.leaseRemaining()).hasSeconds(2);
		assertThat(task.scheduledTime()).isEqualTo(time);
		assertThat(TestTaskContext.of("crawler").scheduledTime()).isNull();
	}

	@Test
	void endsALoopAfterSomeChecks() {
		TestTaskContext task = TestTaskContext.of("crawler").withChecks(2);
		int rounds = 0;
		while (task.isOwned()) {
			rounds++;
		}
		assertThat(rounds).isEqualTo(2);
		assertThat(task.isOwned()).isFalse();
		assertThat(task.leaseRemaining()).isZero();
	}

	@Test
	void isTheCurrentContextOfWhatItRuns() throws Exception {
		TestTaskContext task = TestTaskContext.of("crawler");
		List<TaskContext> seen = new ArrayList<>();
		task.run(seen::add);
		task.run((same) -> seen.add(TaskContext.current()));
		assertThat(seen).containsExactly(task, task);
		assertThatIllegalStateException().isThrownBy(TaskContext::current);
	}

	@Test
	void rejectsWhatNoContextHas() {
		TestTaskContext task = TestTaskContext.of("crawler");
		assertThatIllegalArgumentException().isThrownBy(() -> task.withFencingToken(0));
		assertThatIllegalArgumentException().isThrownBy(() -> task.withLeaseRemaining(Duration.ZERO))
			.withMessageContaining("endLease()");
		assertThatIllegalArgumentException().isThrownBy(() -> task.withChecks(-1));
		assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> task.withShard(16, 16));
	}

}
