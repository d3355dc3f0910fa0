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
 * An immutable snapshot of the group: its instances, its tasks, and the owner of each
 * shard. Lists must not be changed.
 *
 * @param group the group itself
 * @param self the name of the instance that created the snapshot
 * @param source where the data comes from
 * @param asOf when the snapshot was created, by the clock of this instance
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
	 * Where the data of a snapshot comes from.
	 */
	public enum Source {

		/**
		 * The group coordinator: the broker that runs the group.
		 */
		COORDINATOR,

		/**
		 * This instance's own view: the coordinator did not answer, or there is none.
		 */
		LOCAL

	}

	/**
	 * What the group is doing, as this instance sees it.
	 */
	public enum GroupStatus {

		/** This instance has not joined the group yet. */
		JOINING,
		/** The group is computing a new assignment. */
		REBALANCING,
		/** Every member has its assignment. */
		STABLE,
		/** The coordinator has not answered for longer than the lease. */
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
	 * @param state its state
	 * @param generation the number of the last rebalance, -1 before the first
	 * @param assignor the algorithm in use, {@code null} before the first rebalance
	 * @param leader the name of the instance that computed the assignment, {@code null}
	 * if not known
	 * @param problem what prevents the group from working, with the remedy; {@code null}
	 * if there is no problem
	 * @param paused whether all tasks are paused
	 */
	public record Group(String id, GroupStatus state, int generation, @Nullable String assignor,
			@Nullable String leader, @Nullable String problem, boolean paused) {

		/**
		 * A group whose tasks run.
		 * @param id the group id
		 * @param state its state
		 * @param generation the number of the last rebalance, -1 before the first
		 * @param assignor the algorithm in use, {@code null} before the first rebalance
		 * @param leader the name of the instance that computed the assignment,
		 * {@code null} if not known
		 * @param problem what prevents the group from working, with the remedy;
		 * {@code null} if there is no problem
		 */
		public Group(String id, GroupStatus state, int generation, @Nullable String assignor, @Nullable String leader,
				@Nullable String problem) {
			this(id, state, generation, assignor, leader, problem, false);
		}

	}

	/**
	 * A live instance.
	 *
	 * @param name its name, unique in the group
	 * @param memberId the member id that the coordinator has given it, {@code null} if
	 * not known
	 * @param host its host as the coordinator reports it, {@code null} if not known
	 * @param labels its labels
	 * @param capacity the amount of work that it can carry, relative to others; greater
	 * than 0
	 * @param draining whether it is handing over all its shards and gets no others
	 * @param leader whether it computed the assignment
	 * @param self whether it created this snapshot
	 * @param uri the URI at which people reach its actuator, {@code null} if not known
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
		 * An instance without a problem.
		 * @param name its name, unique in the group
		 * @param memberId the member id that the coordinator has given it, {@code null}
		 * if not known
		 * @param host its host as the coordinator reports it, {@code null} if not known
		 * @param labels its labels
		 * @param capacity the amount of work that it can carry, relative to others;
		 * greater than 0
		 * @param draining whether it is handing over all its shards and gets no others
		 * @param leader whether it computed the assignment
		 * @param self whether it created this snapshot
		 * @param uri the URI at which people reach its actuator, {@code null} if not
		 * known
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
	 * @param paused whether it is paused
	 * @param assignments its shards, ordered by number, from 0
	 */
	public record Task(String name, int shards, double weight, String requires, boolean paused,
			List<Assignment> assignments) {

		public Task {
			assignments = List.copyOf(assignments);
		}

	}

	/**
	 * The state of a shard.
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
	 * @param owner the name of its owner, {@code null} if it has none
	 * @param state its state
	 * @param fencingToken the token of the ownership, {@code null} without an owner
	 * @param since when the ownership began, by the leader's clock; {@code null} without
	 * an owner
	 * @param reason the reason of the state, as text for people; {@code null} if the
	 * state needs no explanation
	 * @param execution how it runs; {@code null} for shards of other instances
	 * @param takenOver whether its owner got it by a fail-over from an owner that had
	 * vanished or lost it, and not by a hand-over; {@code null} if that is not known
	 */
	public record Assignment(int shard, @Nullable String owner, AssignmentStatus state, @Nullable Long fencingToken,
			@Nullable Instant since, @Nullable String reason, @Nullable Execution execution,
			@Nullable Boolean takenOver) {

		/**
		 * A shard for which it is not known how its owner got it.
		 * @param shard the shard
		 * @param owner the name of its owner, {@code null} if it has none
		 * @param state its state
		 * @param fencingToken the token of the ownership, {@code null} without an owner
		 * @param since when the ownership began, by the leader's clock; {@code null}
		 * without an owner
		 * @param reason the reason of the state, as text for people; {@code null} if the
		 * state needs no explanation
		 * @param execution how it runs; {@code null} for shards of other instances
		 */
		public Assignment(int shard, @Nullable String owner, AssignmentStatus state, @Nullable Long fencingToken,
				@Nullable Instant since, @Nullable String reason, @Nullable Execution execution) {
			this(shard, owner, state, fencingToken, since, reason, execution, null);
		}

	}

	/**
	 * The status of an owned shard on its owner.
	 */
	public enum ExecutionStatus {

		/** Waits for its next run. */
		IDLE,
		/** Runs. */
		RUNNING,
		/** Has failed and waits to be started again. */
		BACKOFF,
		/** Has been told to stop and has not stopped yet. */
		STOPPING,
		/** Has returned and will not be started again under this ownership. */
		COMPLETED,
		/** Is paused. */
		PAUSED

	}

	/**
	 * How an owned shard runs.
	 *
	 * @param status its status
	 * @param runs how often it was started under this ownership
	 * @param failures how many of these runs ended with an exception
	 * @param lastStart when the last run began, {@code null} before the first
	 * @param lastEnd when the last finished run ended, {@code null} before that
	 * @param lastError type and message of the last exception, shortened; {@code null}
	 * without one
	 * @param nextRun when the next run is due, {@code null} if none is planned
	 * @param lastErrorStack the stack trace of the last exception, shortened;
	 * {@code null} without one
	 */
	public record Execution(ExecutionStatus status, long runs, long failures, @Nullable Instant lastStart,
			@Nullable Instant lastEnd, @Nullable String lastError, @Nullable Instant nextRun,
			@Nullable String lastErrorStack) {

		/**
		 * An execution without the stack trace of its last exception.
		 * @param status its status
		 * @param runs how often it was started under this ownership
		 * @param failures how many of these runs ended with an exception
		 * @param lastStart when the last run began, {@code null} before the first
		 * @param lastEnd when the last finished run ended, {@code null} before that
		 * @param lastError type and message of the last exception, shortened;
		 * {@code null} without one
		 * @param nextRun when the next run is due, {@code null} if none is planned
		 */
		public Execution(ExecutionStatus status, long runs, long failures, @Nullable Instant lastStart,
				@Nullable Instant lastEnd, @Nullable String lastError, @Nullable Instant nextRun) {
			this(status, runs, failures, lastStart, lastEnd, lastError, nextRun, null);
		}

	}

}
