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

package io.distributedtask.internal.engine;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.MembershipSnapshot;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;

/**
 * Creates a view of the group from the coordinator's description, or from this instance's
 * own memory. During a rebalance the coordinator has the members' assignments but not
 * their metadata: that is kept from the last description that contained it.
 */
final class AssignmentsView {

	private final MemberSettings settings;

	private final TaskRunner runner;

	private final MemberLifecycle life;

	private final Clocks clocks;

	private final Supplier<@Nullable String> problem;

	private volatile @Nullable GroupDescription last;

	private volatile Instant lastAt = Instant.EPOCH;

	private volatile Map<String, MemberMetadata> lastStates = Map.of();

	AssignmentsView(MemberSettings settings, TaskRunner runner, MemberLifecycle life, Clocks clocks,
			Supplier<@Nullable String> problem) {
		this.settings = settings;
		this.runner = runner;
		this.life = life;
		this.clocks = clocks;
		this.problem = problem;
	}

	GroupStatus groupStatus() {
		GroupStatus status = this.life.phase().groupStatus();
		return (this.settings.local() && status == GroupStatus.STABLE) ? GroupStatus.LOCAL : status;
	}

	Assignments assignments(@Nullable GroupDescription description, Instant now) {
		if (description != null) {
			this.last = isRebalancing(description) ? completed(description, this.last) : description;
			this.lastAt = now;
		}
		Source source = (description != null && !this.settings.local()) ? Source.COORDINATOR : Source.LOCAL;
		GroupDescription known = this.last;
		String doubt = isUnknown(description)
				? "last seen at %s; unknown since then".formatted(this.lastAt.truncatedTo(ChronoUnit.MILLIS)) : null;
		GroupPicture picture = new GroupPicture(this.settings, this.runner, this.life, now, doubt)
			.with((known != null) ? known.members() : List.of(), this.lastStates, this.clocks.nanos());
		this.lastStates = picture.states();
		MembershipSnapshot snapshot = this.life.snapshot();
		GroupStatus status = groupStatus();
		if (source == Source.COORDINATOR && status == GroupStatus.STABLE && known != null && isRebalancing(known)) {
			status = GroupStatus.REBALANCING;
		}
		Assignments.Group group = new Assignments.Group(this.settings.groupId(), status, picture.generation(),
				(snapshot.assignor() != null || known == null) ? snapshot.assignor() : known.assignor(),
				picture.leader(), this.problem.get(), this.life.control().get(Kind.PAUSE_ALL, "", 0) != null);
		return new Assignments(group, snapshot.instance(), source, now, picture.instances(), picture.tasks());
	}

	private static boolean isRebalancing(GroupDescription description) {
		return description.state().endsWith("Rebalance");
	}

	/**
	 * A rebalance that is overtaken by the next one makes the coordinator forget the
	 * assignments. Members own what they owned until they are told otherwise. What is
	 * older than the assignment of this instance may be over.
	 */
	private GroupDescription completed(GroupDescription description, @Nullable GroupDescription last) {
		int generation = this.life.snapshot().generation();
		Map<String, MemberAssignment> former = new HashMap<>();
		if (last != null) {
			last.members().forEach((member) -> {
				if (member.assignment() != null && member.assignment().generation() >= generation) {
					former.put(member.memberId(), member.assignment());
				}
			});
		}
		return new GroupDescription(description.state(), description.assignor(),
				description.members()
					.stream()
					.map((member) -> (member.assignment() != null) ? member
							: new GroupDescription.Member(member.memberId(), member.host(), member.state(),
									former.get(member.memberId())))
					.toList());
	}

	/**
	 * Whether this instance does not know what others own: the coordinator does not
	 * respond, and the lease has ended, as those of others may have.
	 */
	private boolean isUnknown(@Nullable GroupDescription description) {
		return description == null && !this.settings.local() && this.life.leaseRemaining().isZero();
	}

}
