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

package io.distributedtask.migration;

import java.text.ParseException;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Date;

import org.junit.jupiter.api.Test;

import org.springframework.scheduling.support.CronExpression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What {@code docs/coming-from-quartz.md} says about cron expressions.
 */
class QuartzCronTests {

	private static final LocalDateTime FROM = LocalDateTime.of(2026, 1, 1, 0, 0);

	@Test
	void theSameNumberIsAnotherDay() throws ParseException {
		assertThat(quartz("0 0 2 ? * 2")).isEqualTo(DayOfWeek.MONDAY);
		assertThat(spring("0 0 2 ? * 2")).isEqualTo(DayOfWeek.TUESDAY);
		assertThat(quartz("0 0 2 ? * 2#1")).isEqualTo(DayOfWeek.MONDAY);
		assertThat(spring("0 0 2 ? * 2#1")).isEqualTo(DayOfWeek.TUESDAY);
	}

	@Test
	void aNameIsTheSameDay() throws ParseException {
		for (String expression : new String[] { "0 0 2 ? * MON", "0 0 2 ? * MON#1", "0 0 2 ? * FRIL" }) {
			assertThat(spring(expression)).isEqualTo(quartz(expression));
		}
	}

	@Test
	void springHasNoYears() throws ParseException {
		assertThat(quartz("0 0 2 ? * MON 2026")).isEqualTo(DayOfWeek.MONDAY);
		assertThatIllegalArgumentException().isThrownBy(() -> spring("0 0 2 ? * MON 2026"));
	}

	private static DayOfWeek spring(String expression) {
		return CronExpression.parse(expression).next(FROM).getDayOfWeek();
	}

	private static DayOfWeek quartz(String expression) throws ParseException {
		ZoneId zone = ZoneId.systemDefault();
		Date next = new org.quartz.CronExpression(expression)
			.getNextValidTimeAfter(Date.from(FROM.atZone(zone).toInstant()));
		return next.toInstant().atZone(zone).getDayOfWeek();
	}

}
