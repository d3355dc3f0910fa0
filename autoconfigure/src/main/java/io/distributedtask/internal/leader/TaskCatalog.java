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

package io.distributedtask.internal.leader;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of the group, from what each member reports that it can run. While a new
 * version of the application is rolled out, members may define a task differently: the
 * definition of the most members is in force, and of equally many the one that is being
 * run, then the leader's. A member that splits the task into another number of shards
 * does not take part in it, for shard 3 of 16 and shard 3 of 32 are not the same work.
 * <p>
 * Many members share one list, the very same one if it is large: each is looked at once,
 * or the work would grow with the number of members times that of tasks.
 */
public final class TaskCatalog {

	private static final Comparator<TaskDefinition> BY_TEXT = Comparator.comparing(TaskDefinition::toString);

	private final Map<String, TaskDefinition> definitions;

	private final Map<List<TaskDefinition>, Set<String>> runnable = new IdentityHashMap<>();

	private TaskCatalog(Map<String, TaskDefinition> definitions) {
		this.definitions = definitions;
	}

	public static TaskCatalog of(Collection<MemberMetadata> members, @Nullable MemberMetadata leader) {
		Set<TaskDefinition> preferred = (leader != null) ? new HashSet<>(leader.tasks()) : Set.of();
		Map<String, Map<TaskDefinition, Integer>> votes = new TreeMap<>();
		Map<String, Map<Integer, Integer>> running = new HashMap<>();
		Map<List<TaskDefinition>, Integer> lists = new IdentityHashMap<>();
		for (MemberMetadata member : members) {
			lists.merge(member.tasks(), 1, Integer::sum);
			for (Claim claim : member.claims()) {
				running.computeIfAbsent(claim.task(), (name) -> new HashMap<>())
					.merge(claim.shardCount(), claim.shards().size(), Integer::sum);
			}
		}
		lists.forEach((tasks, count) -> {
			for (TaskDefinition task : tasks) {
				votes.computeIfAbsent(task.name(), (name) -> new HashMap<>(2)).merge(task, count, Integer::sum);
			}
		});
		// by name, and quick to look up for each shard
		Map<String, TaskDefinition> definitions = new LinkedHashMap<>();
		votes.forEach((name, candidates) -> definitions.put(name,
				inForce(candidates, running.getOrDefault(name, Map.of()), preferred)));
		return new TaskCatalog(definitions);
	}

	private static TaskDefinition inForce(Map<TaskDefinition, Integer> candidates, Map<Integer, Integer> running,
			Set<TaskDefinition> preferred) {
		if (candidates.size() == 1) {
			return candidates.keySet().iterator().next();
		}
		Map<Integer, Integer> votesByShards = new HashMap<>();
		candidates.forEach((task, votes) -> votesByShards.merge(task.shards(), votes, Integer::sum));
		List<TaskDefinition> ordered = new ArrayList<>(candidates.keySet());
		ordered.sort(Comparator.comparingInt((TaskDefinition task) -> votesByShards.get(task.shards()))
			.thenComparingInt((task) -> running.getOrDefault(task.shards(), 0))
			.thenComparingInt(TaskDefinition::shards)
			.thenComparingInt(candidates::get)
			.thenComparing(preferred::contains)
			.thenComparing(BY_TEXT));
		return ordered.get(ordered.size() - 1);
	}

	/**
	 * The definitions in force, by name.
	 */
	public Map<String, TaskDefinition> definitions() {
		return this.definitions;
	}

	/**
	 * Whether a task is split in a certain way.
	 * @param name the name of the task
	 * @param shards a number of shards
	 * @return whether the task exists and has that many shards
	 */
	boolean isInForce(String name, int shards) {
		TaskDefinition task = this.definitions.get(name);
		return task != null && task.shards() == shards;
	}

	/**
	 * Whether a shard exists.
	 * @param id the shard
	 * @return whether it is one of a task in force
	 */
	boolean has(TaskId id) {
		TaskDefinition task = this.definitions.get(id.name());
		return task != null && id.shard() < task.shards();
	}

	/**
	 * The tasks that a member can take part in.
	 * @param member the member
	 * @return the names of the tasks
	 */
	public Set<String> runnableBy(MemberMetadata member) {
		return this.runnable.computeIfAbsent(member.tasks(),
				(tasks) -> tasks.stream()
					.filter((task) -> isInForce(task.name(), task.shards()))
					.map(TaskDefinition::name)
					.collect(Collectors.toUnmodifiableSet()));
	}

}
