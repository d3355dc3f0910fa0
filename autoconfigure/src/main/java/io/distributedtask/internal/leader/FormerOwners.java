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

import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.port.GroupMembership.Round;
import org.jspecify.annotations.Nullable;

/**
 * Which shards had an owner who has not given them back: whoever gets them takes them
 * over from somebody who has vanished. A task that is new had none.
 */
final class FormerOwners {

	/** {@code null} if what the leader before this one did is not known. */
	private @Nullable Set<TaskId> held;

	private @Nullable Set<TaskId> heldNext;

	private @Nullable TaskCatalog knownFrom;

	/** The names of the tasks that members of the group's last generation can run. */
	private Set<String> known = Set.of();

	/**
	 * A round begins.
	 * @param remembers whether what was planned in the round before is still true
	 * @param again whether this one was, too
	 */
	void begin(boolean remembers, boolean again) {
		if (!again) {
			this.held = remembers ? this.heldNext : null;
		}
	}

	/**
	 * Whether somebody had a shard that nobody claims, and that was not given back. If
	 * that is not known, every task had owners that a member of the group's last
	 * generation can run.
	 */
	boolean had(TaskId id, Round round, TaskCatalog catalogue) {
		Set<TaskId> held = this.held;
		return (held != null) ? held.contains(id) : known(round, catalogue).contains(id.name());
	}

	private Set<String> known(Round round, TaskCatalog catalogue) {
		if (this.knownFrom != catalogue) {
			this.knownFrom = catalogue;
			this.known = new HashSet<>();
			// many members share one list
			Set<Set<String>> seen = Collections.newSetFromMap(new IdentityHashMap<>());
			round.members()
				.values()
				.stream()
				.filter((member) -> member.generation() >= 0)
				.map(catalogue::runnableBy)
				.filter(seen::add)
				.forEach(this.known::addAll);
		}
		return this.known;
	}

	/**
	 * A round is planned.
	 * @param claims what members hold
	 * @param released what was given back and is not known to have been taken up
	 * @param plan what they are told
	 */
	void planned(Round round, TaskCatalog catalogue, Claims claims, Set<TaskId> released,
			Map<String, MemberAssignment> plan) {
		Set<TaskId> next = new HashSet<>();
		Set<TaskId> held = this.held;
		if (!round.complete()) {
			// what members cannot tell yet that they run is not gone
			if (held == null) {
				this.heldNext = null;
				return;
			}
			held.stream().filter((id) -> claims.holder(id) == null && !released.contains(id)).forEach(next::add);
		}
		for (TaskDefinition task : catalogue.definitions().values()) {
			boolean mayHave = held != null || had(new TaskId(task.name(), 0), round, catalogue);
			for (int shard = 0; mayHave && shard < task.shards(); shard++) {
				TaskId id = new TaskId(task.name(), shard);
				if ((held == null || held.contains(id)) && claims.holder(id) == null && !released.contains(id)) {
					next.add(id);
				}
			}
		}
		plan.values().forEach((assignment) -> {
			assignment.grants()
				.forEach((grant) -> grant.shards()
					.stream()
					.forEach((shard) -> next.add(new TaskId(grant.task(), shard))));
			assignment.revoked()
				.forEach((revoked) -> revoked.shards()
					.stream()
					.forEach((shard) -> next.add(new TaskId(revoked.task(), shard))));
		});
		this.heldNext = next;
	}

}
