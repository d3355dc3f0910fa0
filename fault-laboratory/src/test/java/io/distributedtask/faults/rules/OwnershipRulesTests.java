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
import io.distributedtask.faults.history.SpanBuilder;
import io.distributedtask.faults.rules.Violation.Promise;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OneOwnerRule}, {@link NoWorkAfterLeaseRule}, {@link FencedStoreRule},
 * {@link TokensGrowRule} and {@link SpanBuilder}, on histories written by hand.
 */
class OwnershipRulesTests {

	private static final String SHARD = "crawl#0";

	private final Story story = new Story().up("i1-1", "i2-1");

	private Story story() {
		return this.story;
	}

	@Nested
	class OneOwner {

		@Test
		void ownershipsThatFollowEachOtherAreFine() {
			story().handsOver(0, 5, "i1-1", SHARD, 1).owns(5.2, 9, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void anOwnerThatHasNotStoppedYetIsFound() {
			story().handsOver(0, 5.3, "i1-1", SHARD, 1).owns(5.2, 9, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.ONE_OWNER)).singleElement()
				.asString()
				.isEqualTo("crawl#0 on i1-1 under token 1 was still valid for at least 100 ms when "
						+ "crawl#0 on i2-1 under token 2 began");
		}

		@Test
		void aFrozenOwnerWhoseLeaseReachesTooFarIsFound() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.lease(2.01, "i1-1", SHARD, 1, 6)
				.fault(2.1, 7, FaultKind.FREEZE_LONG, "i1")
				.lost(7.01, "i1-1", SHARD, 1)
				.owns(5.6, 9, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.ONE_OWNER)).singleElement().asString().contains("at least 400 ms");
		}

		@Test
		void aFrozenOwnerMayWriteItsLastLinesLate() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(2.1, 7, FaultKind.FREEZE_LONG, "i1")
				.lost(7.01, "i1-1", SHARD, 1)
				.runEnd(7.02, "i1-1", SHARD, 1, "lost")
				.owns(5.6, 9, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aRunThatWasFrozenBeforeItsFirstLineProvesNothing() {
			story().owns(0, 9, "i2-1", SHARD, 2)
				.runStart(3, "i1-1", SHARD, 1)
				.runEnd(3.5, "i1-1", SHARD, 1, "lost")
				.fault(-5, 3, FaultKind.FREEZE_LONG, "i1");
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aStubbornRunMayGoOnAfterItsLease() {
			story().owns(0, 2, "i1-1", "stubborn#0", 1)
				.fault(1.5, 8, FaultKind.STALL, "i1")
				.lost(4.6, "i1-1", "stubborn#0", 1)
				.owns(5, 9, "i2-1", "stubborn#0", 2)
				.runEnd(7, "i1-1", "stubborn#0", 1, "lost");
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aStoppingInstanceGivesUpWhatDoesNotStop() {
			story().owns(0, 1, "i1-1", "stubborn#0", 1)
				.stopping(1, "i1-1")
				.lease(4.9, "i1-1", "stubborn#0", 1, 7.7)
				.stopped(9, "i1-1")
				.runEnd(8, "i1-1", "stubborn#0", 1, "revoked")
				.owns(5.2, 9, "i2-1", "stubborn#0", 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aKilledOwnerHasNoLeaseLeft() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(2.1, 8, FaultKind.KILL, "i1")
				.owns(2.3, 9, "i2-1", SHARD, 2)
				.started(8, "i1-2");
			assertThat(story().violations(Promise.ONE_OWNER)).isEmpty();
		}

		@Test
		void afterAnEvictionAnOverlapOfOneHeartbeatIsPermitted() {
			story().owns(0, 5.1, "i1-1", SHARD, 1)
				.work(5.25, "i1-1", SHARD, 1)
				.fault(5, 5.1, FaultKind.EVICT, "i1")
				.lost(5.3, "i1-1", SHARD, 1)
				.owns(5.1, 9, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().notes()).containsEntry(OneOwnerRule.EVICTED, 150L);
		}

		@Test
		void afterAnEvictionALongerOverlapIsFound() {
			story().owns(0, 6, "i1-1", SHARD, 1)
				.fault(5, 5.1, FaultKind.EVICT, "i1")
				.lost(6, "i1-1", SHARD, 1)
				.owns(5.2, 9, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.ONE_OWNER)).hasSize(1);
			assertThat(story().violations(Promise.NO_WORK_AFTER_LEASE)).hasSize(1);
		}

		@Test
		void anEvictionOfAnotherIsNoExcuse() {
			story().owns(0, 5.1, "i1-1", SHARD, 1)
				.work(5.25, "i1-1", SHARD, 1)
				.fault(5, 5.1, FaultKind.EVICT, "i3")
				.lost(5.3, "i1-1", SHARD, 1)
				.owns(5.1, 9, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.ONE_OWNER)).hasSize(1);
		}

		@Test
		void anEvictedMemberWhoseFaultIsLongOverHasToNoticeInTime() {
			story().owns(0, 7, "i1-1", SHARD, 1)
				.fault(2, 3.9, FaultKind.BROKER_KILL, "b2")
				.fault(5, 5.1, FaultKind.EVICT, "i1")
				.lost(7, "i1-1", SHARD, 1)
				.owns(5.2, 9, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.ONE_OWNER)).hasSize(1);
		}

		@Test
		void anEvictedMemberThatIsCutOffMayKeepItsLease() {
			story().owns(0, 7, "i1-1", SHARD, 1)
				.fault(4.9, 8, FaultKind.CUT, "i1")
				.fault(5, 5.1, FaultKind.EVICT, "i1")
				.lost(7, "i1-1", SHARD, 1)
				.owns(5.2, 9, "i2-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aScheduleThatWasGivenBackMaySayItLate() {
			story().fires(0, 5, "i1-1", "tick", 1)
				.fault(5.1, 8, FaultKind.FREEZE_LONG, "i1")
				.revoked(8.1, "i1-1", "tick#0", 1)
				.fires(6, 12, "i2-1", "tick", 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void theOwnershipOfAScheduleReachesFromItsFirstRunToItsLast() {
			story().fires(0, 5, "i1-1", "tick", 1).fire(4.5, 4, "i2-1", "tick", 2);
			assertThat(story().violations(Promise.ONE_OWNER)).hasSize(1);
		}

	}

	@Nested
	class NoWorkAfterLease {

		@Test
		void workAfterAnotherHasBegunIsFoundWithoutAnyLease() {
			story().runStart(0, "i1-1", SHARD, 1)
				.work(1, "i1-1", SHARD, 1)
				.runStart(2, "i2-1", SHARD, 2)
				.work(2.5, "i1-1", SHARD, 1)
				.work(2.6, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.NO_WORK_AFTER_LEASE)).singleElement()
				.asString()
				.isEqualTo("crawl#0 on i1-1 under token 1: 2 iterations after i2-1 had begun under token 2");
		}

		@Test
		void aLookFromBeforeAnotherHadBegunIsFine() {
			story().runStart(0, "i1-1", SHARD, 1).work(1.9, "i1-1", SHARD, 1).runStart(2, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.NO_WORK_AFTER_LEASE)).isEmpty();
		}

		@Test
		void workAfterAFreezeThatOutlastsTheSessionIsFoundThoughNobodyTookOver() {
			story().owns(0, 2, "i1-1", SHARD, 1).fault(2, 6, FaultKind.FREEZE_LONG, "i1").work(6.1, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.NO_WORK_AFTER_LEASE)).singleElement()
				.asString()
				.contains("1 iterations after its process was frozen for longer than its session");
		}

		@Test
		void workUnderANewTokenAfterAFreezeIsFine() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 6, FaultKind.FREEZE_LONG, "i1")
				.lost(6.01, "i1-1", SHARD, 1)
				.owns(6.5, 9, "i1-1", SHARD, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void workAfterAShortFreezeIsFine() {
			story().owns(0, 2, "i1-1", SHARD, 1)
				.fault(2, 4, FaultKind.FREEZE_SHORT, "i1")
				.owns(4.1, 6, "i1-1", SHARD, 1);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aSignalThatCameLateRaisesNoAlarm() {
			story().owns(0, 4, "i1-1", SHARD, 1).fault(2, 9, FaultKind.FREEZE_LONG, "i1").work(8, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.NO_WORK_AFTER_LEASE)).isEmpty();
		}

		@Test
		void aProcessThatWasNotFrozenAfterAllIsFine() {
			story().owns(0, 8, "i1-1", SHARD, 1).fault(2, 6, FaultKind.FREEZE_LONG, "i1");
			assertThat(story().violations()).isEmpty();
		}

	}

