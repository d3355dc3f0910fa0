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

import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.distributedtask.Assignments;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Source;
import io.distributedtask.Membership;
import org.jspecify.annotations.Nullable;

/**
 * Description of the group for people and programs. The names and the order of the fields
 * are a contract; a field that is not optional is present with the value {@code null},
 * too.
 *
 * @param group the group itself
 * @param self the name of the instance that answers
 * @param source who was asked
 * @param asOf when the answer was made
 * @param instances the live instances
 * @param tasks the tasks that some live instance knows
 * @param watch the crash watch of the instance that answers, absent if it is off
 * @param history the changes of the group, if the request contains {@code history=true}
 * @since 0.1.0
 */
public record AssignmentsDescriptor(GroupDescriptor group, String self, Source source, Instant asOf,
		List<InstanceDescriptor> instances, List<TaskDescriptor> tasks,
		@JsonInclude(Include.NON_NULL) @Nullable WatchDescriptor watch,
		@JsonInclude(Include.NON_NULL) @Nullable List<ChangeDescriptor> history) {

	static AssignmentsDescriptor of(Assignments assignments, Membership.@Nullable Watch watch,
			@Nullable List<ChangeDescriptor> history) {
		return new AssignmentsDescriptor(GroupDescriptor.of(assignments.group()), assignments.self(),
				assignments.source(), assignments.asOf().truncatedTo(ChronoUnit.MILLIS),
				assignments.instances().stream().map(InstanceDescriptor::of).toList(),
				assignments.tasks().stream().map((task) -> TaskDescriptor.of(task, false, null)).toList(),
				(watch != null) ? WatchDescriptor.of(watch) : null, history);
	}

	private static @Nullable Instant millis(@Nullable Instant instant) {
		return (instant != null) ? instant.truncatedTo(ChronoUnit.MILLIS) : null;
	}

	/**
	 * Description of the group itself.
	 *
	 * @param id the group id
	 * @param state its state
	 * @param generation the number of the last rebalance, -1 before the first
	 * @param assignor the algorithm in use
	 * @param leader the name of the instance that computed the assignment
	 * @param problem what prevents the group from working, with the remedy
	 * @param paused whether all tasks are paused; absent if they are not
	 */
	@JsonInclude(Include.ALWAYS)
	public record GroupDescriptor(String id, GroupStatus state, int generation, @Nullable String assignor,
			@Nullable String leader, @JsonInclude(Include.NON_NULL) @Nullable String problem,
			@JsonInclude(Include.NON_NULL) @Nullable Boolean paused) {

		static GroupDescriptor of(Assignments.Group group) {
			return new GroupDescriptor(group.id(), group.state(), group.generation(), group.assignor(), group.leader(),
					group.problem(), group.paused() ? true : null);
		}

	}

	/**
	 * Description of a live instance.
	 *
	 * @param name its name
	 * @param memberId the member id that the coordinator has given it
	 * @param host its host as the coordinator reports it
	 * @param labels its labels
	 * @param capacity the amount of work that it can carry, relative to others
	 * @param draining whether it is handing over all its shards
	 * @param leader whether it computed the assignment
	 * @param self whether it is the instance that sends the response
	 * @param uri the URI at which people reach its actuator
	 * @param owned the number of shards that it owns
	 * @param problem why the leader assigns nothing to it; absent if there is no problem
	 */
	@JsonInclude(Include.ALWAYS)
	public record InstanceDescriptor(String name, @Nullable String memberId, @Nullable String host,
			Map<String, String> labels, double capacity, boolean draining, boolean leader, boolean self,
			@JsonInclude(Include.NON_NULL) @Nullable URI uri, int owned,
			@JsonInclude(Include.NON_NULL) @Nullable String problem) {

		static InstanceDescriptor of(Assignments.Instance instance) {
			return new InstanceDescriptor(instance.name(), instance.memberId(), instance.host(),
					Collections.unmodifiableMap(new TreeMap<>(instance.labels())), instance.capacity(),
					instance.draining(), instance.leader(), instance.self(), instance.uri(), instance.owned(),
					instance.problem());
		}

	}

	/**
	 * Description of the crash watch of an instance.
	 *
	 * @param address where others watch it; {@code null} if they cannot
	 * @param watchers the number of connections of others that watch it
	 * @param problem why others cannot watch it; absent if they can
	 * @param watching the instances that it watches
	 */
	@JsonInclude(Include.ALWAYS)
	public record WatchDescriptor(@Nullable String address, int watchers,
			@JsonInclude(Include.NON_NULL) @Nullable String problem, List<WatchedDescriptor> watching) {

		static WatchDescriptor of(Membership.Watch watch) {
			return new WatchDescriptor(watch.address(), watch.watchers(), watch.problem(),
					watch.watching()
						.stream()
						.map((it) -> new WatchedDescriptor(it.instance(), it.connected(), it.problem()))
						.toList());
		}

	}

	/**
	 * Description of an instance that another one watches.
	 *
	 * @param instance its name
	 * @param connected whether the end of its process would be noticed at once
	 * @param problem why not; absent if it would
	 */
	@JsonInclude(Include.ALWAYS)
	public record WatchedDescriptor(String instance, boolean connected,
			@JsonInclude(Include.NON_NULL) @Nullable String problem) {
	}

	/**
	 * Description of a task.
	 *
	 * @param name its name
	 * @param shards the number of its shards
	 * @param weight the weight of one shard
	 * @param requires the labels that an owner must have
	 * @param paused whether it is paused
	 * @param assignments its shards
	 * @param history its changes, if the request contains {@code history=true}
	 */
	public record TaskDescriptor(String name, int shards, double weight, String requires, boolean paused,
			List<AssignmentDescriptor> assignments,
			@JsonInclude(Include.NON_NULL) @Nullable List<ChangeDescriptor> history) {

		static TaskDescriptor of(Assignments.Task task, boolean stacks, @Nullable List<ChangeDescriptor> history) {
			return new TaskDescriptor(task.name(), task.shards(), task.weight(), task.requires(), task.paused(),
					task.assignments()
						.stream()
						.map((assignment) -> AssignmentDescriptor.of(assignment, stacks))
						.toList(),
					history);
		}

	}

	/**
	 * Description of a shard.
	 *
	 * @param shard the shard
	 * @param owner the name of its owner
	 * @param state its state
	 * @param fencingToken the token of the ownership
	 * @param since when the ownership began
	 * @param reason the reason of the state
	 * @param execution how it runs, if the instance that sends the response owns it
	 */
	@JsonInclude(Include.NON_NULL)
	public record AssignmentDescriptor(int shard, @JsonInclude(Include.ALWAYS) @Nullable String owner,
			AssignmentStatus state, @Nullable Long fencingToken, @Nullable Instant since, @Nullable String reason,
			@Nullable ExecutionDescriptor execution) {

		static AssignmentDescriptor of(Assignments.Assignment assignment, boolean stacks) {
			Assignments.Execution execution = assignment.execution();
			return new AssignmentDescriptor(assignment.shard(), assignment.owner(), assignment.state(),
					assignment.fencingToken(), millis(assignment.since()), assignment.reason(),
					(execution != null) ? ExecutionDescriptor.of(execution, stacks) : null);
		}

	}

	/**
	 * Description of how a shard runs.
	 *
	 * @param status its status
	 * @param runs how often it was started under this ownership
	 * @param failures how many of these runs ended with an exception
	 * @param lastStart when the last run began
	 * @param lastEnd when the last finished run ended
	 * @param lastError type of the last exception and its message
	 * @param nextRun when the next run is due
	 * @param lastErrorStack the stack trace of the last exception, in the response for
	 * one task only
	 */
	@JsonInclude(Include.ALWAYS)
	public record ExecutionDescriptor(ExecutionStatus status, long runs, long failures, @Nullable Instant lastStart,
			@Nullable Instant lastEnd, @Nullable String lastError, @Nullable Instant nextRun,
			@JsonInclude(Include.NON_NULL) @Nullable String lastErrorStack) {

		static ExecutionDescriptor of(Assignments.Execution execution, boolean stacks) {
			return new ExecutionDescriptor(execution.status(), execution.runs(), execution.failures(),
					millis(execution.lastStart()), millis(execution.lastEnd()), execution.lastError(),
					millis(execution.nextRun()), stacks ? execution.lastErrorStack() : null);
		}

	}

}
