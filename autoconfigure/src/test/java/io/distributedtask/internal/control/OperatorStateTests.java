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

package io.distributedtask.internal.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link OperatorState}.
 */
class OperatorStateTests {

	private static final long NOW = 1_795_500_000_000L;

	private static final Key CRAWLER = Key.of(Kind.PAUSE, "crawler");

	@Test
	void mergesInAnyOrderConverge() {
		for (long seed = 0; seed < 300; seed++) {
			Random random = new Random(seed);
			List<OperatorCommand> entries = new ArrayList<>();
			int count = 1 + random.nextInt(60);
			for (int i = 0; i < count; i++) {
				entries.add(randomEntry(random));
			}
			OperatorState expected = OperatorState.EMPTY.with(entries);
			for (int i = 0; i < 10; i++) {
				assertThat(mergedInPieces(entries, random)).as("seed %d", seed).isEqualTo(expected);
			}
		}
	}

	@Test
	void mergesOfMoreThanThereMayBeConverge() {
		for (long seed = 0; seed < 3; seed++) {
			Random random = new Random(seed);
			List<OperatorCommand> entries = new ArrayList<>();
			for (int i = 0; i < 3 * OperatorState.MAX_SETTINGS; i++) {
				Kind kind = Kind.values()[1 + random.nextInt(Kind.values().length - 1)];
				entries.add(new OperatorCommand(new Key(kind, "t" + random.nextInt(2000), 0),
						random.nextBoolean() ? "v" : null, NOW + random.nextInt(1000), "a"));
			}
			OperatorState expected = OperatorState.EMPTY.with(entries);
			assertThat(expected.entries()).hasSizeLessThanOrEqualTo(OperatorState.MAX_SETTINGS + OperatorState.MAX_RUNS)
				.hasSizeGreaterThan(OperatorState.MAX_SETTINGS);
			assertThat(mergedInPieces(entries, random)).as("seed %d", seed).isEqualTo(expected);
		}
	}

	/**
	 * Several members, each of whom has heard of some entries, some of them twice, who
	 * tell each other what they know.
	 */
	private static OperatorState mergedInPieces(List<OperatorCommand> entries, Random random) {
		List<OperatorState> members = new ArrayList<>(
				IntStream.range(0, 4).mapToObj((index) -> OperatorState.EMPTY).toList());
		List<OperatorCommand> shuffled = new ArrayList<>(entries);
		Collections.shuffle(shuffled, random);
		for (OperatorCommand entry : shuffled) {
			for (int i = 0; i <= random.nextInt(2); i++) {
				int member = random.nextInt(members.size());
				members.set(member, members.get(member).with(List.of(entry)));
			}
			if (random.nextInt(4) == 0) {
				int teller = random.nextInt(members.size());
				int listener = random.nextInt(members.size());
				members.set(listener, members.get(listener).with(members.get(teller).entries()));
			}
		}
		Collections.shuffle(members, random);
		return members.stream()
			.reduce((one, other) -> one.with(other.entries()).with(one.entries()))
			.orElse(OperatorState.EMPTY);
	}

	private static OperatorCommand randomEntry(Random random) {
		Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
		Key key = new Key(kind, (kind == Kind.PAUSE_ALL) ? "" : "t" + random.nextInt(3), random.nextInt(2));
		String value = (random.nextInt(3) == 0) ? null : "v" + random.nextInt(2);
		return new OperatorCommand(key, value, NOW + random.nextInt(6), "abc".substring(random.nextInt(2), 2));
	}

	@Test
	void theLastWordCountsWhateverTheClocksSay() {
		OperatorState paused = OperatorState.EMPTY.decide(CRAWLER, "", NOW, "a");
		OperatorState resumed = paused.decide(CRAWLER, null, NOW - 60_000, "b");
		assertThat(paused.isPaused("crawler")).isTrue();
		assertThat(resumed.isPaused("crawler")).isFalse();
		assertThat(paused.with(resumed.entries())).isEqualTo(resumed);
		assertThat(resumed.with(paused.entries())).isEqualTo(resumed);
	}

	@Test
	void theWholeGroupAndATaskArePausedIndependently() {
		OperatorState state = OperatorState.EMPTY.decide(CRAWLER, "", NOW, "a")
			.decide(Key.of(Kind.PAUSE_ALL, ""), "", NOW, "a");
		assertThat(state.isPaused("other")).isTrue();
		OperatorState resumed = state.decide(Key.of(Kind.PAUSE_ALL, ""), null, NOW, "a");
		assertThat(resumed.isPaused("other")).isFalse();
		assertThat(resumed.isPaused("crawler")).isTrue();
	}

	@Test
	void aTimeFromTheFarFutureIsNotBelievedAndOneWithinTheLimitDoesNotBlock() {
		long latest = NOW + Duration.ofHours(24).toMillis();
		OperatorCommand forged = new OperatorCommand(CRAWLER, "", latest + 1, "evil");
		OperatorCommand atTheLimit = new OperatorCommand(CRAWLER, "", latest, "evil");
		assertThat(OperatorState.believable(List.of(forged, atTheLimit), NOW, latest)).containsExactly(atTheLimit);
		OperatorState state = OperatorState.EMPTY.with(List.of(atTheLimit)).decide(CRAWLER, null, NOW, "b");
		assertThat(state.isPaused("crawler")).isFalse();
		assertThat(state.with(List.of(atTheLimit)).isPaused("crawler")).isFalse();
	}

