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

/**
 * Tests for {@link FiresOnceRule} and {@link MissedRunsRule}, on histories written by
 * hand.
 */
class ScheduleRulesTests {

	private static final String TICK = "tick";

	private static final String TOCK = "tock";

	/** The witness is there all the time and owns something else. */
	private final Story story = new Story().up("i1-1", "i2-1", "i3-1").owns(-40, 25, "i3-1", "crawl#1", 1);

	private Story story() {
		return this.story;
	}

	@Nested
	class FiresOnce {

		@Test
		void aRunInEachSecondIsFine() {
			story().fires(0, 9, "i1-1", TICK, 1).fires(10, 20, "i2-1", TICK, 2);
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void anInstantThatIsMissedByItsOwnerIsFound() {
			story().fires(0, 9, "i1-1", TICK, 1).fires(11, 20, "i1-1", TICK, 1);
			assertThat(story().violations(Promise.FIRES_ONCE)).singleElement()
				.asString()
				.contains("1 instants before", "though tick#0 on i1-1 under token 1 was its owner all the time");
		}

		@Test
		void anInstantThatIsMissedByAFrozenOwnerIsFine() {
			story().fires(0, 9, "i1-1", TICK, 1)
				.fault(9.2, 11, FaultKind.FREEZE_SHORT, "i1")
				.fires(12, 20, "i1-1", TICK, 1);
			assertThat(story().violations(Promise.FIRES_ONCE)).isEmpty();
		}

		@Test
		void anInstantThatIsMissedInAnOrderlyHandOverIsFound() {
			story().fires(0, 9, "i1-1", TOCK, 1).fires(11, 20, "i2-1", TOCK, 2);
			assertThat(story().violations(Promise.FIRES_ONCE)).singleElement()
				.asString()
				.contains("though tock#0 on i1-1 under token 1 handed over in order to tock#0 on i2-1 under token 2");
		}

		@Test
		void instantsThatAreMadeGoodOneByOneAreFine() {
			story().fires(0, 9, "i1-1", TOCK, 1).stopping(9.5, "i1-1").stopped(9.8, "i1-1");
			for (int second = 10; second <= 14; second++) {
				story().fire(14.5 + (second - 10) * 0.01, second, "i2-1", TOCK, 2);
			}
			story().fires(15, 20, "i2-1", TOCK, 2);
			assertThat(story().violations(Promise.FIRES_ONCE)).isEmpty();
			assertThat(story().violations(Promise.MISSED_RUNS)).isEmpty();
		}

		@Test
		void whatAnExcuseIsThereForIsNotJudged() {
			story().fires(0, 9, "i1-1", TOCK, 1).fault(9.5, 12, FaultKind.CUT, "i2").fires(12, 20, "i2-1", TOCK, 2);
			assertThat(story().violations(Promise.FIRES_ONCE)).isEmpty();
		}

		@Test
		void anInstantThatIsRepeatedInAnOrderlyHandOverIsFound() {
			story().fires(0, 9, "i1-1", TICK, 1).fire(9.5, 9, "i2-1", TICK, 2).fires(10, 20, "i2-1", TICK, 2);
			assertThat(story().violations(Promise.FIRES_ONCE)).singleElement()
				.asString()
				.contains("There are two runs for " + Story.token(9));
		}

		@Test
		void anInstantThatIsRepeatedByItsOwnerIsFound() {
			story().fires(0, 9, "i1-1", TICK, 1).fire(9.5, 9, "i1-1", TICK, 1);
			assertThat(story().violations(Promise.FIRES_ONCE)).hasSize(1);
		}

		@Test
		void anOwnerWhoseClockIsWrongIsNotJudged() {
			story().fires(0, 9, "i1-1", TICK, 1)
				.fault(9.4, 9.7, FaultKind.CLOCK_JUMP, "i1")
				.fire(9.5, 9, "i1-1", TICK, 1);
			assertThat(story().violations(Promise.FIRES_ONCE)).isEmpty();
		}

	}

	@Nested
	class MissedRuns {

		private void crash(String task) {
			story().fires(0, 9, "i1-1", task, 1)
				.fault(9.5, 9.6, FaultKind.KILL, "i1")
				.runStart(13.42, "i2-1", "crawl#0", Story.token(13.4))
				.lease(13.43, "i2-1", "crawl#0", Story.token(13.4), 16);
		}

		@Test
		void missedInstantsAreOneRun() {
			crash(TICK);
			story().fire(13.43, 13, "i2-1", TICK, Story.token(13.4)).fires(14, 30, "i2-1", TICK, Story.token(13.4));
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().notes()).containsEntry("schedules failed over, judged", 1L);
		}

		@Test
		void twoRunsForMissedInstantsAreFound() {
			crash(TICK);
			story().fire(13.43, 12, "i2-1", TICK, Story.token(13.4))
				.fire(13.44, 13, "i2-1", TICK, Story.token(13.4))
				.fires(14, 30, "i2-1", TICK, Story.token(13.4));
			assertThat(story().violations(Promise.MISSED_RUNS)).singleElement()
				.asString()
				.contains("made good more than one run");
		}

		@Test
		void noRunForMissedInstantsIsFound() {
			crash(TICK);
			story().fires(14, 30, "i2-1", TICK, Story.token(13.4));
			assertThat(story().violations(Promise.MISSED_RUNS)).singleElement()
				.asString()
				.startsWith("No run was made good");
		}

