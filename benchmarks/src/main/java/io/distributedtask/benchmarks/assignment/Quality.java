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

package io.distributedtask.benchmarks.assignment;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState;
import io.distributedtask.assignment.GroupState.Instance;
import org.apache.kafka.common.TopicPartition;

/**
 * What an assignment costs and how even it is.
 *
 * @param moves the number of shards that another instance has now although their owner is
 * still there
 * @param fewest the smallest number of moves that makes the totals even
 * @param total by how many shards the totals differ
 * @param task by how many shards of one task instances differ, at most
 */
record Quality(int moves, int fewest, int total, int task) {

	static Map<TaskId, String> owners(Map<String, List<TopicPartition>> assignment) {
		Map<TaskId, String> owners = new HashMap<>();
		assignment.forEach((owner, partitions) -> partitions
			.forEach((partition) -> owners.put(new TaskId(partition.topic(), partition.partition()), owner)));
		return owners;
	}

	static Quality of(GroupState group, Map<TaskId, String> owners) {
		Map<String, Integer> numbers = new HashMap<>();
		group.instances().stream().map(Instance::name).forEach((name) -> numbers.put(name, numbers.size()));
		int[] before = new int[numbers.size()];
		int[] totals = new int[numbers.size()];
		Map<String, int[]> tasks = new HashMap<>();
		int moves = 0;
		for (Map.Entry<TaskId, String> entry : owners.entrySet()) {
			int instance = numbers.getOrDefault(entry.getValue(), 0);
			totals[instance]++;
			tasks.computeIfAbsent(entry.getKey().name(), (name) -> new int[totals.length])[instance]++;
			String owner = group.owners().get(entry.getKey());
			if (owner != null) {
				before[numbers.getOrDefault(owner, 0)]++;
				moves += owner.equals(entry.getValue()) ? 0 : 1;
			}
		}
		int most = tasks.values().stream().mapToInt(Quality::spread).max().orElse(0);
		return new Quality(moves, fewest(before, owners.size()), spread(totals), most);
	}

	private static int spread(int[] counts) {
		return Arrays.stream(counts).max().orElse(0) - Arrays.stream(counts).min().orElse(0);
	}

	private static int fewest(int[] before, int shards) {
		int[] sorted = Arrays.stream(before).sorted().toArray();
		int moves = 0;
		for (int i = 0; i < sorted.length; i++) {
			int share = shards / sorted.length + ((sorted.length - 1 - i < shards % sorted.length) ? 1 : 0);
			moves += Math.max(0, sorted[i] - share);
		}
		return moves;
	}

	@Override
	public String toString() {
		return "%d of %d moves, %d / %d apart".formatted(this.moves, this.fewest, this.total, this.task);
	}

	/**
	 * Several of one assignor, in words.
	 */
	static String describe(List<Quality> all) {
		return all.stream().map(Quality::toString).collect(Collectors.joining("; "));
	}

}
