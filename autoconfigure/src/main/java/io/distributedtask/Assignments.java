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

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * An immutable picture of the group: who is in, what exists, who owns what.
 *
 * @param group the group itself
 * @param self the name of the instance that made the picture
 * @param source who was asked
 * @param asOf when the picture was made
 * @param instances the live instances, by name
 * @param tasks the tasks that some live instance knows, by name
 * @since 0.1.0
 */
public record Assignments(Group group, String self, Source source, Instant asOf, List<Instance> instances,
		List<Task> tasks) {

	public Assignments {
		instances = List.copyOf(instances);
		tasks = List.copyOf(tasks);
	}

	/**
	 * Where a picture comes from.
	 */
	public enum Source {

		/**
		 * The broker that runs the group.
		 */
		COORDINATOR,

		/**
		 * This instance's own memory: the coordinator could not be asked.
		 */
		LOCAL

	}

	/**
	 * What the group is doing, as this instance sees it.
	 */
	public enum GroupStatus {

		/** This instance is on its way into the group. */
		JOINING,
		/** The group is finding a new assignment. */
		REBALANCING,
		/** Every member has its assignment. */
		STABLE,
		/** The coordinator has not been heard from for longer than the lease. */
		DISCONNECTED,
		/** There is no group: this instance owns everything. */
		LOCAL,
		/** This instance has left the group. */
		STOPPED

	}

	/**
	 * The group.
	 *
	 * @param id the group id
	 * @param state what it is doing
	 * @param generation the number of the last rebalance, -1 before the first
	 * @param assignor the algorithm in use, {@code null} before the first rebalance
	 * @param leader the name of the instance that computed the assignment
	 * @param problem what keeps the group from doing its work, with the remedy
	 * @param paused whether all tasks are held back from running
	 */
	public record Group(String id, GroupStatus state, int generation, @Nullable String assignor,
			@Nullable String leader, @Nullable String problem, boolean paused) {

		/**
		 * A group whose tasks run.
		 * @param id the group id
		 * @param state what it is doing
		 * @param generation the number of the last rebalance, -1 before the first
		 * @param assignor the algorithm in use, {@code null} before the first rebalance
		 * @param leader the name of the instance that computed the assignment
		 * @param problem what keeps the group from doing its work, with the remedy
		 */
		public Group(String id, GroupStatus state, int generation, @Nullable String assignor, @Nullable String leader,
				@Nullable String problem) {
			this(id, state, generation, assignor, leader, problem, false);
		}

	}

	/**
	 * A live instance.
	 *
	 * @param name its name
	 * @param memberId the id that the coordinator gave it
	 * @param host its host as the coordinator sees it
	 * @param labels its labels
	 * @param capacity how much it can carry, relative to others
	 * @param draining whether it is giving up what it owns
	 * @param leader whether it computed the assignment
	 * @param self whether it made this picture
	 * @param uri where people reach its actuator
	 * @param owned the number of shards that it owns
	 * @param problem why the leader assigns nothing to it, {@code null} if it does
	 */
	public record Instance(String name, @Nullable String memberId, @Nullable String host, Map<String, String> labels,
			double capacity, boolean draining, boolean leader, boolean self, @Nullable URI uri, int owned,
			@Nullable String problem) {

		public Instance {
			labels = Map.copyOf(labels);
		}

		/**
		 * An instance that the leader understands.
		 * @param name its name
		 * @param memberId the id that the coordinator gave it
		 * @param host its host as the coordinator sees it
		 * @param labels its labels
		 * @param capacity how much it can carry, relative to others
		 * @param draining whether it is giving up what it owns
		 * @param leader whether it computed the assignment
		 * @param self whether it made this picture
		 * @param uri where people reach its actuator
		 * @param owned the number of shards that it owns
		 */
		public Instance(String name, @Nullable String memberId, @Nullable String host, Map<String, String> labels,
				double capacity, boolean draining, boolean leader, boolean self, @Nullable URI uri, int owned) {
			this(name, memberId, host, labels, capacity, draining, leader, self, uri, owned, null);
		}

	}

	/**
	 * A task.
	 *
	 * @param name its name
	 * @param shards the number of its shards
	 * @param weight the weight of one shard
	 * @param requires the labels that an owner must have
	 * @param paused whether it is held back from running
	 * @param assignments its shards, in order
	 */
	public record Task(String name, int shards, double weight, String requires, boolean paused,
			List<Assignment> assignments) {

		public Task {
			assignments = List.copyOf(assignments);
		}

	}

	/**
	 * Where a shard stands.
	 */
	public enum AssignmentStatus {

		/** An instance owns it. */
		OWNED,
		/** Its owner is stopping it; nobody else has it yet. */
		REVOKING,
		/** Nobody owns it. */
		UNASSIGNED

	}

	/**
	 * A shard of a task.
	 *
	 * @param shard the shard
	 * @param owner the name of its owner
	 * @param state where it stands
	 * @param fencingToken the token of the ownership
	 * @param since when the ownership began
	 * @param reason why it stands so, where that needs saying
	 * @param execution how it runs; only for the instance's own shards
	 * @param takenOver whether its owner has it from one that had vanished or lost it,
	 * and not by a hand-over; {@code null} if that is not known any more
	 */
	public record Assignment(int shard, @Nullable String owner, AssignmentStatus state, @Nullable Long fencingToken,
			@Nullable Instant since, @Nullable String reason, @Nullable Execution execution,
			@Nullable Boolean takenOver) {

		/**
		 * A shard of which it is not known how its owner has come to it.
		 * @param shard the shard
		 * @param owner the name of its owner
		 * @param state where it stands
		 * @param fencingToken the token of the ownership
		 * @param since when the ownership began
		 * @param reason why it stands so, where that needs saying
		 * @param execution how it runs; only for the instance's own shards
		 */
		public Assignment(int shard, @Nullable String owner, AssignmentStatus state, @Nullable Long fencingToken,
				@Nullable Instant since, @Nullable String reason, @Nullable Execution execution) {
			this(shard, owner, state, fencingToken, since, reason, execution, null);
		}

	}

	/**
	 * What an owned shard is doing.
	 */
	public enum ExecutionStatus {

		/** Waits for its next run. */
		IDLE,
		/** Runs. */
		RUNNING,
		/** Has failed and waits to be started again. */
		BACKOFF,
		/** Is asked to end. */
		STOPPING,
		/** Has returned and will not be started again under this ownership. */
		COMPLETED,
		/** Is held back. */
		PAUSED

	}

	/**
	 * How an owned shard runs.
	 *
	 * @param status what it is doing
	 * @param runs how often it was started under this ownership
	 * @param failures how many of these runs ended with an exception
	 * @param lastStart when the last run began
	 * @param lastEnd when the last finished run ended
	 * @param lastError type of the last exception and its message
	 * @param nextRun when the next run is due
	 * @param lastErrorStack where the last exception came from, shortened
	 */
	public record Execution(ExecutionStatus status, long runs, long failures, @Nullable Instant lastStart,
			@Nullable Instant lastEnd, @Nullable String lastError, @Nullable Instant nextRun,
			@Nullable String lastErrorStack) {

		/**
		 * What runs, without the stack of its last exception.
		 * @param status what it is doing
		 * @param runs how often it was started under this ownership
		 * @param failures how many of these runs ended with an exception
		 * @param lastStart when the last run began
		 * @param lastEnd when the last finished run ended
		 * @param lastError type of the last exception and its message
		 * @param nextRun when the next run is due
		 */
		public Execution(ExecutionStatus status, long runs, long failures, @Nullable Instant lastStart,
				@Nullable Instant lastEnd, @Nullable String lastError, @Nullable Instant nextRun) {
			this(status, runs, failures, lastStart, lastEnd, lastError, nextRun, null);
		}

	}

}
