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

package io.distributedtask.actuate.endpoint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.TaskId;
import io.distributedtask.actuate.endpoint.ChangeDescriptor.ChangeKind;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has changed between two looks at the group. Used by one thread at a time.
 */
final class AssignmentComparison {

	/** Who has the shards of each task, in their order. */
	private Map<String, @Nullable Hold[]> holds = new HashMap<>();

	private @Nullable Set<String> instances;

	private Set<String> draining = Set.of();

	/** Whether shards may have been anywhere since the last look. */
	private boolean stale;

	/**
	 * Compare with the last look. The first one finds the owners that are there.
	 * @param assignments what the group looks like
	 * @return the changes
	 */
	List<ChangeDescriptor> compare(Assignments assignments) {
		Set<String> present = assignments.instances()
			.stream()
			.map(Instance::name)
			.collect(Collectors.toCollection(LinkedHashSet::new));
		List<ChangeDescriptor> changes = new ArrayList<>();
		Set<String> former = this.instances;
		if (former != null) {
			Instant at = assignments.asOf();
			int generation = assignments.group().generation();
			former.stream()
				.filter((name) -> !present.contains(name))
				.forEach((name) -> changes
					.add(ChangeDescriptor.ofInstance(at, ChangeKind.LEFT, name, null, generation)));
			present.stream()
				.filter((name) -> !former.contains(name))
				.forEach((name) -> changes
					.add(ChangeDescriptor.ofInstance(at, ChangeKind.JOINED, null, name, generation)));
		}
		changes.addAll(new Look(assignments, present).changes());
		this.instances = present;
		this.draining = assignments.instances()
			.stream()
			.filter(Instance::draining)
			.map(Instance::name)
			.collect(Collectors.toSet());
		this.stale = false;
		return changes;
	}

	/**
	 * Nothing is known of the group any more, until the next look.
	 */
	void becomesStale() {
		this.stale = true;
	}

	/**
	 * This instance has lost a shard.
	 * @return whether it had it at the last look
	 */
	boolean lost(TaskId id, String self) {
		@Nullable Hold[] shards = this.holds.get(id.name());
		Hold hold = (shards != null && id.shard() < shards.length) ? shards[id.shard()] : null;
		if (shards == null || hold == null || !hold.owner().equals(self)) {
			return false;
		}
		shards[id.shard()] = null;
		return true;
	}

	/**
	 * One look at the shards.
	 */
	private final class Look {

		private final Assignments assignments;

		private final Set<String> present;

		private final ChangeList changes = new ChangeList();

		private final Map<Hold, Hold> known = new HashMap<>();

		Look(Assignments assignments, Set<String> present) {
			this.assignments = assignments;
			this.present = present;
		}

		List<ChangeDescriptor> changes() {
			Map<String, @Nullable Hold[]> next = new HashMap<>();
			for (Assignments.Task task : this.assignments.tasks()) {
				@Nullable Hold[] former = AssignmentComparison.this.holds.getOrDefault(task.name(), new Hold[0]);
				@Nullable Hold[] shards = new Hold[task.assignments().size()];
				for (Assignment assignment : task.assignments()) {
					int shard = assignment.shard();
					Hold hold = hold(assignment);
					shards[shard] = hold;
					look(task.name(), assignment, (shard < former.length) ? former[shard] : null, hold);
				}
				next.put(task.name(), shards);
			}
			AssignmentComparison.this.holds = next;
			return this.changes.toList();
		}

		private @Nullable Hold hold(Assignment assignment) {
			if (assignment.owner() == null) {
				return null;
			}
			// the shards of a grant have one in common
			Hold hold = new Hold(assignment.owner(), assignment.fencingToken(),
					assignment.state() == AssignmentStatus.REVOKING);
			return this.known.computeIfAbsent(hold, (key) -> key);
		}

		private void look(String task, Assignment assignment, @Nullable Hold former, @Nullable Hold hold) {
			if (former != null && hold == null) {
				lookAtFormerOwner(task, assignment, former.owner());
			}
			else if (hold != null && !hold.equals(former)) {
				lookAtOwner(task, assignment, former, hold);
			}
		}

		private void lookAtFormerOwner(String task, Assignment assignment, String former) {
			if (AssignmentComparison.this.stale) {
				add(task, assignment, ChangeKind.LOST, null, null, former + " owned it when it was last known");
			}
			else if (!this.present.contains(former)) {
				add(task, assignment, ChangeKind.LOST, former, null, whereabouts(assignment, former));
			}
			else {
				add(task, assignment, ChangeKind.REVOKED, former, null, assignment.reason());
			}
		}

		private void lookAtOwner(String task, Assignment assignment, @Nullable Hold former, Hold hold) {
			String from = (former != null) ? former.owner() : null;
			boolean same = hold.owner().equals(from);
			if (hold.revoking()) {
				if (former == null || !same || !former.revoking()) {
					add(task, assignment, ChangeKind.REVOKED, hold.owner(), null, "told to stop");
				}
			}
			else if (from != null && AssignmentComparison.this.stale) {
				// nobody knows here who had it in between, if anybody did
				add(task, assignment, ChangeKind.ASSIGNED, null, hold.owner(),
						from + " owned it when it was last known");
			}
			else if (from != null && !same) {
				add(task, assignment, ChangeKind.MOVED, from, hold.owner(), whereabouts(assignment, from));
			}
			else {
				add(task, assignment, ChangeKind.ASSIGNED, null, hold.owner(), same ? "again" : null);
			}
		}

		/**
		 * What has become of a former owner, as far as is known.
		 */
		private String whereabouts(Assignment assignment, String from) {
			Boolean takenOver = assignment.takenOver();
			if (this.present.contains(from)) {
				return Boolean.TRUE.equals(takenOver) ? from + " had lost it" : "hand-over";
			}
			boolean inOrder = (takenOver != null) ? !takenOver : AssignmentComparison.this.draining.contains(from);
			return inOrder ? from + " has handed it over and left" : from + " is gone";
		}

		private void add(String task, Assignment assignment, ChangeKind kind, @Nullable String from,
				@Nullable String to, @Nullable String reason) {
			Instant since = (to != null) ? assignment.since() : null;
			this.changes.add(ChangeDescriptor.ofTask((since != null) ? since : this.assignments.asOf(), kind, task,
					from, to, this.assignments.group().generation(), reason), assignment.shard());
		}

	}

	/**
	 * Who has a shard.
	 *
	 * @param owner the name of the instance
	 * @param token the token of the ownership, if it is known
	 * @param revoking whether it is stopping it
	 */
	private record Hold(String owner, @Nullable Long token, boolean revoking) {
	}

}
