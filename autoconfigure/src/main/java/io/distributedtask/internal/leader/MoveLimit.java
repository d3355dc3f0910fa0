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

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.assignment.GroupState.Instance;
import io.distributedtask.internal.leader.Claims.Holder;
import io.distributedtask.internal.message.MemberMetadata.Hold;
import org.jspecify.annotations.Nullable;

/**
 * How many shards may be in hand-over at a time that their owners could keep. What has to
 * move does not count, and is not held back: the shards of an instance that drains, or
 * may no longer own them, of another split, and those that operators want elsewhere.
 *
 * @param most the number, {@link Integer#MAX_VALUE} if there is no limit
 */
record MoveLimit(int most) {

	static final MoveLimit NONE = new MoveLimit(Integer.MAX_VALUE);

	/**
	 * The shards that stay where they are for now. Those that are stopped, and then given
	 * back, bring about the round in which the next ones may begin: there are some
	 * whenever any has to wait.
	 * @param facts what is so in the round
	 * @param overrides what operators have decided
	 * @param instances the instances that may own something
	 * @param target where the shards are to go
	 */
	Waiting waiting(RoundFacts facts, OperatorOverrides overrides, Collection<Instance> instances,
			Map<TaskId, String> target) {
		if (this.most == Integer.MAX_VALUE) {
			return Waiting.NONE;
		}
		Map<String, Instance> byName = new HashMap<>();
		instances.forEach((instance) -> byName.put(instance.name(), instance));
		Set<TaskId> waiting = new TreeSet<>();
		int begun = 0;
		for (Map.Entry<TaskId, Holder> held : facts.claims().holders().entrySet()) {
			TaskId id = held.getKey();
			Holder holder = held.getValue();
			String owner = target.get(id);
			String name = facts.roster().name(holder.memberId());
			Instance instance = byName.get(name);
			TaskDefinition task = facts.catalog().definitions().get(id.name());
			boolean couldStay = owner != null && instance != null && task != null && instance.canOwn(task)
					&& facts.catalog().isInForce(id.name(), holder.claim().shardCount()) && !overrides.isMoved(id);
			if (couldStay && holder.claim().hold() == Hold.REVOKING) {
				begun++;
			}
			else if (couldStay && !name.equals(owner)) {
				waiting.add(id);
			}
		}
		Set<TaskId> beginning = new HashSet<>();
		waiting.stream().limit(Math.max(0, this.most - begun)).forEach(beginning::add);
		waiting.removeAll(beginning);
		return new Waiting(waiting, Waiting.names(instances), facts.catalog().definitions());
	}

	/**
	 * What to tell of those that wait, empty if there are none.
	 */
	String tell(@Nullable Waiting waiting) {
		int count = (waiting != null) ? waiting.ids().size() : 0;
		return (count == 0) ? "" : "; %d move%s wait%s: max-moves-per-rebalance=%d".formatted(count,
				(count == 1) ? "" : "s", (count == 1) ? "s" : "", this.most);
	}

	/**
	 * The shards that stay for now, and for whom and what they were to go elsewhere. As
	 * long as that is so they count as where they are to go, as those do that are on
	 * their way: an assignor that sees a part of what it wants might want something else,
	 * and send back what has been stopped for it.
	 *
	 * @param ids the shards
	 * @param instances the names of the instances that may own something
	 * @param tasks the tasks
	 */
	record Waiting(Set<TaskId> ids, Set<String> instances, Map<String, TaskDefinition> tasks) {

		static final Waiting NONE = new Waiting(Set.of(), Set.of(), Map.of());

		/**
		 * What is still to go where it was to go.
		 */
		Set<TaskId> ids(Collection<Instance> instances, TaskCatalog catalog) {
			boolean isAsBefore = !this.ids.isEmpty() && this.instances.equals(names(instances))
					&& this.tasks.equals(catalog.definitions());
			return isAsBefore ? this.ids : Set.of();
		}

		private static Set<String> names(Collection<Instance> instances) {
			return instances.stream().map(Instance::name).collect(Collectors.toSet());
		}

	}

}
