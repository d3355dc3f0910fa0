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
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link OwnedInTimeRule}, {@link NothingStopsNeedlesslyRule} and
 * {@link LeaseOfItsOwnRule}, on histories written by hand.
 */
class TimeRulesTests {

	private static final String SHARD = "crawl#0";

	private final Story story = new Story().up("i1-1", "i2-1");

	private Story story() {
		return this.story;
	}

	@Nested
	class OwnedInTime {

		/** Somebody is there all the time, and could own it. */
		@Test
		void aGapIsFoundThatIsLongerThanPromised() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 2.1, FaultKind.KILL, "i1")
				.owns(14.5, 20, "i2-1", SHARD, 2)
				.settled(20);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).singleElement()
				.asString()
				.contains("Nobody owned crawl#0 for 12500 ms after", "(KILL)", "12300 ms are permitted");
		}

		@Test
		void theGapAfterAKillIsCountedFromTheKill() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 3, FaultKind.KILL, "i1")
				.owns(5.26, 20, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().longestGaps())
				.containsExactly(entry("KILL", new Gap(3_260_000_000L, 62_000_000_000L, SHARD)));
		}

		@Test
		void aProcessThatIsNotHeardOfAgainWasKilledInTheStormThatFollows() {
			story().owns(-1, 9, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 4, FaultKind.STORM, "*")
				.started(4, "i1-2")
				.owns(5.5, 9, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().longestGaps()).containsOnlyKeys("STORM");
		}

		@Test
		void theGapAfterAFreezeIsCountedFromTheFreeze() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 7, FaultKind.FREEZE_LONG, "i1")
				.lost(7, "i1-1", SHARD, 1)
				.owns(5, 20, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().longestGaps())
				.containsExactly(entry("FREEZE_LONG", new Gap(3_000_000_000L, 62_000_000_000L, SHARD)));
		}

		@Test
		void theTimeIsCountedAnewFromTheLastDisturbance() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 3, FaultKind.KILL, "i1")
				.fault(10, 12, FaultKind.STALL, "i3")
				.owns(20, 22, "i2-1", SHARD, 2)
				.settled(22);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).isEmpty();
		}

		@Test
		void whileBrokersAreAwayNothingIsPromised() {
			story().owns(-1, 2, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 30, FaultKind.ALL_BROKERS, "*")
				.lost(4.8, "i1-1", SHARD, 1)
				.lost(4.8, "i2-1", "crawl#1", 1)
				.owns(32, 40, "i2-1", SHARD, 2)
				.owns(32, 40, "i2-1", "crawl#1", 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().longestGaps()).containsOnlyKeys("ALL_BROKERS");
		}

		@Test
		void withoutAnyInstanceNothingIsPromised() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 30, FaultKind.KILL, "i1")
				.started(30, "i1-2")
				.owns(36, 40, "i1-2", SHARD, 2);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).isEmpty();
		}

		@Test
		void aShardThatIsNeverOwnedAgainIsFound() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1).handsOver(0, 2, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).singleElement()
				.asString()
				.contains("until the end", "(rebalance)");
		}

		@Test
		void aStubbornTaskMayTakeItsTime() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1)
				.owns(0, 2, "i1-1", "stubborn#0", 1)
				.fault(1, 30, FaultKind.STUBBORN, "i1")
				.runEnd(2, "i1-1", "stubborn#0", 1, "revoked")
				.owns(28, 40, "i2-1", "stubborn#0", 2);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).isEmpty();
		}

		@Test
		void aScheduleThatFallsSilentIsFound() {
			story().owns(-1, 40, "i2-1", "crawl#1", 1).fires(0, 10, "i1-1", "tick", 1).fires(30, 40, "i1-1", "tick", 1);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).singleElement().asString().contains("late run");
		}

		@Test
		void anEpisodeThatDoesNotSettleIsFound() {
			story().owns(-1, 40, "i2-1", SHARD, 1).settling(10);
			assertThat(story().violations(Promise.OWNED_IN_TIME)).containsExactly("Episode 1 did not settle");
		}

		@Test
		void anEpisodeThatSettlesIsFine() {
			story().owns(-1, 40, "i2-1", SHARD, 1).settling(10).settled(12);
			assertThat(story().violations()).isEmpty();
		}

	}

	@Nested
	class NothingStopsNeedlessly {

		@Test
		void aShardThatIsRevokedAndGivenBackIsFound() {
			story().owns(0, 5, "i2-1", "crawl#1", 1).handsOver(0, 2, "i1-1", SHARD, 1).owns(3, 5, "i1-1", SHARD, 2);
			assertThat(story().violations(Promise.NOTHING_STOPS_NEEDLESSLY))
				.containsExactly("crawl#0 on i1-1 under token 1 was revoked, and given back as token 2");
		}

		@Test
		void aShardThatMovesIsFine() {
			story().handsOver(0, 2, "i1-1", SHARD, 1).owns(3, 5, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aShardWhoseNextOwnerDiedOnTheWayIsFine() {
			story().owns(0, 2, "i2-1", "crawl#1", 1)
				.handsOver(0, 2, "i1-1", SHARD, 1)
				.fault(2.1, 9, FaultKind.KILL, "i2")
				.owns(5, 9, "i1-1", SHARD, 2);
			assertThat(story().violations(Promise.NOTHING_STOPS_NEEDLESSLY)).isEmpty();
		}

		@Test
		void aShardThatWasLostMayComeBack() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(1, 6, FaultKind.CUT, "i1")
				.lost(4.8, "i1-1", SHARD, 1)
				.owns(7, 9, "i1-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void movesOfAJoinAreCounted() {
			story().owns(-30, 40, "i1-1", SHARD, 1)
				.handsOver(-30, 3, "i1-1", "crawl#1", 1)
				.owns(-30, 40, "i2-1", "leader#0", 1)
				.owns(-30, 40, "i2-1", "thrower#0", 1)
				.started(0, "i3-1")
				.owns(3.3, 40, "i3-1", "crawl#1", 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().notes()).containsEntry(NothingStopsNeedlesslyRule.MOVED, 1L)
				.containsEntry(NothingStopsNeedlesslyRule.HAD_TO_MOVE, 1L);
		}

	}

	@Nested
	class LeaseOfItsOwn {

		@Test
		void aLeaseLostWhileAnotherIsFrozenIsFound() {
			story().owns(0, 5, "i1-1", SHARD, 1).fault(2, 7, FaultKind.FREEZE_LEADER, "i2").lost(5.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN))
				.containsExactly("crawl#0 on i1-1 under token 1 was lost, and nothing was done to i1 or the brokers");
		}

		@Test
		void allShardsThatAreLostAtOnceAreOneViolation() {
			story().owns(0, 5, "i1-1", SHARD, 1)
				.owns(0, 5, "i1-1", "crawl#1", 1)
				.lost(5.1, "i1-1", SHARD, 1)
				.lost(5.2, "i1-1", "crawl#1", 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).hasSize(1);
		}

		@Test
		void aLeaseLostByAFaultOfItsOwnIsFine() {
			for (FaultKind kind : new FaultKind[] { FaultKind.CUT, FaultKind.EVICT, FaultKind.CLOCK_JUMP }) {
				Story own = new Story().up("i1-1")
					.owns(0, 5, "i1-1", SHARD, 1)
					.fault(2, 2.5, kind, "i1")
					.lost(5.1, "i1-1", SHARD, 1);
				assertThat(own.violations(Promise.LEASE_OF_ITS_OWN)).isEmpty();
			}
		}

		@Test
		void aLeaseLostWithTheBrokersIsFine() {
			story().owns(0, 5, "i1-1", SHARD, 1).fault(2, 7, FaultKind.BROKER_FREEZE, "b1").lost(5.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).isEmpty();
		}

		@Test
		void aStormOfOthersIsNoReason() {
			story().owns(0, 5, "i1-1", SHARD, 1).fault(2, 7, FaultKind.STORM, "*").lost(5.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).hasSize(1);
		}

		@Test
		void aFaultLongAgoIsNoReason() {
			story().owns(0, 9, "i1-1", SHARD, 1).fault(1, 2, FaultKind.CUT, "i1").lost(9.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).hasSize(1);
		}

		@Test
		void aProcessThatDidNotRunIsCountedOnly() {
			story().owns(0, 2, "i1-1", SHARD, 1).lost(5.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).isEmpty();
			assertThat(story().verdict().figures().notes()).containsEntry(LeaseOfItsOwnRule.STARVED, 1L);
		}

		@Test
		void aScheduleOfWhichNothingWasWrittenDownIsNotJudged() {
			story().fires(0, 5, "i1-1", "tick", 1)
				.owns(0, 6.9, "i1-1", SHARD, 1)
				.fault(6.5, 9, FaultKind.CUT, "i1")
				.lost(6.95, "i1-1", SHARD, 1)
				.fires(7, 9, "i2-1", "tick", 2);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).isEmpty();
		}

		@Test
		void aStoppingInstanceMayLoseWhatItHas() {
			story().owns(0, 5, "i1-1", SHARD, 1).stopping(3, "i1-1").lost(5.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.LEASE_OF_ITS_OWN)).isEmpty();
		}

	}

}