	@Nested
	class FencedStore {

		@Test
		void writesWithGrowingTokensAreFine() {
			story().accepted(1, "i1-1", SHARD, 1).accepted(2, "i1-1", SHARD, 1).accepted(3, "i2-1", SHARD, 2);
			assertThat(story().accepted(1, "i2-1", "crawl#1", 1).violations()).isEmpty();
		}

		@Test
		void aWriteWithALowerTokenIsFound() {
			story().accepted(1, "i2-1", SHARD, 2).accepted(2, "i1-1", SHARD, 1);
			assertThat(story().violations(Promise.FENCED_STORE))
				.containsExactly("A write of i1-1 under token 1 was accepted after one of i2-1 under token 2");
		}

		@Test
		void twoWritersUnderOneTokenAreFound() {
			story().accepted(1, "i2-1", SHARD, 2).accepted(2, "i1-1", SHARD, 2);
			assertThat(story().violations(Promise.FENCED_STORE))
				.containsExactly("i2-1 and i1-1 both wrote under token 2");
		}

	}

	@Nested
	class TokensGrow {

		@Test
		void aTokenThatFallsIsFound() {
			story().handsOver(0, 2, "i1-1", SHARD, 2).owns(3, 5, "i2-1", SHARD, 1);
			assertThat(story().violations(Promise.TOKENS_GROW))
				.containsExactly("crawl#0 on i2-1 under token 1 began after crawl#0 on i1-1 under token 2");
		}

		@Test
		void aTokenThatStaysIsFound() {
			story().handsOver(0, 2, "i1-1", SHARD, 2).owns(3, 5, "i2-1", SHARD, 2);
			assertThat(story().violations(Promise.TOKENS_GROW)).hasSize(1);
		}

		@Test
		void severalRunsUnderOneTokenAreOneOwnership() {
			story().owns(0, 2, "i1-1", "thrower#0", 2)
				.runEnd(2, "i1-1", "thrower#0", 2, "thrown")
				.owns(3, 5, "i1-1", "thrower#0", 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aRunThatComesLateAndOwnsNothingIsFine() {
			story().owns(0, 5, "i2-1", SHARD, 2)
				.runStart(5, "i1-1", SHARD, 1)
				.fault(-5, 5, FaultKind.FREEZE_LONG, "i1");
			assertThat(story().violations()).isEmpty();
		}

	}

}
