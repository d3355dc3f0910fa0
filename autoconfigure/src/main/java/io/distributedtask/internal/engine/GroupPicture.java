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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Task;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.control.OperatorReasons;
import io.distributedtask.internal.control.OperatorState;
import io.distributedtask.internal.leader.GroupLimits;
import io.distributedtask.internal.leader.TaskCatalog;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.OwnedShard;
import io.distributedtask.internal.message.MemberAssignment;
import io.distributedtask.internal.message.MemberAssignment.Grant;
import io.distributedtask.internal.message.MemberAssignment.Origin;
import io.distributedtask.internal.message.MemberAssignment.Shards;
import io.distributedtask.internal.message.MemberMetadata;
import io.distributedtask.internal.message.MemberMetadata.Claim;
import io.distributedtask.internal.port.GroupDescription;
import io.distributedtask.internal.port.MemberSettings;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;

/**
 * The view of the group under construction: its instances, and who owns what.
 */
final class GroupPicture {

	private final Map<String, MemberMetadata> states = new HashMap<>();

	private final Map<String, String> names = new HashMap<>();

	private final Map<String, String> hosts = new HashMap<>();

	private final Map<TaskId, Assignment> assignments = new HashMap<>();

	private final Map<String, TaskDefinition> definitions = new TreeMap<>();

	private final Map<String, String> problems = new HashMap<>();

	private final MemberSettings settings;

	private final TaskRunner runner;

	private final MemberLifecycle life;

	private final @Nullable String self;

	private final Instant now;

	/** Why it is not known what others own, {@code null} if it is. */
	private final @Nullable String doubt;

	private int shardCount;

	private int generation;

	private @Nullable String leader;

	GroupPicture(MemberSettings settings, TaskRunner runner, MemberLifecycle life, Instant now,
			@Nullable String doubt) {
		this.settings = settings;
		this.runner = runner;
		this.life = life;
		this.self = life.snapshot().memberId();
		this.generation = life.snapshot().generation();
		this.now = now;
		this.doubt = doubt;
	}

	/**
	 * Add what is known of the group and of this instance.
	 * @param members the members as the coordinator has them
	 * @param lastStates their metadata when that was last known
	 * @param nanos the time of the monotonic clock
	 */
	GroupPicture with(List<GroupDescription.Member> members, Map<String, MemberMetadata> lastStates, long nanos) {
		members.forEach((member) -> addMember(member, lastStates.get(member.memberId())));
		// the leader has ignored the others, and a view of all their metadata may be too
		// large
		this.states.keySet()
			.removeAll(GroupLimits.of(Map.copyOf(this.states), this.self, this.now.toEpochMilli()).refused().keySet());
		defineTasks();
		members.forEach(this::addAssignment);
		addOwnShards(nanos);
		return this;
	}

	Map<String, MemberMetadata> states() {
		return Map.copyOf(this.states);
	}

	int generation() {
		return this.generation;
	}

	@Nullable String leader() {
		return this.leader;
	}

	private void addMember(GroupDescription.Member member, @Nullable MemberMetadata lastState) {
		MemberMetadata state = (member.state() != null) ? member.state() : lastState;
		if (state != null) {
			this.states.put(member.memberId(), state);
		}
		MemberAssignment assignment = member.assignment();
		String name = (state != null) ? state.instance() : member.memberId();
		if (assignment != null && assignment.isNothing()) {
			this.states.remove(member.memberId());
			this.problems.put(member.memberId(), String.valueOf(assignment.problem()));
		}
		else if (assignment != null) {
			name = assignment.instance();
			if (this.leader == null || assignment.generation() >= this.generation) {
				this.leader = assignment.leader();
				this.generation = Math.max(this.generation, assignment.generation());
			}
		}
		this.names.put(member.memberId(), name);
		this.hosts.put(member.memberId(), member.host().startsWith("/") ? member.host().substring(1) : member.host());
	}

	private void defineTasks() {
		this.runner.tasks().forEach((task) -> this.definitions.put(task.name(), task));
		this.definitions.putAll(TaskCatalog.of(this.states.values(), leaderState()).definitions());
		this.shardCount = this.definitions.values().stream().mapToInt(TaskDefinition::shards).sum();
	}

	private @Nullable MemberMetadata leaderState() {
		return this.names.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().equals(this.leader))
			.map((entry) -> this.states.get(entry.getKey()))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private void addAssignment(GroupDescription.Member member) {
		MemberAssignment assignment = member.assignment();
		if (assignment != null && this.assignments.size() <= GroupLimits.MAX_CLAIMS) {
			if (!member.memberId().equals(this.self) || this.settings.local()) {
				addOwned(member, assignment);
			}
			addUnassigned(assignment);
		}
	}

	private void addOwned(GroupDescription.Member member, MemberAssignment assignment) {
		String name = this.names.get(member.memberId());
		for (Grant grant : assignment.grants()) {
			// of kept shards the leader repeats no more than that
			Boolean takenOver = (grant.generation() == assignment.generation()) ? isTakenOver(grant) : null;
			grant.ids()
				.forEach((id) -> put(id, grant.shardCount(), new Assignment(id.shard(), name, AssignmentStatus.OWNED,
						grant.token(), grant.since(), this.doubt, null, takenOver)));
		}
		for (Shards revoked : assignment.revoked()) {
			String reason = reason(revoked.since());
			revoked.ids().forEach((id) -> put(id, 0, revoking(member, revoked.task(), id.shard(), name, reason)));
		}
	}

