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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.distributedtask.sample.OwnershipEvent.Kind;

/**
 * Tells the instances' events in few words: {@code checksums-2 got digest 0-4, leader}.
 */
final class OwnershipEvents {

	private OwnershipEvents() {
	}

	/**
	 * Tell events.
	 * @param events the events
	 * @return a line for each instance and kind
	 */
	static List<String> tell(List<OwnershipEvent> events) {
		Map<String, Map<String, List<Integer>>> lines = new LinkedHashMap<>();
		for (OwnershipEvent event : events) {
			if (event.kind() != Kind.RUNNING) {
				lines.computeIfAbsent(event.instance() + " " + event.kind().verb(), (line) -> new TreeMap<>())
					.computeIfAbsent(event.task().name(), (task) -> new ArrayList<>())
					.add(event.task().shard());
			}
		}
		List<String> told = new ArrayList<>();
		lines.forEach((line, tasks) -> {
			List<String> parts = new ArrayList<>();
			tasks.forEach((task, shards) -> parts
				.add(task.equals(DigestTask.NAME) ? task + " " + ShardRanges.format(shards) : task));
			told.add(line + " " + String.join(", ", parts));
		});
		return told;
	}

}
