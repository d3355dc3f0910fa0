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
 * What the leader says to a member.
 *
 * @param generation the generation of the assignment
 * @param leader the name of the leader's instance
 * @param instance the name by which the group knows the member's instance: its own name,
 * made unique
 * @param incarnation the incarnation of the member that the leader has seen
 * @param instances the number of instances in the group
 * @param highestToken the highest fencing token of the group
 * @param grants what the member owns
 * @param revoked what the member has to stop and give back; of static members also what
 * may still run in its place though it has lost it, for its successor to know
 * @param progress where the schedules of newly granted shards go on
 * @param unassigned what nobody owns, and why; in the leader's own assignment only
 * @param problem what keeps the leader from doing its work, with the remedy
 * @param kept whose shards are whose, for the member to repeat when it joins again
 * @param session how long the member may act without being heard, as it has said
 * @param replacing whether the member has taken the place of a former process that may
 * still run anything, as it has said
 * @param control what operators have decided, as the leader has heard it from all members
 * @param successes what is known of runs of scheduled tasks that the member gets now, or
 * that it is to repeat when it joins again
 * @param occasion why the group has rebalanced, {@code null} if the leader does not tell
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
	 * The assignment of a member that is told of no kept shards and is no static member.
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
	 * The same assignment with what is known of successes.
	 * @param successes what is known of runs, by task
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
	 * Whether the member runs nothing, and nobody in whose place it is.
	 */
	public boolean isIdle() {
		return this.grants.isEmpty() && this.revoked.isEmpty() && !this.replacing && !isNothing();
	}

	/**
	 * The assignment of a member whose words could not be read: nothing.
	 * @param generation the generation of the assignment
	 * @param problem what was wrong with its words
	 * @return the assignment
	 */
	public static MemberAssignment nothing(int generation, String problem) {
		return new MemberAssignment(generation, "", "", "", 0, 0, List.of(), List.of(), List.of(), List.of(), problem);
	}

	/**
	 * Whether this is the assignment of a member whose words could not be read.
	 * @return whether the leader did not understand the member
	 */
	public boolean isNothing() {
		return this.incarnation.isEmpty();
	}

	/**
	 * How the owner of a shard came to it.
	 */
	public enum Origin {

		/** Nobody owned it before, or its former owner handed it over in order. */
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
	 * @param ownerless until when their former owner was counted in, if it has vanished,
	 * or has given them back some rounds ago; {@code null} if they come from it directly,
	 * and if the assignment tells how far it came before it lost them
	 * @param shards the shards
	 */
	public record Grant(String task, int shardCount, long token, Instant since, int generation, Origin origin,
			@Nullable Instant ownerless, ShardSet shards) {

		/**
		 * Shards that come from their former owner directly, or have had none.
		 */
		public Grant(String task, int shardCount, long token, Instant since, int generation, Origin origin,
				ShardSet shards) {
			this(task, shardCount, token, since, generation, origin, null, shards);
		}

		public Stream<TaskId> ids() {
			return this.shards.ids(this.task);
		}

		public Grant withShards(ShardSet shards) {
			return new Grant(this.task, this.shardCount, this.token, this.since, this.generation, this.origin,
					this.ownerless, shards);
		}

	}

	/**
	 * Shards of one task that their owner has to stop.
	 *
	 * @param task the task
	 * @param shards the shards
	 * @param since when the leader has said so first, {@code null} if it does not know
	 */
	public record Shards(String task, ShardSet shards, @Nullable Instant since) {

		/**
		 * Shards of which it is not known since when they are to be stopped.
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
