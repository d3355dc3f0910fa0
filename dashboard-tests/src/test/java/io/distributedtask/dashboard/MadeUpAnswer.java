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

package io.distributedtask.dashboard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

/**
 * What the assignments endpoint of a group could answer: tasks {@code tenant-0} and so
 * on, whose shards are dealt out to instances {@code shop-1} and so on, of which the
 * first one answers.
 */
final class MadeUpAnswer {

	static final String AS_OF = "2026-11-24T10:15:30.123Z";

	private static final JsonMapper MAPPER = new JsonMapper();

	private final Map<String, Object> group = new LinkedHashMap<>(
			Map.of("id", "large", "state", "STABLE", "generation", 7, "assignor", "sticky", "leader", "shop-1"));

	private final Map<String, Object> all = new LinkedHashMap<>();

	private final List<Map<String, Object>> tasks = new ArrayList<>();

	private final List<List<Map<String, Object>>> shards = new ArrayList<>();

	MadeUpAnswer(int tasks, int shards, int instances) {
		set(Map.of("self", "shop-1", "source", "COORDINATOR", "asOf", AS_OF));
		List<Map<String, Object>> members = new ArrayList<>();
		for (int i = 1; i <= instances; i++) {
			Map<String, Object> member = new LinkedHashMap<>(Map.of("name", "shop-" + i, "memberId", "m", "host", "h",
					"labels", Map.of("zone", "eu"), "capacity", 1.0, "draining", false));
			member.putAll(Map.of("leader", i == 1, "self", i == 1, "owned", tasks * shards / instances));
			members.add(member);
		}
		for (int task = 0; task < tasks; task++) {
			List<Map<String, Object>> assignments = new ArrayList<>();
			for (int shard = 0; shard < shards; shard++) {
				assignments
					.add(new LinkedHashMap<>(Map.of("shard", shard, "owner", "shop-" + (1 + (task + shard) % instances),
							"state", "OWNED", "fencingToken", 1795500930123L, "since", "2026-11-24T09:55:30.123Z")));
			}
			this.shards.add(assignments);
			this.tasks.add(new LinkedHashMap<>(Map.of("name", "tenant-" + task, "shards", shards, "weight", 1.0,
					"requires", "", "paused", false, "assignments", assignments)));
		}
		this.all.putAll(Map.of("group", this.group, "instances", members, "tasks", this.tasks));
	}

	MadeUpAnswer set(Map<String, ?> values) {
		this.all.putAll(values);
		return this;
	}

	MadeUpAnswer group(Map<String, ?> values) {
		this.group.putAll(values);
		return this;
	}

	MadeUpAnswer task(int task, Map<String, ?> values) {
		this.tasks.get(task).putAll(values);
		return this;
	}

	MadeUpAnswer shard(int task, int shard, Map<String, ?> values) {
		this.shards.get(task).get(shard).putAll(values);
		return this;
	}

	/**
	 * A shard that nobody has.
	 */
	MadeUpAnswer nobody(int task, int shard, String reason) {
		Map<String, Object> values = this.shards.get(task).get(shard);
		values.keySet().removeAll(List.of("since", "fencingToken"));
		values.put("owner", null);
		return shard(task, shard, Map.of("state", "UNASSIGNED", "reason", reason));
	}

	/**
	 * What has changed, oldest first.
	 */
	MadeUpAnswer history(List<Map<String, Object>> changes) {
		return set(Map.of("history", changes));
	}

	/**
	 * A change, by its names and values.
	 */
	static Map<String, Object> change(String at, String kind, String... more) {
		Map<String, Object> change = new LinkedHashMap<>(Map.of("at", at, "kind", kind, "generation", 7));
		for (int i = 0; i < more.length; i += 2) {
			change.put(more[i], more[i + 1]);
		}
		return change;
	}

	String json() {
		return MAPPER.writeValueAsString(this.all);
	}

}
