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

package io.distributedtask.faults.report;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.distributedtask.faults.history.GroupUnderTest;
import io.distributedtask.faults.history.History;
import io.distributedtask.faults.rules.Figures;
import io.distributedtask.faults.rules.Gap;
import io.distributedtask.faults.rules.OwnedInTimeRule;
import io.distributedtask.faults.rules.Verdict;
import io.distributedtask.faults.rules.Violation;
import io.distributedtask.faults.rules.Violation.Promise;

/**
 * Says for people what came of a run: its figures as tables for
 * {@code docs/reliability.md}, and each violation with what happened around it.
 */
public final class Report {

	private static final Duration AROUND = Duration.ofSeconds(5);

	private static final int MOST_VIOLATIONS = 20;

	private Report() {
	}

	/**
	 * The figures of a run as tables.
	 * @param verdict what the checker says
	 * @param group what was under test
	 * @return the tables, in Markdown
	 */
	public static String figures(Verdict verdict, GroupUnderTest group) {
		Figures figures = verdict.figures();
		StringBuilder text = new StringBuilder();
		int faults = figures.faults().values().stream().mapToInt(Integer::intValue).sum();
		text.append(String.format(Locale.ROOT, "%.2f hours, %d faults, %d violations%n", hours(figures.lasted()),
				faults, verdict.violations().size()));
		text.append("\n| faults injected | |\n|---|---:|\n");
		figures.faults().forEach((kind, count) -> row(text, kind, count));
		text.append("\n| promise | violations |\n|---|---:|\n");
		for (Promise promise : Promise.values()) {
			row(text, promise, figures.violations().getOrDefault(promise, 0));
		}
		text.append("\n| longest time without an owner, by what ended the former ownership | seconds | where |\n");
		text.append("|---|---:|---|\n");
		figures.longestGaps()
			.forEach((cause, gap) -> row(text, cause,
					String.format(Locale.ROOT, "%.2f | %s", gap.nanos() / 1e9, where(gap))));
		row(text, "permitted quiet time: session + heartbeat + rebalance + revoke timeout + 1 s",
				String.format(Locale.ROOT, "%.2f |", OwnedInTimeRule.bound(group).toMillis() / 1000.0));
		text.append("\n| what was seen | |\n|---|---:|\n");
		rows(text, figures.counts());
		rows(text, figures.notes());
		return text.toString();
	}

	private static String where(Gap gap) {
		return String.format(Locale.ROOT, "%s at %.3f s", gap.shard(), gap.from() / 1e9);
	}

	private static double hours(Duration time) {
		return time.toMillis() / 3_600_000.0;
	}

	private static void rows(StringBuilder text, Map<String, Long> figures) {
		figures.forEach((what, count) -> row(text, what, count));
	}

	private static void row(StringBuilder text, Object what, Object figure) {
		text.append("| ").append(what).append(" | ").append(figure).append(" |\n");
	}

	/**
	 * What went wrong: each violation with the lines around it that are about its shard,
	 * about all, or about faults.
	 * @param history the history
	 * @param verdict what the checker says of it
	 * @param seed of which the faults were drawn
	 * @return the text, empty if nothing went wrong
	 */
	public static String violations(History history, Verdict verdict, long seed) {
		List<Violation> violations = verdict.violations();
		if (violations.isEmpty()) {
			return "";
		}
		StringBuilder text = new StringBuilder("%d violations, seed %d%n".formatted(violations.size(), seed));
		for (Violation violation : violations.subList(0, Math.min(MOST_VIOLATIONS, violations.size()))) {
			text.append("%n%s at %.3f s: %s%n".formatted(violation.promise(),
					(violation.nanos() - history.begin()) / 1e9, violation.message()));
			text.append(history.window(violation.nanos(), AROUND, violation.task(), violation.shard())).append('\n');
		}
		if (violations.size() > MOST_VIOLATIONS) {
			text.append("%nand %d more%n".formatted(violations.size() - MOST_VIOLATIONS));
		}
		return text.toString();
	}

}
