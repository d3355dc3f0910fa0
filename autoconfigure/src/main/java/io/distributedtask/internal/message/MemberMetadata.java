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

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * The metadata with which a member joins.
 *
 * @param instance the name of the instance
 * @param incarnation an id that is new for each start of an instance
 * @param rejoins how often this member has requested a rebalance: it changes the bytes,
 * and only changed bytes of a follower start a rebalance
 * @param uri the URI of the instance's actuator, for people
 * @param labels the labels of the instance
 * @param capacity how much it can carry relative to others
 * @param draining whether it is giving back what it owns
 * @param generation the last generation in which it had an assignment, -1 for none
 * @param highestToken the highest fencing token that it has seen, 0 for none
 * @param tasks the tasks that it can run
 * @param claims the shards that it holds
 * @param releases the progress of shards that it has stopped, where the next owner
 * continues, and of shards that it has lost
 * @param kept the reservations that the leader last sent to it
 * @param session how long it may act without a response; zero unless it is a static
 * member, whose next process has to wait for that long
 * @param replacing whether it has replaced a former process of its static member id, and
 * does not know what that one may still run
 * @param control the requests of operators that it knows
 * @param successes the successes of scheduled tasks that it knows; the oldest of a task's
 * shards
 * @param asked why it has requested this rebalance, {@code null} if it has not
 */
public record MemberMetadata(String instance, String incarnation, int rejoins, @Nullable URI uri,
		Map<String, String> labels, double capacity, boolean draining, int generation, long highestToken,
		List<TaskDefinition> tasks, List<Claim> claims, List<Progress> releases, List<Reservation> kept,
		Duration session, boolean replacing, List<OperatorCommand> control, Map<String, Success> successes,
		@Nullable String asked) {

	public MemberMetadata {
		labels = Map.copyOf(labels);
		tasks = List.copyOf(tasks);
		claims = List.copyOf(claims);
		releases = List.copyOf(releases);
		kept = List.copyOf(kept);
		control = List.copyOf(control);
		successes = Map.copyOf(successes);
	}

	/**
	 * The metadata of a member without reservations that is not a static member.
	 */
	public MemberMetadata(String instance, String incarnation, int rejoins, @Nullable URI uri,
			Map<String, String> labels, double capacity, boolean draining, int generation, long highestToken,
			List<TaskDefinition> tasks, List<Claim> claims, List<Progress> releases) {
		this(instance, incarnation, rejoins, uri, labels, capacity, draining, generation, highestToken, tasks, claims,
				releases, List.of(), Duration.ZERO, false, List.of(), Map.of(), null);
	}

	/**
	 * The same metadata with the tasks of a digest.
	 * @param tasks the tasks
	 * @return the metadata
	 */
	public MemberMetadata withTasks(List<TaskDefinition> tasks) {
		return new MemberMetadata(this.instance, this.incarnation, this.rejoins, this.uri, this.labels, this.capacity,
				this.draining, this.generation, this.highestToken, tasks, this.claims, this.releases, this.kept,
				this.session, this.replacing, this.control, this.successes, this.asked);
	}

	/**
	 * How a member holds a shard.
	 */
	public enum Hold {

		/** It runs the shard. */
		OWNED,
		/** It was told to give the shard back and is stopping it. */
		REVOKING,
		/** It has lost the shard, but code of it still runs. */
		LOST

	}

	/**
	 * Shards of one task that were granted together.
	 *
	 * @param task the task
	 * @param shardCount the number of shards that the task had then
	 * @param token the fencing token
	 * @param since when the ownership began
	 * @param generation the generation in which they were granted
	 * @param hold how they are held
	 * @param shards the shards
	 */
	public record Claim(String task, int shardCount, long token, Instant since, int generation, Hold hold,
			ShardSet shards) {

		public Stream<TaskId> ids() {
			return this.shards.ids(this.task);
		}

		/**
		 * What shards that were granted together have in common: this without its task
		 * and shards.
		 */
		public Claim terms() {
			return of("", 0, ShardSet.EMPTY);
		}

		/**
		 * Shards of a task that were granted together with these.
		 */
		public Claim of(String task, int shardCount, ShardSet shards) {
			return new Claim(task, shardCount, this.token, this.since, this.generation, this.hold, shards);
		}

	}

	/**
	 * The progress of the schedules of a shard.
	 *
	 * @param id the shard
	 * @param anchors one instant for each schedule of the task, in the order of their
	 * declaration: up to there the schedule is done. {@link Instant#EPOCH} stands for a
	 * schedule without one.
	 * @param end how the ownership ended of the member that sends this
	 * @param generation the last one in which the shard was certainly its own; used with
	 * {@link End#LOST} only, and -1 if that is not known
	 */
	public record Progress(TaskId id, List<Instant> anchors, End end, int generation) {

		/**
		 * Stands in {@link #progress()} for a schedule that is over.
		 */
		public static final Instant FOR_GOOD = Instant.parse("9999-12-31T00:00:00Z");

		public Progress {
			anchors = List.copyOf(anchors);
		}

		/**
		 * The progress of a shard that was just given back gracefully.
		 */
		public Progress(TaskId id, List<Instant> anchors) {
			this(id, anchors, End.RELEASED, -1);
		}

		/**
		 * The progress of a shard that was lost.
		 * @param generation the last one in which the shard was certainly its owner's
		 */
		public static Progress lost(TaskId id, List<Instant> anchors, int generation) {
			return new Progress(id, anchors, End.LOST, generation);
		}

		public boolean isLost() {
			return this.end == End.LOST;
		}

		public Progress kept() {
			return (this.end == End.RELEASED) ? new Progress(this.id, this.anchors, End.KEPT, -1) : this;
		}

		/**
		 * The same if another owner may have made progress since.
		 */
		public Progress doubtful() {
			return new Progress(this.id, this.anchors, End.LOST, -1);
		}

	}

	/**
	 * How an ownership ended.
	 */
	public enum End {

		/** Gracefully, just now: the next owner follows directly. */
		RELEASED,
		/** Gracefully, some rounds ago: nobody has owned the shard since. */
		KEPT,
		/** The shard was lost: others may have owned it since, and made progress. */
		LOST

	}

}
