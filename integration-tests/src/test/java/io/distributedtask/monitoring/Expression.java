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

package io.distributedtask.monitoring;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an expression in PromQL refers to.
 */
final class Expression {

	private static final Pattern SELECTOR = Pattern.compile("(distributed_task[a-z_:]*)(?:\\{([^}]*)})?");

	private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_]+)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");

	private static final Pattern GROUPING = Pattern.compile("\\b(?:by|without|on|group_left)\\s*\\(([^)]*)\\)");

	private final String text;

	Expression(String text) {
		this.text = text;
	}

	/**
	 * The labels by which each metric is selected.
	 */
	Map<String, Set<String>> metrics() {
		Map<String, Set<String>> metrics = new TreeMap<>();
		Matcher selector = SELECTOR.matcher(this.text);
		while (selector.find()) {
			Set<String> labels = metrics.computeIfAbsent(selector.group(1), (name) -> new TreeSet<>());
			if (selector.group(2) != null) {
				MATCHER.matcher(selector.group(2)).results().forEach((label) -> labels.add(label.group(1)));
			}
		}
		return metrics;
	}

	/**
	 * The labels by which it groups or joins.
	 */
	Set<String> grouping() {
		return GROUPING.matcher(this.text)
			.results()
			.map((MatchResult result) -> result.group(1))
			.flatMap((labels) -> Arrays.stream(labels.split(",")))
			.map(String::strip)
			.filter((label) -> !label.isEmpty())
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Override
	public String toString() {
		return this.text;
	}

}
