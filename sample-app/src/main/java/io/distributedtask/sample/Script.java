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

package io.distributedtask.sample;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.distributedtask.sample.DemonstrationOptions.Action;

/**
 * What is done when, unattended: {@code kill@10s,add@20s,stop@30s,quit@40s}.
 *
 * @param steps the steps in the order of their times; the last one quits
 */
record Script(List<Step> steps) {

	private static final Pattern STEP = Pattern.compile("([a-z]+)@(\\d{1,6})(ms|s|m)");

	Script {
		steps = List.copyOf(steps);
	}

	/**
	 * Read a script from its text.
	 * @param text comma-separated steps of the form {@code action@time}
	 * @return the script
	 * @throws IllegalArgumentException if the text is not a script; the message says why
	 */
	static Script parse(String text) {
		List<Step> steps = new ArrayList<>();
		for (String part : text.split(",", -1)) {
			Matcher matcher = STEP.matcher(part.trim());
			if (!matcher.matches()) {
				throw new IllegalArgumentException(
						"'%s' is not a step of a script: write action@time, such as kill@10s".formatted(part.trim()));
			}
			steps.add(new Step(Action.ofName(matcher.group(1)), time(matcher.group(2), matcher.group(3))));
		}
		steps.sort(Comparator.comparing(Step::at));
		if (steps.get(steps.size() - 1).action() != Action.QUIT) {
			throw new IllegalArgumentException(
					"The script '%s' never ends: its last step must be quit, such as quit@40s".formatted(text));
		}
		return new Script(steps);
	}

	private static Duration time(String amount, String unit) {
		long number = Long.parseLong(amount);
		return switch (unit) {
			case "ms" -> Duration.ofMillis(number);
			case "s" -> Duration.ofSeconds(number);
			default -> Duration.ofMinutes(number);
		};
	}

	/**
	 * One thing to do.
	 *
	 * @param action what
	 * @param at when, counted from the moment when the first instances are up
	 */
	record Step(Action action, Duration at) {
	}

}
