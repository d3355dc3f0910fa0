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

package io.distributedtask;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Labels that an instance must have to own a task: a conjunction of {@code key=value}
 * pairs, written {@code zone=eu,disk=ssd}.
 *
 * @param labels the required labels; empty matches every instance
 * @since 0.1.0
 */
public record LabelSelector(Map<String, String> labels) {

	private static final LabelSelector ANY = new LabelSelector(Map.of());

	/** Of other languages for selectors, in which they mean something. */
	private static final String OPERATORS = ",=!|&;<>()[]{}~^*?$'\"`\\";

	/**
	 * Create a selector.
	 * @throws IllegalArgumentException if a key or value is empty, begins or ends with a
	 * blank, or contains a control character or one of
	 * <code>,=!|&amp;;&lt;&gt;()[]{}~^*?$'"`\</code>
	 */
	public LabelSelector {
		labels = Collections.unmodifiableMap(new TreeMap<>(labels));
		labels.forEach((key, value) -> {
			check(key);
			check(value);
		});
	}

	private static void check(String text) {
		if (text.isEmpty() || !text.equals(text.strip())) {
			throw new IllegalArgumentException(
					"A label's key and value must not be empty, begin or end with a blank, and '%s' does"
						.formatted(text));
		}
		text.chars()
			.filter((it) -> OPERATORS.indexOf(it) >= 0 || Character.isISOControl(it))
			.findFirst()
			.ifPresent((it) -> {
				throw new IllegalArgumentException(("A label's key and value must not contain '%s', and '%s' does. "
						+ "All labels that are named must be present; there are no other operators than '=' and ','")
					.formatted((char) it, text));
			});
	}

	/**
	 * Read a selector from its text.
	 * @param text comma-separated {@code key=value} pairs; empty or blank for any
	 * @return the selector
	 * @throws IllegalArgumentException if the text is not a selector; the message
	 * contains the reason
	 */
	public static LabelSelector parse(String text) {
		if (text.isBlank()) {
			return ANY;
		}
		Map<String, String> labels = new TreeMap<>();
		for (String pair : text.split(",", -1)) {
			int separator = pair.indexOf('=');
			String key = (separator < 0) ? "" : pair.substring(0, separator).trim();
			String value = (separator < 0) ? "" : pair.substring(separator + 1).trim();
			if (key.isEmpty() || value.isEmpty()) {
				throw new IllegalArgumentException(
						"'%s' is not a label selector: '%s' is not of the form key=value".formatted(text, pair.trim()));
			}
			String other = labels.put(key, value);
			if (other != null && !other.equals(value)) {
				throw new IllegalArgumentException(
						"'%s' is not a label selector: label '%s' cannot be '%s' and '%s' at once".formatted(text, key,
								other, value));
			}
		}
		try {
			return new LabelSelector(labels);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("'%s' is not a label selector: %s".formatted(text, ex.getMessage()), ex);
		}
	}

	/**
	 * Whether an instance with the given labels may own the task.
	 * @param instanceLabels the labels of an instance
	 * @return whether all required labels are there
	 */
	public boolean matches(Map<String, String> instanceLabels) {
		return this.labels.entrySet()
			.stream()
			.allMatch((label) -> label.getValue().equals(instanceLabels.get(label.getKey())));
	}

	/**
	 * The selector's text, with its keys in alphabetical order.
	 */
	@Override
	public String toString() {
		return this.labels.entrySet()
			.stream()
			.map((label) -> label.getKey() + "=" + label.getValue())
			.collect(Collectors.joining(","));
	}

}