	private static boolean isTakenOver(Grant grant) {
		return grant.origin() == Origin.FAILED_OVER;
	}

	private String reason(@Nullable Instant told) {
		return (told != null) ? OwnedShard.stopReason(told, told.plus(this.settings.revokeTimeout()).isBefore(this.now),
				this.settings.revokeTimeout()) : "told to stop";
	}

	private Assignment revoking(GroupDescription.Member member, String task, int shard, @Nullable String name,
			String reason) {
		Claim claim = Stream.ofNullable(this.states.get(member.memberId()))
			.flatMap((state) -> state.claims().stream())
			.filter((candidate) -> candidate.task().equals(task) && candidate.shards().contains(shard))
			.findFirst()
			.orElse(null);
		return new Assignment(shard, name, AssignmentStatus.REVOKING, (claim != null) ? claim.token() : null,
				(claim != null) ? claim.since() : null, reason, null);
	}

	private void addUnassigned(MemberAssignment assignment) {
		assignment.unassigned()
			.forEach(
					(unassigned) -> unassigned.shards()
						.stream()
						.forEach((shard) -> this.assignments.putIfAbsent(new TaskId(unassigned.task(), shard),
								new Assignment(shard, null, AssignmentStatus.UNASSIGNED, null, null,
										unassigned.reason(), null))));
	}

	/**
	 * An instance knows more about its own shards than the coordinator.
	 */
	private void addOwnShards(long nanos) {
		String name = this.life.snapshot().instance();
		for (OwnedShard ownedShard : this.life.shards().all()) {
			Phase phase = ownedShard.phase();
			Assignment other = this.assignments.get(ownedShard.id());
			if (phase == Phase.LOST && other != null && other.owner() != null) {
				continue;
			}
			AssignmentStatus status = (phase == Phase.OWNED) ? AssignmentStatus.OWNED : AssignmentStatus.REVOKING;
			put(ownedShard.id(), ownedShard.shardCount(),
					new Assignment(ownedShard.id().shard(), name, status, ownedShard.fencingToken(), ownedShard.since(),
							ownedShard.reason(nanos, this.settings.revokeTimeout()),
							this.runner.execution(ownedShard.id()), isTakenOver(ownedShard.grant())));
		}
	}

	private void put(TaskId id, int shardCount, Assignment assignment) {
		this.assignments.put(id, assignment);
		if (shardCount > 0 && this.shardCount + shardCount <= GroupLimits.MAX_CLAIMS
				&& !this.definitions.containsKey(id.name())) {
			this.definitions.put(id.name(), TaskDefinition.of(id.name()).withShards(shardCount));
			this.shardCount += shardCount;
		}
	}

	List<Instance> instances() {
		Map<String, Integer> owned = new HashMap<>();
		for (Assignment assignment : this.assignments.values()) {
			if (assignment.owner() != null && assignment.state() == AssignmentStatus.OWNED) {
				owned.merge(assignment.owner(), 1, Integer::sum);
			}
		}
		List<Instance> instances = new ArrayList<>();
		this.names.forEach((memberId, name) -> {
			MemberMetadata state = this.states.get(memberId);
			instances.add(new Instance(name, memberId, this.hosts.get(memberId),
					(state != null) ? state.labels() : Map.of(), (state != null) ? state.capacity() : 1.0,
					isDraining(state, name), name.equals(this.leader), memberId.equals(this.self),
					(state != null) ? state.uri() : null, owned.getOrDefault(name, 0), this.problems.get(memberId)));
		});
		if (this.names.isEmpty()) {
			instances.add(self(owned));
		}
		instances.sort(Comparator.comparing(Instance::name));
		return instances;
	}

	private boolean isDraining(@Nullable MemberMetadata state, String name) {
		return state != null && state.draining() || this.life.control().isDrained(name);
	}

	private Instance self(Map<String, Integer> owned) {
		return new Instance(this.settings.instance(), null, null, this.settings.labels(), this.settings.capacity(),
				isDraining(null, this.settings.instance()) || this.life.phase().isLeaving(), false, true,
				this.settings.uri().get(), owned.getOrDefault(this.life.snapshot().instance(), 0));
	}

	List<Task> tasks() {
		OperatorState control = this.life.control();
		OperatorReasons reasons = new OperatorReasons(control);
		String problem = this.life.snapshot().groupProblem();
		List<Task> tasks = new ArrayList<>();
		for (TaskDefinition task : this.definitions.values()) {
			List<Assignment> shards = new ArrayList<>(task.shards());
			for (int shard = 0; shard < task.shards(); shard++) {
				Assignment assignment = this.assignments.get(new TaskId(task.name(), shard));
				shards.add(reasons.explain(task.name(),
						(assignment != null) ? assignment : unassigned(shard, this.doubt, problem)));
			}
			tasks.add(new Task(task.name(), task.shards(), task.weight(), task.requires().toString(),
					control.isPaused(task.name()), shards));
		}
		return tasks;
	}

	private static Assignment unassigned(int shard, @Nullable String doubt, @Nullable String problem) {
		String reason = (doubt != null) ? doubt
				: (problem != null) ? "the leader assigns nothing new: " + problem : "waiting for the next assignment";
		return new Assignment(shard, null, AssignmentStatus.UNASSIGNED, null, null, reason, null);
	}

}
