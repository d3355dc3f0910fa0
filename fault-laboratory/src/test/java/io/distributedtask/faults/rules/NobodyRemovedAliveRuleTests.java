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

package io.distributedtask.faults.rules;

import io.distributedtask.faults.history.FaultKind;
import io.distributedtask.faults.rules.Violation.Promise;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NobodyRemovedAliveRule}, on histories written by hand.
 */
class NobodyRemovedAliveRuleTests {

	private static final String SHARD = "crawl#0";

	private final Story story = new Story().up("i1-1", "i2-1").watched("i1-1", "id-1").watched("i2-1", "id-2");

	@Test
	void aProcessThatWasKilledIsFine() {
		this.story.owns(0, 2, "i1-1", SHARD, 1)
			.fault(2, 5, FaultKind.KILL, "i1")
			.foundEnded(2.01, "i2-1", "i1", "id-1")
			.crashed(2.2, "i2-1", "i1", 190)
			.owns(2.2, 6, "i2-1", SHARD, 2);
		assertThat(this.story.violations()).isEmpty();
		assertThat(this.story.verdict().figures().notes()).containsEntry(NobodyRemovedAliveRule.FOUND, 1L)
			.containsEntry(NobodyRemovedAliveRule.REMOVED, 1L)
			.containsEntry(NobodyRemovedAliveRule.SOON, 1L)
			.containsEntry(NobodyRemovedAliveRule.LONGEST, 190L);
	}

	@Test
	void aProcessThatOwnsSomethingLaterIsFound() {
		this.story.owns(0, 2, "i1-1", SHARD, 1).foundEnded(1, "i2-1", "i1", "id-1").owns(4, 6, "i2-1", SHARD, 2);
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE))
			.containsExactly("i2-1 took i1-1 for ended, which owned something 10 ms later");
	}

	@Test
	void aFrozenProcessShowsThatItLivesWhenItGoesOn() {
		this.story.owns(0, 2, "i1-1", SHARD, 1)
			.fault(2, 7, FaultKind.FREEZE_LONG, "i1")
			.foundEnded(3, "i2-1", "i1", "id-1")
			.owns(3.2, 20, "i2-1", SHARD, 2)
			.owns(8, 20, "i1-1", "crawl#1", 3);
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE)).singleElement()
			.asString()
			.contains("i1-1 for ended, which owned something 50");
	}

	@Test
	void aFrozenProcessThatIsKilledLaterIsFound() {
		this.story.owns(0, 2, "i1-1", SHARD, 1)
			.fault(2, 7, FaultKind.FREEZE_LEADER, "i1")
			.foundEnded(3, "i2-1", "i1", "id-1")
			.fault(6, 8, FaultKind.KILL, "i1")
			.owns(3.2, 20, "i2-1", SHARD, 2);
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE))
			.containsExactly("i2-1 took i1-1 for ended, which was killed 3000 ms later");
	}

	@Test
	void theNextProcessOfAnInstanceIsAnotherOne() {
		this.story.owns(0, 2, "i1-1", SHARD, 1)
			.fault(2, 2.5, FaultKind.KILL_NEIGHBORS, "i3,i1")
			.started(2.5, "i1-2")
			.watched("i1-2", "id-3")
			.foundEnded(2.01, "i2-1", "i1", "id-1")
			.owns(5, 9, "i1-2", SHARD, 2)
			.owns(-1, 9, "i2-1", "crawl#1", 1);
		assertThat(this.story.violations()).isEmpty();
	}

	@Test
	void whoStopsInOrderMustNotBeTakenForEndedWhileItOwnsSomething() {
		this.story.owns(0, 3, "i1-1", SHARD, 1)
			.stopping(1, "i1-1")
			.foundEnded(2, "i2-1", "i1", "id-1")
			.stopped(4, "i1-1");
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE)).hasSize(1);
	}

	@Test
	void whoHasStoppedInOrderMayBeTakenForEnded() {
		this.story.handsOver(0, 2, "i1-1", SHARD, 1)
			.stopping(1, "i1-1")
			.foundEnded(3, "i2-1", "i1", "id-1")
			.stopped(4, "i1-1");
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE)).isEmpty();
	}

	@Test
	void aKillOfTheNextProcessIsNoneOfTheFormer() {
		this.story.handsOver(0, 2, "i1-1", SHARD, 1)
			.stopping(1, "i1-1")
			.foundEnded(3, "i2-1", "i1", "id-1")
			.stopped(3.1, "i1-1")
			.starting(3.2, "i1-2")
			.fault(3.6, 6, FaultKind.KILL, "i1");
		assertThat(this.story.violations(Promise.NOBODY_REMOVED_ALIVE)).isEmpty();
	}

	@Test
	void faultsOfTheWatchAreNoReasonToLoseALease() {
		for (FaultKind kind : FaultKind.OF_THE_WATCH) {
			Story own = new Story().up("i1-1")
				.owns(0, 5, "i1-1", SHARD, 1)
				.fault(2, 7, kind, "i1")
				.lost(5.1, "i1-1", SHARD, 1);
			assertThat(own.violations(Promise.LEASE_OF_ITS_OWN)).as("%s", kind).hasSize(1);
		}
	}

	@Test
	void aFaultOfSeveralInstancesIsOneInTheReport() {
		this.story.fault(2, 3, FaultKind.KILL_NEIGHBORS, "i1,i2,i3");
		assertThat(this.story.verdict().figures().faults()).containsOnlyKeys(FaultKind.KILL_NEIGHBORS).containsValue(1);
	}

}