	@Test
	void whatWasTakenBackOrDoneIsForgottenAndNotLearnedAgain() {
		Key run = new Key(Kind.RUN, "crawler", 1);
		OperatorState state = OperatorState.EMPTY.decide(CRAWLER, null, NOW, "a")
			.decide(run, "7", NOW, "a")
			.decide(Key.of(Kind.PAUSE, "feed"), "", NOW, "a");
		long later = NOW + OperatorState.RETENTION.toMillis() + 1;
		assertThat(state.recent(later - 1)).isEqualTo(state);
		assertThat(state.recent(later).entries()).extracting(OperatorCommand::key)
			.containsExactly(Key.of(Kind.PAUSE, "feed"));
		assertThat(OperatorState.believable(state.entries(), later, Long.MAX_VALUE)).hasSize(1);
	}

	@Test
	void thereIsNoRoomForMoreThanSoManySettingsButForChangesOfThem() {
		OperatorState state = OperatorState.EMPTY;
		for (int i = 0; i < OperatorState.MAX_SETTINGS; i++) {
			state = state.decide(Key.of(Kind.PAUSE, "t" + i), "", NOW, "a");
		}
		OperatorState full = state;
		assertThatIllegalStateException().isThrownBy(() -> full.decide(CRAWLER, "", NOW, "a"))
			.withMessageContaining("1000 pauses, moves and drains");
		assertThat(full.decide(Key.of(Kind.PAUSE, "t7"), null, NOW, "a").isPaused("t7")).isFalse();
		assertThat(full.decide(new Key(Kind.RUN, "crawler", 0), "7", NOW, "a").entries())
			.hasSize(OperatorState.MAX_SETTINGS + 1);
	}

	@Test
	void theSwitchForAllHasRoomInAFullMapAndIsNotGivenUpForOthers() {
		OperatorState state = OperatorState.EMPTY.decide(Key.of(Kind.PAUSE_ALL, ""), "", NOW - 1, "a");
		for (int i = 0; i < OperatorState.MAX_SETTINGS; i++) {
			state = state.decide(Key.of(Kind.PAUSE, "t" + i), "", NOW, "a");
		}
		state = state.with(List.of(new OperatorCommand(Key.of(Kind.PAUSE, "one more"), "", NOW + 1, "b")));
		assertThat(state.isPaused("feed")).isTrue();
		assertThat(state.decide(Key.of(Kind.PAUSE_ALL, ""), null, NOW, "a").isPaused("feed")).isFalse();
	}

	@Test
	void aRunForWhichThereIsNoRoomIsRefused() {
		OperatorState state = OperatorState.EMPTY;
		for (int i = 0; i < OperatorState.MAX_RUNS; i++) {
			state = state.decide(new Key(Kind.RUN, "crawler", i), "7", NOW, "a");
		}
		OperatorState full = state;
		assertThatIllegalStateException()
			.isThrownBy(() -> full.decide(new Key(Kind.RUN, "crawler", OperatorState.MAX_RUNS), "7", NOW, "a"))
			.withMessageContaining("500 requested runs");
		assertThat(full.decide(new Key(Kind.RUN, "crawler", 3), "8", NOW, "a").inForce(Kind.RUN)).hasSize(500);
		OperatorState done = full.takeBack((entry) -> true, NOW + 1, "a");
		assertThatIllegalStateException()
			.isThrownBy(() -> done.decide(new Key(Kind.RUN, "crawler", OperatorState.MAX_RUNS), "7", NOW - 9, "a"))
			.withMessageContaining("clock");
	}

	@Test
	void aRunThatIsAskedForAnewIsNoneThatIsDone() {
		Key run = new Key(Kind.RUN, "crawler", 1);
		OperatorState first = OperatorState.EMPTY.decide(run, "7", NOW, "a");
		OperatorState second = first.decide(run, "7", NOW, "a");
		OperatorState firstIsDone = first.with(List.of(first.entries().get(0).takenBack(0, "z")));
		assertThat(second.with(firstIsDone.entries()).inForce(Kind.RUN)).hasSize(1);
	}

	@Test
	void whatHasLostItsObjectIsTakenBackAndADecisionThatDidNotKnowWins() {
		Key move = new Key(Kind.MOVE, "crawler", 1);
		OperatorState state = OperatorState.EMPTY.decide(move, "b", NOW - 1000, "a").decide(CRAWLER, "", NOW, "a");
		OperatorState left = state.takeBack((entry) -> entry.key().equals(move), NOW, "leader");
		assertThat(left.moved(new TaskId("crawler", 1))).isNull();
		assertThat(left.isPaused("crawler")).isTrue();
		assertThat(left.with(state.entries())).as("it does not come back").isEqualTo(left);
		assertThat(left.recent(NOW + 1000)).as("it is remembered").isEqualTo(left);
		OperatorCommand elsewhere = new OperatorCommand(move, "c", NOW - 10, "a");
		assertThat(left.with(List.of(elsewhere)).moved(new TaskId("crawler", 1))).isEqualTo("c");
	}

}
