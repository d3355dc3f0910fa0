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

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.faults.history.RecordedRun;
import io.distributedtask.faults.history.Span;

/**
 * Who owned what at some moment.
 */
final class Owners {

	private Owners() {
	}

	/**
	 * The owners at a moment.
	 * @param nanos the moment
	 * @param run what was recorded
	 * @return sources by shard; without the shards that nobody was seen to own then
	 */
	static Map<String, String> at(long nanos, RecordedRun run) {
		Map<String, String> owners = new HashMap<>();
		for (Map.Entry<String, List<Span>> entry : run.spans().entrySet()) {
			for (Span span : entry.getValue()) {
				if (span.begin() <= nanos && span.workedUntil() >= nanos) {
					owners.put(entry.getKey(), span.source());
				}
			}
		}
		return owners;
	}

}