		@Test
		void anEvictedOwnerMayRunBesideTheNextOneForAHeartbeatAtMost() {
			story().fires(0, 9, "i1-1", TOCK, 1)
				.fault(9.5, 9.6, FaultKind.EVICT, "i1")
				.fire(9.98, 10, "i2-1", TOCK, Story.token(9.7))
				.fire(10.01, 10, "i1-1", TOCK, 1)
				.fires(11, 30, "i2-1", TOCK, Story.token(9.7));
			assertThat(story().violations(Promise.MISSED_RUNS)).isEmpty();
		}

		@Test
		void anEvictedOwnerThatRunsOnIsFound() {
			story().fires(0, 9, "i1-1", TOCK, 1)
				.fault(9.5, 9.6, FaultKind.EVICT, "i1")
				.fires(10, 30, "i2-1", TOCK, Story.token(9.7))
				.fire(11.01, 11, "i1-1", TOCK, 1);
			assertThat(story().violations(Promise.MISSED_RUNS)).hasSize(1);
		}

		@Test
		void withoutAWitnessNothingIsRemembered() {
			crash(TICK);
			story().fault(9.5, 12, FaultKind.ALL_BROKERS, "*").fires(14, 30, "i2-1", TICK, Story.token(13.4));
			assertThat(story().violations(Promise.MISSED_RUNS)).isEmpty();
		}

		@Test
		void skippedInstantsStaySkipped() {
			crash(TOCK);
			story().fires(14, 30, "i2-1", TOCK, Story.token(13.4));
			assertThat(story().violations()).isEmpty();
		}

		@Test
		void aRunForAnInstantThatIsToBeSkippedIsFound() {
			crash(TOCK);
			story().fire(13.43, 13, "i2-1", TOCK, Story.token(13.4)).fires(14, 30, "i2-1", TOCK, Story.token(13.4));
			assertThat(story().violations(Promise.MISSED_RUNS)).singleElement().asString().contains("is to be skipped");
		}

		@Test
		void theLastRunOfADeadOwnerMayBeRepeatedOnce() {
			story().fires(0, 9, "i1-1", TICK, 1)
				.fault(6, 9.2, FaultKind.STALL, "i1")
				.lost(9.2, "i1-1", "crawl#0", 1)
				.fire(9.6, 9, "i2-1", TICK, Story.token(9.5))
				.fires(10, 20, "i2-1", TICK, Story.token(9.5));
			assertThat(story().violations(Promise.MISSED_RUNS)).isEmpty();
			assertThat(story().violations(Promise.FIRES_ONCE)).isEmpty();
		}

		@Test
		void withSkipItMayNot() {
			story().fires(0, 9, "i1-1", TOCK, 1)
				.fault(6, 9.2, FaultKind.STALL, "i1")
				.lost(9.2, "i1-1", "crawl#0", 1)
				.fire(9.6, 9, "i2-1", TOCK, 2)
				.fires(10, 20, "i2-1", TOCK, 2);
			assertThat(story().violations(Promise.MISSED_RUNS)).singleElement().asString().contains("two runs");
		}

		@Test
		void aFloodIsFoundEvenOfAWrongClock() {
			story().fires(0, 9, "i1-1", TICK, 1).fault(9.4, 12, FaultKind.CLOCK_JUMP, "i1");
			for (int i = 0; i < 30; i++) {
				story().fire(9.5 + i * 0.005, i - 500, "i1-1", TICK, 1);
			}
			assertThat(story().violations(Promise.MISSED_RUNS))
				.containsExactly("More than 13 runs began within a second");
		}

	}

	@Nested
	class NeverAgain {

		@Test
		void oneRunOfEachInstantIsFine() {
			story().ran(0, 0, "i1-1").ran(20, 20, "i2-1").ran(40, 40, "i1-1");
			assertThat(story().violations()).isEmpty();
			assertThat(story().verdict().figures().notes()).containsEntry("runs of slow schedules", 3L);
		}

		@Test
		void aProcessThatRunsAnInstantAgainIsFoundWhateverHappened() {
			story().ran(0, 0, "i1-1").fault(2, 12, FaultKind.ALL_BROKERS, "*").ran(18, 0, "i1-1");
			assertThat(story().violations(Promise.NEVER_AGAIN)).singleElement()
				.asString()
				.contains("was run by i1-1, and again by i1-1 18.0 s later");
		}

		@Test
		void anotherProcessMayRepeatWhatRanWithinTheLeaseOfOneThatVanished() {
			story().ran(0, 0, "i1-1").fault(2, 2.1, FaultKind.KILL, "i1").ran(6, 0, "i2-1");
			assertThat(story().violations(Promise.NEVER_AGAIN)).isEmpty();
		}

		@Test
		void anotherProcessThatRepeatsWhatRanLongBeforeIsFound() {
			story().ran(-30, -30, "i1-1").fault(2, 2.1, FaultKind.KILL, "i1").ran(6, -30, "i2-1");
			assertThat(story().violations(Promise.NEVER_AGAIN)).hasSize(1);
		}

		@Test
		void whoseClockIsWrongIsNotJudged() {
			story().ran(0, 0, "i1-1").fault(2, 4, FaultKind.CLOCK_JUMP, "i3").ran(6, 0, "i1-1");
			assertThat(story().violations(Promise.NEVER_AGAIN)).isEmpty();
		}

	}

}
