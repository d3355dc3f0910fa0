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

package io.distributedtask.internal.message;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.distributedtask.TaskId;
import io.distributedtask.internal.message.MemberMetadata.Progress;
import org.jspecify.annotations.Nullable;

/**
 * The assignment that the leader sends to a member.
 *
 * @param generation the generation of the assignment
 * @param leader the name of the leader's instance
 * @param instance the name by which the group knows the member's instance: its own name,
 * made unique
 * @param incarnation the incarnation of the member that the leader has seen
 * @param instances the number of instances in the group
 * @param highestToken the highest fencing token of the group
 * @param grants what the member owns
 * @param revoked the shards that the member has to stop and give back; of static members
 * also those that may still run under its id although it has lost them, for the next
 * process to know
 * @param progress where the schedules of newly granted shards continue
 * @param unassigned the shards that nobody owns, and why; in the leader's own assignment
 * only
 * @param problem what keeps the leader from assigning, with the remedy
 * @param kept reservations, which the member repeats when it joins again
 * @param session how long the member may act without a response, from its metadata
 * @param replacing whether the member has replaced a former process that may still run
 * anything, from its metadata
 * @param control the requests of operators, merged by the leader from all members
 * @param successes the successes of scheduled tasks that the member gets now, or that it
 * is to repeat when it joins again
 * @param occasion why the group has rebalanced, {@code null} if the leader does not send
 * it
 */
public record MemberAssignment(int generation, String leader, String instance, String incarnation, int instances,
		long highestToken, List<Grant> grants, List<Shards> revoked, List<Progress> progress,
		List<Unassigned> unassigned, @Nullable String problem, List<Reservation> kept, Duration session,
		boolean replacing, List<OperatorCommand> control, Map<String, Success> successes, @Nullable Occasion occasion) {

	public MemberAssignment {
		grants = List.copyOf(grants);
		revoked = List.copyOf(revoked);
		progress = List.copyOf(progress);
		unassigned = List.copyOf(unassigned);
		kept = List.copyOf(kept);
		control = List.copyOf(control);
		successes = Map.copyOf(successes);
	}

	/**
	 * The assignment of a member without reservations that is not a static member.
	 */
	public MemberAssignment(int generation, String leader, String instance, String incarnation, int instances,
			long highestToken, List<Grant> grants, List<Shards> revoked, List<Progress> progress,
			List<Unassigned> unassigned, @Nullable String problem) {
		this(generation, leader, instance, incarnation, instances, highestToken, grants, revoked, progress, unassigned,
				problem, List.of(), Duration.ZERO, false, List.of(), Map.of(), null);
	}

	public MemberAssignment withKept(List<Reservation> kept) {
		return new MemberAssignment(this.generation, this.leader, this.instance, this.incarnation, this.instances,
				this.highestToken, this.grants, this.revoked, this.progress, this.unassigned, this.problem, kept,
				this.session, this.replacing, this.control, this.successes, this.occasion);
	}

	public MemberAssignment withControl(List<OperatorCommand> control) {
		return new MemberAssignment(this.generation, this.leader, this.instance, this.incarnation, this.instances,
				this.highestToken, this.grants, this.revoked, this.progress, this.unassigned, this.problem, this.kept,
				this.session, this.replacing, control, this.successes, this.occasion);
	}

	/**
	 * The same assignment with successes.
	 * @param successes the known successes, by task
	 * @return the assignment
	 */
	public MemberAssignment withSuccesses(Map<String, Success> successes) {
		return new MemberAssignment(this.generation, this.leader, this.instance, this.incarnation, this.instances,
				this.highestToken, this.grants, this.revoked, this.progress, this.unassigned, this.problem, this.kept,
				this.session, this.replacing, this.control, successes, this.occasion);
	}

	/**
	 * The same assignment with the reason for it.
	 * @param occasion why the group has rebalanced
	 * @return the assignment
	 */
	public MemberAssignment withOccasion(Occasion occasion) {
		return new MemberAssignment(this.generation, this.leader, this.instance, this.incarnation, this.instances,
				this.highestToken, this.grants, this.revoked, this.progress, this.unassigned, this.problem, this.kept,
				this.session, this.replacing, this.control, this.successes, occasion);
	}

	/**
	 * Whether neither the member nor a process that it has replaced runs anything.
	 */
	public boolean isIdle() {
		return this.grants.isEmpty() && this.revoked.isEmpty() && !this.replacing && !isNothing();
	}

	/**
	 * The empty assignment of a member whose metadata could not be decoded.
	 * @param generation the generation of the assignment
	 * @param problem what is wrong with its metadata
	 * @return the assignment
	 */
	public static MemberAssignment nothing(int generation, String problem) {
		return new MemberAssignment(generation, "", "", "", 0, 0, List.of(), List.of(), List.of(), List.of(), problem);
	}

	/**
	 * Whether this is the assignment of a member whose metadata could not be decoded.
	 * @return whether the leader could not use the member's metadata
	 */
	public boolean isNothing() {
		return this.incarnation.isEmpty();
	}

	/**
	 * How the owner of a shard came to it.
	 */
	public enum Origin {

		/** Nobody owned it before, or its former owner handed it over gracefully. */
		HANDED_OVER,
		/** Its former owner vanished. */
		FAILED_OVER

	}

	/**
	 * Shards of one task that were granted together.
	 *
	 * @param task the task
	 * @param shardCount the number of shards that the task has
	 * @param token the fencing token
	 * @param since when the ownership began
	 * @param generation the generation in which they were granted: the assignment's own
	 * for new ones
	 * @param origin how they came to the owner
	 * @param ownerless until when their former owner was certainly a member, if it has
	 * vanished, or has given them back some rounds ago; {@code null} if they come from it
	 * directly, and if the assignment contains its progress before it lost them
	 * @param shards the shards
	 */
	public record Grant(String task, int shardCount, long token, Instant since, int generation, Origin origin,
			@Nullable Instant ownerless, ShardSet shards) {

		/**
		 * Shards that come directly from their former owner, or have had none.
		 */
		public Grant(String task, int shardCount, long token, Instant since, int generation, Origin origin,
				ShardSet shards) {
			this(task, shardCount, token, since, generation, origin, null, shards);
		}

		public Stream<TaskId> ids() {
			return this.shards.ids(this.task);
		}

		public Grant withShards(ShardSet shards) {
			return of(this.task, this.shardCount, shards);
		}

		/**
		 * What shards that were granted together have in common: this without its task
		 * and shards.
		 */
		public Grant terms() {
			return of("", 0, ShardSet.EMPTY);
		}

		/**
		 * Shards of a task that were granted together with these.
		 */
		public Grant of(String task, int shardCount, ShardSet shards) {
			return new Grant(task, shardCount, this.token, this.since, this.generation, this.origin, this.ownerless,
					shards);
		}

	}

	/**
	 * Shards of one task that their owner has to stop.
	 *
	 * @param task the task
	 * @param shards the shards
	 * @param since when the leader first sent that, {@code null} if it does not know
	 */
	public record Shards(String task, ShardSet shards, @Nullable Instant since) {

		/**
		 * Shards without the time since when they are to be stopped.
		 */
		public Shards(String task, ShardSet shards) {
			this(task, shards, null);
		}

		public Stream<TaskId> ids() {
			return this.shards.ids(this.task);
		}

	}

	/**
	 * Shards of one task that nobody owns.
	 *
	 * @param task the task
	 * @param shards the shards
	 * @param reason why nobody owns them
	 */
	public record Unassigned(String task, ShardSet shards, String reason) {

		public Stream<TaskId> ids() {
			return this.shards.ids(this.task);
		}

	}

}
