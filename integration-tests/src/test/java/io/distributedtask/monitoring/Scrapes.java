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

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What Prometheus would have stored, had it scraped instances while something happened.
 * As if that had taken longer: each scrape counts as one of every {@value #INTERVAL}
 * seconds, and what lasts can be held.
 */
final class Scrapes {

	static final int INTERVAL = 15;

	private final Function<String, String> scraper;

	private final List<Map<String, String>> samples = new ArrayList<>();

	/**
	 * Nothing yet.
	 * @param scraper answers with the metrics of the instance of a name
	 */
	Scrapes(Function<String, String> scraper) {
		this.scraper = scraper;
	}

	/**
	 * Scrape instances, all at once.
	 * @param instances the names of those that are up
	 */
	void take(Collection<String> instances) {
		Map<String, String> sample = new TreeMap<>();
		for (String instance : instances) {
			this.scraper.apply(instance)
				.lines()
				.filter((line) -> line.startsWith("distributed_task_"))
				.forEach((line) -> {
					int value = line.lastIndexOf(' ');
					assertHasLabels(line);
					sample.put(line.substring(0, value - 1) + ",instance=\"" + instance + "\"}",
							line.substring(value + 1));
				});
		}
		this.samples.add(sample);
	}

	private static void assertHasLabels(String line) {
		if (line.charAt(line.lastIndexOf(' ') - 1) != '}') {
			throw new IllegalArgumentException("Each meter has the label 'group', and this one has none: " + line);
		}
	}

	/**
	 * Let it be as it was at the last scrape.
	 * @param minutes for how long
	 */
	void hold(int minutes) {
		Map<String, String> last = this.samples.get(this.samples.size() - 1);
		for (int i = 0; i < minutes * 60 / INTERVAL; i++) {
			this.samples.add(last);
		}
	}

	/**
	 * The end, in seconds.
	 */
	int end() {
		return (this.samples.size() - 1) * INTERVAL;
	}

	/**
	 * Names and labels of all series, without their instances.
	 */
	Map<String, Set<String>> labels() {
		Map<String, Set<String>> labels = new TreeMap<>();
		for (String series : series()) {
			new Expression(series).metrics()
				.forEach((name, names) -> labels.computeIfAbsent(name, (key) -> new TreeSet<>()).addAll(names));
		}
		return labels;
	}

	/**
	 * All series, as promtool reads them. After a series has ended it is stale.
	 */
	String inputSeries() {
		StringBuilder input = new StringBuilder();
		for (String series : series()) {
			input.append("      - series: '%s'\n        values: '".formatted(series));
			boolean before = false;
			for (Map<String, String> sample : this.samples) {
				String value = sample.get(series);
				input.append((value != null) ? number(value) : before ? "stale" : "_").append(' ');
				before = value != null;
			}
			input.append("'\n");
		}
		return input.toString();
	}

	private Set<String> series() {
		Set<String> series = new TreeSet<>();
		this.samples.forEach((sample) -> series.addAll(sample.keySet()));
		return series;
	}

	private static String number(String value) {
		return new BigDecimal(value).toPlainString();
	}

}
