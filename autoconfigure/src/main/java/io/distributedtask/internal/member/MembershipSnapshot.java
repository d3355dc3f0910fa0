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

package io.distributedtask.internal.member;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.distributedtask.TaskId;
import io.distributedtask.internal.leader.FormerGroup;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Unassigned;
import io.distributedtask.internal.message.Reservation;
import io.distributedtask.internal.message.Success;
import org.jspecify.annotations.Nullable;

/**
 * What this instance knows about its membership: an immutable snapshot.
 *
 * @param instance the name by which the group knows the instance
 * @param memberId its member id, {@code null} when it is no member
 * @param generation the generation of its assignment, -1 for none
 * @param assignor the algorithm that the group uses
 * @param assignment the last assignment
 * @param highestToken the highest fencing token that it has seen
 * @param ownProblem what keeps this instance from taking part
 * @param groupProblem what keeps the leader from doing its work
 * @param ownNeedsRemedy whether the own problem lasts until somebody changes something
 * @param lostInstances the number of instances of the group that has removed this one, 0
 * if it is a member again or was not one before
 * @param lostGeneration the last generation of that group in which this one was a member
 */
public record MembershipSnapshot(String instance, @Nullable String memberId, int generation, @Nullable String assignor,
		@Nullable MemberAssignment assignment, long highestToken, @Nullable String ownProblem,
		@Nullable String groupProblem, boolean ownNeedsRemedy, int lostInstances, int lostGeneration) {

	MembershipSnapshot assigned(String memberId, int generation, String assignor, MemberAssignment assignment) {
		long highest = assignment.grants()
			.stream()
			.mapToLong(Grant::token)
			.reduce(Math.max(this.highestToken, assignment.highestToken()), Math::max);
		return new MembershipSnapshot(assignment.instance(), memberId, generation, assignor, assignment, highest,
				this.ownProblem, assignment.problem(), this.ownNeedsRemedy, 0, -1);
	}

	MembershipSnapshot lost() {
		int instances = (this.assignment != null) ? this.assignment.instances() : this.lostInstances;
		return new MembershipSnapshot(this.instance, null, -1, this.assignor, null, this.highestToken, this.ownProblem,
				null, this.ownNeedsRemedy, instances,
				(this.assignment != null) ? this.generation : this.lostGeneration);
	}

	/**
	 * The group as it was when this instance was removed from it, or when its lease ended
	 * because the coordinator did not respond although it has remained a member.
	 */
	FormerGroup formerGroup(Session session, Set<TaskId> own, Duration timeout) {
		MemberAssignment last = this.assignment;
		String leader = (last != null) ? last.leader() : null;
		return (last != null && session.isUnresponsive())
				? new FormerGroup(session.ownedUntil(), last.instances(), this.generation, own, timeout, leader)
				: new FormerGroup(session.ownedUntil(), this.lostInstances, this.lostGeneration, own, timeout, leader);
	}

	MembershipSnapshot withOwnProblem(@Nullable String problem, boolean needsRemedy) {
		return new MembershipSnapshot(this.instance, this.memberId, this.generation, this.assignor, this.assignment,
				this.highestToken, problem, this.groupProblem, needsRemedy, this.lostInstances, this.lostGeneration);
	}

	MembershipSnapshot withGroupProblem(String problem) {
		return new MembershipSnapshot(this.instance, this.memberId, this.generation, this.assignor, this.assignment,
				this.highestToken, this.ownProblem, problem, this.ownNeedsRemedy, this.lostInstances,
				this.lostGeneration);
	}

	public boolean isLeader() {
		return this.assignment != null && this.assignment.leader().equals(this.instance);
	}

	public @Nullable String problem() {
		return (this.ownProblem != null) ? this.ownProblem : this.groupProblem;
	}

	public boolean needsRemedy() {
		return (this.ownProblem != null) ? this.ownNeedsRemedy : this.groupProblem != null;
	}

	Map<String, Success> successes() {
		return (this.assignment != null) ? this.assignment.successes() : Map.of();
	}

	List<Reservation> kept() {
		return (this.assignment != null) ? this.assignment.kept() : List.of();
	}

	public List<Unassigned> unassigned() {
		return (this.assignment != null) ? this.assignment.unassigned() : List.of();
	}

}
