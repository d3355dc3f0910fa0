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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.distributedtask.MissedRun;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.scheduling.support.CronExpression;
import org.springframework.scheduling.support.CronTrigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ScheduleProgress}.
 */
class ScheduleProgressTests {

	private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");

	private final Schedule everySecond = cron("* * * * * *", "UTC");

	private final Schedule everyMinute = cron("0 * * * * *", "UTC");

	private static Instant next(ScheduleProgress progress) {
		ScheduleProgress.Question question = progress.question();
		if (question != null) {
			progress.answer(question, question.ask());
		}
		return progress.next();
	}

	private static Schedule cron(String expression, String zone) {
		return new Schedule.Instants(new CronTrigger(expression, ZoneId.of(zone)));
	}

	private static ScheduleProgress resume(Schedule schedule, Instant anchor, Instant now) {
		return ScheduleProgress.resume(schedule, anchor, MissedRun.FIRE_ONCE, now);
	}

	private static ScheduleProgress takeOver(Schedule schedule, Instant missedSince, MissedRun onMissedRun,
			Instant now) {
		return ScheduleProgress.goOn(schedule, Instant.EPOCH, missedSince, onMissedRun, now);
	}

	@Test
	void cronBeginsAfterTheStartOfTheOwnership() {
		ScheduleProgress progress = ScheduleProgress.begin(this.everyMinute, NOON.plusSeconds(1));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(60));
		assertThat(progress.anchor()).isEqualTo(NOON.plusSeconds(1));
	}

	@Test
	void cronLeavesOutWhatARunOverran() {
		ScheduleProgress progress = ScheduleProgress.begin(this.everyMinute, NOON);
		progress.completed(NOON.plusSeconds(60), NOON.plusSeconds(190));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(240));
		assertThat(progress.anchor()).isEqualTo(NOON.plusSeconds(190));
	}

	@Test
	void cronThatFiredEarlyDoesNotFireAgain() {
		ScheduleProgress progress = ScheduleProgress.begin(this.everyMinute, NOON);
		progress.completed(NOON.plusSeconds(60), NOON.plusMillis(59_990));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(120));
		assertThat(progress.anchor()).isEqualTo(NOON.plusSeconds(60));
	}

	@Test
	void cronAsksForItsZone() {
		ScheduleProgress progress = ScheduleProgress.begin(cron("0 0 2 * * *", "Asia/Tokyo"), NOON);
		assertThat(next(progress)).isEqualTo(Instant.parse("2026-11-24T17:00:00Z"));
	}

	@Test
	void handedOverInstantsThatPassedAreMadeGoodInOrder() {
		ScheduleProgress progress = resume(this.everySecond, NOON, NOON.plusMillis(3500));
		assertThat(run(progress, NOON.plusMillis(3500), Duration.ZERO, 4)).containsExactly(NOON.plusSeconds(1),
				NOON.plusSeconds(2), NOON.plusSeconds(3), NOON.plusSeconds(4));
	}

	@Test
	void instantThatPassesWhileOthersAreMadeGoodIsNotLeftOut() {
		ScheduleProgress progress = resume(this.everySecond, NOON, NOON.plusMillis(1900));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(1));
		progress.completed(NOON.plusSeconds(1), NOON.plusMillis(2100));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(2));
		progress.completed(NOON.plusSeconds(2), NOON.plusMillis(2200));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(3));
	}

	@Test
	void handOverThatTakesTooLongIsAGapOfOneRun() {
		Instant now = NOON.plusMillis(5001);
		ScheduleProgress progress = resume(this.everySecond, NOON, now);
		assertThat(run(progress, now, Duration.ZERO, 2)).containsExactly(NOON.plusSeconds(5), NOON.plusSeconds(6));
		assertThat(next(ScheduleProgress.resume(this.everySecond, NOON, MissedRun.SKIP, now)))
			.isEqualTo(NOON.plusSeconds(6));
	}

	@Test
	void handOverInWhichVeryManyInstantsPassIsAGapOfOneRun() {
		Schedule often = new Schedule.Instants((context) -> context.lastScheduledExecution().plusMillis(100));
		Instant atOnce = NOON.plusMillis(1000);
		assertThat(run(resume(often, NOON, atOnce), atOnce, Duration.ZERO, 11)).containsExactlyElementsOf(
				Stream.iterate(NOON.plusMillis(100), (instant) -> instant.plusMillis(100)).limit(11).toList());
		Instant later = NOON.plusMillis(1100);
		assertThat(run(resume(often, NOON, later), later, Duration.ZERO, 2)).containsExactly(later,
				later.plusMillis(100));
	}

	@Test
	void handOverFiresEachInstantWhateverIsToBeDoneAboutMissedOnes() {
		ScheduleProgress progress = ScheduleProgress.resume(this.everySecond, NOON, MissedRun.SKIP,
				NOON.plusMillis(2500));
		assertThat(run(progress, NOON.plusMillis(2500), Duration.ZERO, 3)).containsExactly(NOON.plusSeconds(1),
				NOON.plusSeconds(2), NOON.plusSeconds(3));
	}

	@Test
	void whateverWasMissedInAGapIsOneRunOrNone() {
		for (Duration gap : List.of(Duration.ofMillis(1500), Duration.ofSeconds(25), Duration.ofHours(1),
				Duration.ofDays(400))) {
			for (String expression : List.of("* * * * * *", "*/3 * * * * *", "0 * * * * *", "0 0 * * * *",
					"0 0 3 * * *")) {
				Schedule schedule = cron(expression, "UTC");
				Instant now = NOON.plus(gap);
				ScheduleProgress once = ScheduleProgress.goOn(schedule, NOON, null, MissedRun.FIRE_ONCE, now);
				List<Instant> runs = run(once, now, Duration.ZERO, 2);
				assertThat(runs.get(0)).as("%s after %s", expression, gap).isAfter(NOON);
				assertThat(runs.get(1)).as("%s after %s", expression, gap).isAfter(now);
				assertThat(next(ScheduleProgress.goOn(schedule, NOON, null, MissedRun.SKIP, now)))
					.as("%s after %s", expression, gap)
					.isAfter(now);
			}
		}
	}

	@Test
	void whatIsKnownToBeDoneIsNotRepeatedWhenAnOwnerHasVanished() {
		Instant missedSince = NOON.minusSeconds(600);
		Instant now = NOON.plusSeconds(30);
		assertThat(next(ScheduleProgress.goOn(this.everyMinute, NOON, missedSince, MissedRun.FIRE_ONCE, now)))
			.isEqualTo(NOON.plusSeconds(60));
		assertThat(next(ScheduleProgress.goOn(this.everyMinute, missedSince, NOON, MissedRun.FIRE_ONCE, now)))
			.isEqualTo(NOON.plusSeconds(60));
	}

	@Test
	void intervalsThatPassedInAGapAreOneRunOrNone() {
		Schedule rate = Schedule.fixedRate(Duration.ofSeconds(10), Duration.ZERO);
		Schedule delay = Schedule.fixedDelay(Duration.ofSeconds(10), Duration.ZERO);
		Instant now = NOON.plusSeconds(47);
		assertThat(next(ScheduleProgress.goOn(rate, NOON, null, MissedRun.FIRE_ONCE, now)))
			.isEqualTo(NOON.plusSeconds(40));
		assertThat(next(ScheduleProgress.goOn(rate, NOON, null, MissedRun.SKIP, now))).isEqualTo(NOON.plusSeconds(50));
		assertThat(next(ScheduleProgress.goOn(delay, NOON, null, MissedRun.FIRE_ONCE, now)))
			.isEqualTo(NOON.plusSeconds(10));
		assertThat(next(ScheduleProgress.goOn(delay, NOON, null, MissedRun.SKIP, now))).isEqualTo(now.plusSeconds(10));
		assertThat(next(ScheduleProgress.goOn(rate, NOON, now, MissedRun.FIRE_ONCE, NOON.plusSeconds(3))))
			.isEqualTo(NOON.plusSeconds(10));
	}

	@Test
	void anchorOfWhatStopsIsNowUnlessSomethingIsDue() {
		ScheduleProgress progress = ScheduleProgress.begin(this.everyMinute, NOON);
		assertThat(progress.anchor(false, NOON.plusMillis(20_300))).as("nobody has asked yet").isEqualTo(NOON);
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(60));
		assertThat(progress.anchor(false, NOON.plusMillis(20_300))).isEqualTo(NOON.plusSeconds(20));
		assertThat(progress.anchor(false, NOON.plusSeconds(60))).isEqualTo(NOON);
		assertThat(progress.anchor(true, NOON.plusSeconds(60))).isEqualTo(NOON.plusSeconds(60));
		progress.completed(NOON.plusSeconds(60), NOON.plusMillis(60_100));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(120));
		assertThat(progress.anchor(false, NOON.plusMillis(60_200))).isEqualTo(NOON.plusMillis(60_200));
	}

	@Test
	void catchUpOfRunsThatTakeTooLongEnds() {
		Instant now = NOON.plusSeconds(4).plusMillis(500);
		ScheduleProgress progress = resume(this.everySecond, NOON, now);
		List<Instant> runs = run(progress, now, Duration.ofSeconds(2), 13);
		assertThat(runs).startsWith(NOON.plusSeconds(1)).isSorted().doesNotHaveDuplicates();
		assertThat(runs.get(12)).isAfter(NOON.plusSeconds(20));
	}

	@Test
	void pendingCatchUpIsHandedOn() {
		ScheduleProgress first = resume(this.everySecond, NOON, NOON.plusMillis(3500));
		first.completed(NOON.plusSeconds(1), NOON.plusMillis(3600));
		ScheduleProgress second = resume(this.everySecond, first.anchor(), NOON.plusMillis(3700));
		assertThat(next(second)).isEqualTo(NOON.plusSeconds(2));
	}

	@Test
	void anchorOfAnOwnerWhoseClockIsAheadIsRespected() {
		ScheduleProgress progress = resume(this.everySecond, NOON.plusSeconds(5), NOON);
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(6));
	}

	@Test
	void noInstantIsRepeatedOrLeftOutOverManyHandOvers() {
		for (long seed = 0; seed < 200; seed++) {
			Random random = new Random(seed);
			Instant now = NOON;
			List<Instant> runs = new ArrayList<>();
			ScheduleProgress progress = ScheduleProgress.begin(this.everySecond, now);
			for (int owner = 0; owner < 10; owner++) {
				Instant end = now.plusMillis(random.nextInt(4000));
				while (!later(progress, now).isAfter(end)) {
					Instant scheduled = next(progress);
					now = later(progress, now).plusMillis(random.nextInt(100));
					runs.add(scheduled);
					progress.completed(scheduled, now);
				}
				now = (end.isAfter(now) ? end : now).plusMillis(random.nextInt(3000));
				progress = resume(this.everySecond, progress.anchor(), now);
			}
			List<Instant> expected = new ArrayList<>();
			for (int second = 1; second <= runs.size(); second++) {
				expected.add(NOON.plusSeconds(second));
			}
			assertThat(runs).as("seed %d", seed).isEqualTo(expected);
		}
	}

	@Test
	void failOverMakesGoodByOneRunForTheLatest() {
		Instant now = NOON.plusMillis(600_500);
		ScheduleProgress progress = takeOver(this.everySecond, NOON, MissedRun.FIRE_ONCE, now);
		assertThat(run(progress, now, Duration.ZERO, 2)).containsExactly(NOON.plusSeconds(600), NOON.plusSeconds(601));
	}

	@Test
	void failOverThatMissedNothingFiresNothing() {
		ScheduleProgress progress = takeOver(this.everyMinute, NOON, MissedRun.FIRE_ONCE, NOON.plusSeconds(30));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(60));
	}

	@Test
	void failOverSkipsWhatItIsToldToSkip() {
		ScheduleProgress progress = takeOver(this.everyMinute, NOON, MissedRun.SKIP, NOON.plusSeconds(90));
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(120));
	}

	@Test
	void missedRunThatDidNotBeginIsHandedOnAsOne() {
		Instant now = NOON.plusMillis(600_500);
		ScheduleProgress first = takeOver(this.everySecond, NOON, MissedRun.FIRE_ONCE, now);
		assertThat(next(first)).isEqualTo(NOON.plusSeconds(600));
		ScheduleProgress next = resume(this.everySecond, first.anchor(), now.plusMillis(100));
		assertThat(run(next, now.plusMillis(100), Duration.ZERO, 2)).containsExactly(NOON.plusSeconds(600),
				NOON.plusSeconds(601));
	}

	@Test
	void handOverWhileClocksAreTurnedChangesNothing() {
		for (String evening : List.of("2026-10-24T20:00:00Z", "2026-03-28T20:00:00Z")) {
			Schedule halfHours = cron("0 0/30 1-3 * * *", "Europe/Berlin");
			Instant start = Instant.parse(evening);
			List<Instant> undisturbed = run(ScheduleProgress.begin(halfHours, start), start, Duration.ZERO, 12);
			List<Instant> handedOver = new ArrayList<>();
			Instant anchor = start;
			for (Instant expected : undisturbed) {
				ScheduleProgress progress = resume(halfHours, anchor, expected.plusSeconds(60));
				handedOver.add(next(progress));
				progress.completed(next(progress), expected.plusSeconds(60));
				anchor = progress.anchor();
			}
			assertThat(handedOver).isEqualTo(undisturbed).doesNotHaveDuplicates();
		}
	}

	@Test
	void everyZoneHasEachReadingOfItsClockAndNoInstantTwice() {
		Instant today = Instant.parse("2026-11-28T00:00:00Z");
		Map<ZoneRules, String> zones = new HashMap<>();
		ZoneId.getAvailableZoneIds().forEach((zone) -> zones.putIfAbsent(ZoneId.of(zone).getRules(), zone));
		int transitions = 0;
		for (Map.Entry<ZoneRules, String> zone : zones.entrySet()) {
			ZoneOffsetTransition transition = zone.getKey().nextTransition(today);
			for (int i = 0; i < 2 && transition != null; i++) {
				for (String expression : List.of("0 0 * * * *", "0 30 * * * *", "0 0/15 * * * *", "0 5/20 * * * *",
						"0 15 1-3 * * *", "0 0 2 * * *", "0 30 1 * * *", "0 0 0/2 * * *", "59 59 * * * *")) {
					lookAtTransition(expression, zone.getValue(), transition);
				}
				transitions++;
				transition = zone.getKey().nextTransition(transition.getInstant());
			}
		}
		assertThat(transitions).isGreaterThan(50);
	}

	private static void lookAtTransition(String expression, String zone, ZoneOffsetTransition transition) {
		Schedule schedule = cron(expression, zone);
		Instant start = transition.getInstant().minusSeconds(10_000);
		Instant end = transition.getInstant().plusSeconds(10_000);
		List<Instant> fired = fire(ScheduleProgress.begin(schedule, start), end);
		assertThat(fired).as("%s in %s", expression, zone).isSorted().doesNotHaveDuplicates().allMatch(start::isBefore);
		if (transition.isOverlap()) {
			List<LocalDateTime> readings = fired.stream()
				.map((instant) -> LocalDateTime.ofInstant(instant, ZoneId.of(zone)))
				.toList();
			assertThat(readings).as("%s in %s", expression, zone).containsAll(readings(expression, zone, start, end));
		}
		for (Instant now = start; now.isBefore(end); now = now.plusSeconds(700)) {
			Instant passed = now;
			List<Instant> resumed = fire(resume(schedule, start, now), now);
			assertThat(resumed).as("%s in %s at %s", expression, zone, now)
				.isSorted()
				.doesNotHaveDuplicates()
				.allMatch(start::isBefore)
				.allMatch((instant) -> !instant.isAfter(passed));
			ScheduleProgress takenOver = takeOver(schedule, start, MissedRun.FIRE_ONCE, now);
			assertThat(fire(takenOver, now)).as("%s in %s at %s", expression, zone, now)
				.isEqualTo(resumed.subList(Math.max(0, resumed.size() - 1), resumed.size()));
			Instant following = next(takenOver);
			assertThat(following == null || following.isAfter(now)).isTrue();
		}
	}

	private static List<Instant> fire(ScheduleProgress progress, Instant end) {
		List<Instant> fired = new ArrayList<>();
		for (Instant next = next(progress); next != null && !next.isAfter(end); next = next(progress)) {
			fired.add(next);
			assertThat(fired).hasSizeLessThan(1000);
			progress.completed(next, next);
		}
		return fired;
	}

	private static Set<LocalDateTime> readings(String expression, String zone, Instant start, Instant end) {
		Set<LocalDateTime> readings = new HashSet<>();
		LocalDateTime last = LocalDateTime.ofInstant(end, ZoneId.of(zone));
		LocalDateTime reading = LocalDateTime.ofInstant(start, ZoneId.of(zone));
		CronExpression cron = CronExpression.parse(expression);
		for (reading = cron.next(reading); reading != null && !reading.isAfter(last); reading = cron.next(reading)) {
			readings.add(reading);
		}
		return readings;
	}

	@Test
	void instantsThatFollowEachOtherByANanosecondAreNotAllLookedAt() {
		Schedule.Instants dense = new Schedule.Instants((context) -> context.lastCompletion().plusNanos(1));
		Instant now = NOON.plusSeconds(3600);
		assertThat(next(takeOver(dense, NOON, MissedRun.FIRE_ONCE, now))).isEqualTo(now);
		assertThat(next(resume(dense, NOON, now))).isBetween(NOON, now);
	}

	@Test
	void latestOfVeryManyIsFoundAcrossALongGap() {
		Schedule nights = cron("* * 3 * * *", "UTC");
		Instant now = NOON.plusSeconds(30_000);
		assertThat(next(takeOver(nights, NOON.minusSeconds(4_000_000), MissedRun.FIRE_ONCE, now)))
			.isEqualTo(Instant.parse("2026-11-24T03:59:59Z"));
	}

	@Test
	void triggerWithoutALaterInstantIsNotAskedForEver() {
		AtomicInteger asked = new AtomicInteger();
		Schedule.Instants stuck = new Schedule.Instants((context) -> {
			asked.incrementAndGet();
			return NOON;
		});
		assertThat(next(ScheduleProgress.begin(stuck, NOON.minusSeconds(1)))).isEqualTo(NOON);
		assertThatIllegalStateException().isThrownBy(() -> next(ScheduleProgress.begin(stuck, NOON)))
			.withMessageContaining("returns no time after 2026-11-24T12:00:00Z");
		assertThat(asked).hasValueLessThan(200);
	}

	@Test
	void instantThatNobodyLivesToSeeIsNone() {
		assertThat(next(ScheduleProgress.begin(new Schedule.Instants((context) -> Instant.MAX), NOON))).isNull();
	}

	@Test
	void cronThatNeverComesAgainHasNoNext() {
		ScheduleProgress progress = ScheduleProgress.begin(cron("0 0 0 30 2 *", "UTC"), NOON);
		assertThat(next(progress)).isNull();
	}

	@Test
	void fixedDelayCountsFromTheEndOfTheLastRunWhoeverRanIt() {
		Schedule schedule = Schedule.fixedDelay(Duration.ofSeconds(10), Duration.ofSeconds(3));
		ScheduleProgress first = ScheduleProgress.begin(schedule, NOON);
		assertThat(next(first)).isEqualTo(NOON.plusSeconds(3));
		first.completed(NOON.plusSeconds(3), NOON.plusSeconds(5));
		assertThat(next(first)).isEqualTo(NOON.plusSeconds(15));
		assertThat(next(resume(schedule, first.anchor(), NOON.plusSeconds(8)))).isEqualTo(NOON.plusSeconds(15));
		ScheduleProgress late = resume(schedule, first.anchor(), NOON.plusSeconds(800));
		assertThat(next(late)).isEqualTo(NOON.plusSeconds(15));
		late.completed(NOON.plusSeconds(15), NOON.plusSeconds(801));
		assertThat(next(late)).isEqualTo(NOON.plusSeconds(811));
	}

	@Test
	void fixedRateKeepsItsPhaseAndCatchesUpByOneRun() {
		Schedule schedule = Schedule.fixedRate(Duration.ofSeconds(10), Duration.ZERO);
		ScheduleProgress first = ScheduleProgress.begin(schedule, NOON);
		assertThat(next(first)).isEqualTo(NOON);
		first.completed(NOON, NOON.plusSeconds(1));
		assertThat(next(first)).isEqualTo(NOON.plusSeconds(10));
		ScheduleProgress second = resume(schedule, first.anchor(), NOON.plusSeconds(47));
		assertThat(next(second)).isEqualTo(NOON.plusSeconds(40));
		second.completed(NOON.plusSeconds(40), NOON.plusSeconds(48));
		assertThat(next(second)).isEqualTo(NOON.plusSeconds(50));
	}

	@Test
	void clockThatWasSetBackDelaysByOnePeriodAtMost() {
		Duration period = Duration.ofSeconds(10);
		Instant hourBefore = NOON.minusSeconds(3600);
		assertThat(next(resume(Schedule.fixedRate(period, Duration.ZERO), NOON, hourBefore)))
			.isEqualTo(hourBefore.plus(period));
		assertThat(next(resume(Schedule.fixedDelay(period, Duration.ZERO), NOON, hourBefore)))
			.isEqualTo(hourBefore.plus(period));
	}

	@Test
	void intervalsBeginAnewAfterFailOver() {
		Schedule schedule = Schedule.fixedRate(Duration.ofSeconds(10), Duration.ofSeconds(2));
		assertThat(next(takeOver(schedule, NOON.minusSeconds(100), MissedRun.FIRE_ONCE, NOON)))
			.isEqualTo(NOON.plusSeconds(2));
	}

	@Test
	void oneTimeRunsOnceAsFarAsIsKnown() {
		Schedule schedule = Schedule.once(Duration.ofSeconds(5));
		ScheduleProgress progress = resume(schedule, Instant.EPOCH, NOON);
		assertThat(next(progress)).isEqualTo(NOON.plusSeconds(5));
		assertThat(progress.anchor()).isEqualTo(NOON);
		progress.completed(NOON.plusSeconds(5), NOON.plusSeconds(6));
		assertThat(next(progress)).isNull();
		assertThat(progress.anchor()).isEqualTo(Progress.FOR_GOOD);
		ScheduleProgress later = resume(schedule, progress.anchor(), NOON.plusSeconds(7));
		assertThat(later.isOver()).isTrue();
		assertThat(later.anchor()).isEqualTo(Progress.FOR_GOOD);
		assertThat(next(takeOver(schedule, NOON, MissedRun.FIRE_ONCE, NOON.plusSeconds(60))))
			.isEqualTo(NOON.plusSeconds(65));
	}

	@ParameterizedTest
	@MethodSource("intervals")
	void whatHasNotRunYetGoesOnWaitingWhoeverOwnsIt(Schedule schedule) {
		ScheduleProgress first = ScheduleProgress.begin(schedule, NOON);
		assertThat(next(first)).isEqualTo(NOON.plusSeconds(5));
		ScheduleProgress second = resume(schedule, first.anchor(), NOON.plusSeconds(2));
		assertThat(next(second)).isEqualTo(NOON.plusSeconds(5));
		ScheduleProgress third = ScheduleProgress.goOn(schedule, second.anchor(), NOON.plusSeconds(4),
				MissedRun.FIRE_ONCE, NOON.plusSeconds(14));
		assertThat(next(third)).as("its owner has vanished before it was due")
			.isBetween(NOON.plusSeconds(5), NOON.plusSeconds(14));
	}

	private static Stream<Schedule> intervals() {
		return Stream.of(Schedule.fixedRate(Duration.ofSeconds(3), Duration.ofSeconds(5)),
				Schedule.fixedRate(Duration.ofSeconds(30), Duration.ofSeconds(5)),
				Schedule.fixedDelay(Duration.ofSeconds(3), Duration.ofSeconds(5)),
				Schedule.fixedDelay(Duration.ofSeconds(30), Duration.ofSeconds(5)),
				Schedule.once(Duration.ofSeconds(5)));
	}

	@Test
	void whatAnOwnerWasAliveToRunIsNotRunAgainWhenItHasVanished() {
		Instant days = NOON.plus(Duration.ofDays(3));
		Instant now = days.plusSeconds(900);
		Instant missedSince = days.plusSeconds(600);
		for (Schedule hourly : List.of(Schedule.fixedRate(Duration.ofHours(1), Duration.ZERO),
				Schedule.fixedDelay(Duration.ofHours(1), Duration.ZERO))) {
			ScheduleProgress next = ScheduleProgress.goOn(hourly, NOON, missedSince, MissedRun.FIRE_ONCE, now);
			assertThat(next(next)).isEqualTo(days.plusSeconds(3600));
			next = ScheduleProgress.goOn(hourly, NOON, days.minusSeconds(1), MissedRun.FIRE_ONCE, now);
			assertThat(next(next)).as("what was due since then").isEqualTo(days);
			next = ScheduleProgress.goOn(hourly, NOON, days.minusSeconds(1), MissedRun.SKIP, now);
			assertThat(next(next)).isAfter(now);
		}
		Schedule once = Schedule.once(Duration.ofMinutes(10));
		assertThat(ScheduleProgress.goOn(once, NOON, missedSince, MissedRun.FIRE_ONCE, now).isOver()).isTrue();
		assertThat(next(ScheduleProgress.goOn(once, days, days.plusSeconds(599), MissedRun.SKIP, now)))
			.isEqualTo(days.plusSeconds(600));
		Schedule without = Schedule.fixedDelay(Duration.ZERO, Duration.ZERO);
		assertThat(next(ScheduleProgress.goOn(without, NOON, missedSince, MissedRun.FIRE_ONCE, now)))
			.isEqualTo(missedSince);
	}

	@Test
	void delaysThatAreLongerThanTimeAreRunAtFirst() {
		Duration never = Duration.ofMillis(Long.MAX_VALUE);
		for (Schedule schedule : List.of(Schedule.fixedRate(never, Duration.ZERO),
				Schedule.fixedDelay(never, Duration.ZERO))) {
			ScheduleProgress progress = ScheduleProgress.begin(schedule, NOON);
			assertThat(next(progress)).isEqualTo(NOON);
			assertThat(progress.anchor()).isEqualTo(Instant.EPOCH);
		}
		assertThat(ScheduleProgress.begin(Schedule.fixedRate(Duration.ofDays(1), never), NOON).anchor())
			.isEqualTo(Instant.EPOCH);
	}

	@Test
	void whatWasToRunOnceInAnotherVersionBeginsAnewAsSomethingElse() {
		assertThat(next(
				ScheduleProgress.goOn(cron("0 0 13 * * *", "UTC"), Progress.FOR_GOOD, null, MissedRun.FIRE_ONCE, NOON)))
			.isEqualTo(NOON.plusSeconds(3600));
		assertThat(next(resume(Schedule.fixedRate(Duration.ofSeconds(10), Duration.ZERO), Progress.FOR_GOOD, NOON)))
			.isEqualTo(NOON);
	}

	private static Instant later(ScheduleProgress progress, Instant now) {
		return next(progress).isAfter(now) ? next(progress) : now;
	}

	private static List<Instant> run(ScheduleProgress progress, Instant start, Duration lasting, int count) {
		List<Instant> runs = new ArrayList<>();
		Instant now = start;
		for (int i = 0; i < count; i++) {
			Instant scheduled = next(progress);
			now = later(progress, now).plus(lasting);
			runs.add(scheduled);
			progress.completed(scheduled, now);
		}
		return runs;
	}

}
