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

package io.distributedtask.internal.port;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import org.jspecify.annotations.Nullable;

/**
 * One instance's membership of a group. Unless said otherwise a method is called on the
 * group's thread only, which calls {@link #poll} over and over.
 */
public interface GroupMembership extends AutoCloseable {

	/**
	 * Take part in the group: find the coordinator, join, heartbeat, and call the
	 * callbacks. Returns early when woken up, or when something happened.
	 * @param timeout how long to stay at most
	 * @param callbacks who is told what happens
	 * @throws GroupException if the group cannot be reached or refuses this member
	 */
	void poll(Duration timeout, Callbacks callbacks);

	/**
	 * The group's thread is alive, but waits before it polls again. A member whose thread
	 * does not come back for the rebalance timeout leaves the group.
	 */
	default void keepAlive() {
	}

	/**
	 * Make the current or the next {@link #poll} return soon. Any thread.
	 */
	void wakeup();

	/**
	 * Join again at the next {@link #poll}, with the state of that moment.
	 * @param reason why, for the coordinator's log
	 */
	void requestRejoin(String reason);

	/**
	 * Leave the group and wait for the coordinator's answer. The member may join again by
	 * {@link #poll}. A static member does not leave, unless the group waits for it.
	 * @param reason why, for the coordinator's log
	 * @param timeout how long to wait for the answer
	 */
	void leave(String reason, Duration timeout);

	/**
	 * Ask the coordinator for the state of the whole group. Any thread but the group's.
	 * @param timeout how long to wait
	 * @return the description, or {@code null} when the coordinator did not answer
	 */
	@Nullable GroupDescription describe(Duration timeout);

	/**
	 * Who has not answered, and since when, if it should have. From memory. Any thread.
	 * @return the silence, or {@code null} if there is none
	 */
	default @Nullable Silence silence() {
		return null;
	}

	/**
	 * Whether there is no group: this instance is alone by definition.
	 * @return {@code true} for a membership that asks nobody
	 */
	default boolean isLocal() {
		return false;
	}

	/**
	 * Close the connections without leaving the group.
	 */
	@Override
	void close();

	/**
	 * Told what happens in the group.
	 */
	interface Callbacks {

		/**
		 * This member is going to join, and another one has its static member id: it will
		 * be replaced. Group's thread.
		 * @param assignment the last assignment of the other one, or {@code null} if that
		 * is not known
		 */
		default void replaces(@Nullable MemberAssignment assignment) {
		}

		/**
		 * What to say of this instance, asked just before it joins. Group's thread.
		 * @return the state of this moment
		 */
		MemberMetadata memberState();

		/**
		 * This member is the leader: find an assignment. Group's thread.
		 * @param round the members and the limits
		 * @return an assignment for each member, by its id
		 */
		Map<String, MemberAssignment> assign(Round round);

		/**
		 * A rebalance has ended. Group's thread.
		 * @param memberId the id of this member
		 * @param generation the number of the rebalance
		 * @param assignor the name of the assignor that the group uses
		 * @param assignment the assignment of this member, or {@code null} when its bytes
		 * could not be read
		 */
		void assigned(String memberId, int generation, String assignor, @Nullable MemberAssignment assignment);

		/**
		 * The coordinator has answered a request of the current member. Any thread.
		 * @param sentNanos the monotonic clock when the request was sent
		 * @param sentMillis the wall clock when the request was sent
		 * @param rebalancing whether the answer was that the group is rebalancing
		 */
		void contact(long sentNanos, long sentMillis, boolean rebalancing);

		/**
		 * The coordinator has begun to wait anew for something that members have to do in
		 * time: for their SyncGroup when it has gathered them, or for their JoinGroup
		 * when it gathers them once more. Any thread.
		 * @param sentNanos the monotonic clock when a heartbeat was sent by whose answer
		 * it had not begun to
		 * @param sentMillis the wall clock at that time
		 */
		void waitsAnew(long sentNanos, long sentMillis);

		/**
		 * The coordinator no longer knows the current member. Any thread.
		 * @param reason the coordinator's answer
		 */
		void membershipLost(String reason);

	}

	/**
	 * The leader's task.
	 *
	 * @param generation the generation of the assignment to find
	 * @param assignor the name of the assignor that the group uses
	 * @param leader the member id of the leader
	 * @param members what the members said, by member id
	 * @param unreadable the members whose words could not be read, with what was wrong
	 * @param complete whether the tasks of all members are known; if not, every shard has
	 * to stay where it is in this round
	 * @param budget tells whether an assignment fits into the group's record
	 * @param staticIds the static member ids of those that have one, by member id
	 */
	record Round(int generation, String assignor, String leader, Map<String, MemberMetadata> members,
			Map<String, String> unreadable, boolean complete, Budget budget, Map<String, String> staticIds) {

		public Round {
			members = Map.copyOf(members);
			unreadable = Map.copyOf(unreadable);
			staticIds = Map.copyOf(staticIds);
		}

		/**
		 * The generation of the newest assignment that a member has had.
		 * @return the generation, -1 if nobody has had any
		 */
		public int newestGeneration() {
			return this.members.values()
				.stream()
				.mapToInt(MemberMetadata::generation)
				.filter((candidate) -> candidate < this.generation)
				.max()
				.orElse(-1);
		}

		/**
		 * A round without static members.
		 */
		public Round(int generation, String assignor, String leader, Map<String, MemberMetadata> members,
				Map<String, String> unreadable, boolean complete, Budget budget) {
			this(generation, assignor, leader, members, unreadable, complete, budget, Map.of());
		}

		/**
		 * This round without members whose words are passed over as if they could not be
		 * read.
		 * @param refused the members, with the reason
		 * @return a round
		 */
		public Round without(Map<String, String> refused) {
			if (refused.isEmpty()) {
				return this;
			}
			Map<String, MemberMetadata> remaining = new HashMap<>(this.members);
			remaining.keySet().removeAll(refused.keySet());
			Map<String, String> withRefused = new HashMap<>(this.unreadable);
			withRefused.putAll(refused);
			return new Round(this.generation, this.assignor, this.leader, remaining, withRefused, this.complete,
					this.budget, this.staticIds);
		}

	}

	/**
	 * The limit of the record in which the coordinator keeps the group.
	 */
	interface Budget {

		/**
		 * The size that the group's record would have.
		 * @param assignments the assignments by member id
		 * @return the size in bytes
		 */
		long size(Map<String, MemberAssignment> assignments);

		/**
		 * The largest size that is safe.
		 * @return the size in bytes
		 */
		long limit();

		/**
		 * When a size above the limit may be possible.
		 * @return the time to wait, or {@code null} when waiting does not help
		 */
		default @Nullable Duration retryAfter() {
			return null;
		}

	}

	/**
	 * The group as its coordinator has it.
	 *
	 * @param state the coordinator's word for the state of the group, such as
	 * {@code Stable}
	 * @param assignor the name of the assignor that the group uses
	 * @param members the members
	 */
	record GroupDescription(String state, @Nullable String assignor, List<Member> members) {

		public GroupDescription {
			members = List.copyOf(members);
		}

		/**
		 * A member of the group.
		 *
		 * @param memberId its id
		 * @param host its host as the coordinator sees it
		 * @param state what it said when it joined; {@code null} during a rebalance, or
		 * if it cannot be read
		 * @param assignment its last assignment; {@code null} before the first, or if it
		 * cannot be read
		 */
		public record Member(String memberId, String host, @Nullable MemberMetadata state,
				@Nullable MemberAssignment assignment) {
		}

	}

}
