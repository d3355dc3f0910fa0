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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.faults.rules.Violation.Promise;

/**
 * What the rules have found so far.
 */
final class Findings {

	private final List<Violation> violations = new ArrayList<>();

	private final Map<String, Gap> longestGaps = new TreeMap<>();

	private final Map<String, Long> notes = new TreeMap<>();

	void violation(Promise promise, long nanos, String task, int shard, String message) {
		this.violations.add(new Violation(promise, nanos, task, shard, message));
	}

	/**
	 * Note how long a shard was without an owner, permitted or not.
	 * @param cause what ended the former ownership
	 * @param gap how long, where and when
	 */
	void gap(String cause, Gap gap) {
		this.longestGaps.merge(cause, gap, Gap::longer);
	}

	/**
	 * Count something that is worth knowing and breaks no promise.
	 * @param what the name of the figure
	 * @param howMany what to add
	 */
	void count(String what, long howMany) {
		this.notes.merge(what, howMany, Long::sum);
	}

	/**
	 * Note the largest of something that is worth knowing and breaks no promise.
	 * @param what the name of the figure
	 * @param much one of which the largest is wanted
	 */
	void largest(String what, long much) {
		this.notes.merge(what, much, Math::max);
	}

	List<Violation> violations() {
		return this.violations.stream().sorted(Comparator.comparingLong(Violation::nanos)).toList();
	}

	Map<String, Gap> longestGaps() {
		return this.longestGaps;
	}

	Map<String, Long> notes() {
		return this.notes;
	}

}
