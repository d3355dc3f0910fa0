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

import java.util.NoSuchElementException;
import java.util.function.Supplier;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.GroupStatus;
import io.distributedtask.Assignments.Instance;
import io.distributedtask.Assignments.Source;
import io.distributedtask.Assignments.Task;
import io.distributedtask.LabelSelector;
import io.distributedtask.TaskId;
import io.distributedtask.internal.member.MemberLifecycle;
import io.distributedtask.internal.member.MemberPhase;
import io.distributedtask.internal.member.OwnedShard;
import io.distributedtask.internal.message.OperatorCommand;
import io.distributedtask.internal.message.OperatorCommand.Key;
import io.distributedtask.internal.message.OperatorCommand.Kind;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The operations for the whole group, which any instance accepts: checks a request, and
 * passes it to the group. See {@link io.distributedtask.DistributedTasks}. All methods
 * may be called from any thread.
 */
public final class GroupOperations {

	private static final Logger logger = LoggerFactory.getLogger(GroupOperations.class);

	private final MemberLifecycle life;

	private final TaskRunner runner;

	private final Supplier<Assignments> picture;

	private final Runnable wakeup;

	GroupOperations(MemberLifecycle life, TaskRunner runner, Supplier<Assignments> picture, Runnable wakeup) {
		this.life = life;
		this.runner = runner;
		this.picture = picture;
		this.wakeup = wakeup;
	}

	public void pauseAll(boolean paused) {
		decide(Key.of(Kind.PAUSE_ALL, ""), paused ? "" : null, "%s the whole group".formatted(verb(paused)));
	}

	public void pause(String task, boolean paused) {
		if ((paused || !isDecided(Kind.PAUSE, task)) && !isRunHere(task)) {
			task(this.picture.get(), task);
		}
		decide(Key.of(Kind.PAUSE, task), paused ? "" : null, "%s task '%s'".formatted(verb(paused), task));
	}

	private static String verb(boolean paused) {
		return paused ? "pause" : "resume";
	}

	public String run(String name, int shard) {
		OwnedShard own = (shard >= 0) ? this.life.shards().get(new TaskId(name, shard)) : null;
		if (own != null && own.phase() == Phase.OWNED) {
			checkRun(name);
			return run(name, shard, own.fencingToken(), this.life.snapshot().instance());
		}
		Assignments group = this.picture.get();
		Assignment assignment = shard(task(group, name), shard);
		Long token = assignment.fencingToken();
		String owner = assignment.owner();
		checkRun(name);
		if (owner == null && group.group().state() == GroupStatus.REBALANCING) {
			throw new IllegalStateException(
					"The owner of shard %d of task '%s' is not known while the group rebalances: ".formatted(shard,
							name) + "try again");
		}
		if (owner == null || token == null || assignment.state() != AssignmentStatus.OWNED) {
			throw new IllegalStateException("Shard %d of task '%s' has no owner that could run it: it is %s (%s)"
				.formatted(shard, name, assignment.state(), assignment.reason()));
		}
		if (isOwnViewOnly(group) && !owner.equals(group.self())) {
			throw new IllegalStateException(
					"The owner of shard %d of task '%s' is not known now: try again".formatted(shard, name));
		}
		return run(name, shard, token, owner);
	}

	private void checkRun(String name) {
		if (isRunHere(name) && !this.runner.runsOnRequest(name)) {
			throw new IllegalArgumentException(
					"Task '%s' cannot be run on request: it is neither a scheduled nor a continuous method"
						.formatted(name));
		}
		if (this.life.control().isPaused(name)) {
			throw new IllegalStateException(isDecided(Kind.PAUSE_ALL, "") ? "The whole group is paused: resume it first"
					: "Task '%s' is paused: resume it first".formatted(name));
		}
	}

	private String run(String name, int shard, long token, String owner) {
		decide(new Key(Kind.RUN, name, shard), String.valueOf(token), "run %s[%d] once".formatted(name, shard));
		return owner;
	}

	public void move(String name, int shard, String instance) {
		Assignments group = this.picture.get();
		Task task = task(group, name);
		shard(task, shard);
		Instance target = instance(group, instance);
		if (!LabelSelector.parse(task.requires()).matches(target.labels())) {
			String problem = "Instance '%s' lacks the labels '%s' that task '%s' requires".formatted(instance,
					task.requires(), name);
			throw isWhole(group) ? new IllegalArgumentException(problem) : notYetKnown(group, problem);
		}
		if (target.draining()) {
			throw new IllegalStateException("Instance '%s' is draining and gets no shards".formatted(instance));
		}
		decide(new Key(Kind.MOVE, name, shard), instance, "move %s[%d] to '%s'".formatted(name, shard, instance));
	}

	public void clear(String name, int shard) {
		if (this.life.control().get(Kind.MOVE, name, shard) == null) {
			shard(task(this.picture.get(), name), shard);
		}
		decide(new Key(Kind.MOVE, name, shard), null, "clear the move of %s[%d]".formatted(name, shard));
	}

	public void drain(String instance, boolean draining) {
		boolean isKnown = instance.equals(this.life.snapshot().instance())
				|| !draining && isDecided(Kind.DRAIN, instance);
		if (!isKnown) {
			instance(this.picture.get(), instance);
		}
		decide(Key.of(Kind.DRAIN, instance), draining ? "" : null,
				"%s instance '%s'".formatted(draining ? "drain" : "end the drain of", instance));
	}

	/**
	 * The tasks that can run here are known without a request to the coordinator.
	 */
	private boolean isRunHere(String task) {
		return this.runner.tasks().stream().anyMatch((known) -> known.name().equals(task));
	}

	private boolean isDecided(Kind kind, String subject) {
		return this.life.control().get(kind, subject, 0) != null;
	}

	private static Task task(Assignments group, String name) {
		return group.tasks()
			.stream()
			.filter((task) -> task.name().equals(name))
			.findFirst()
			.orElseThrow(() -> unknown(group, "No live instance knows a task '%s'".formatted(name)));
	}

	private static RuntimeException unknown(Assignments group, String problem) {
		return isWhole(group) ? new NoSuchElementException(problem) : notYetKnown(group, problem);
	}

	private static IllegalStateException notYetKnown(Assignments group, String problem) {
		return new IllegalStateException("%s, according to what is known while the group is %s: try again"
			.formatted(problem, isOwnViewOnly(group) ? "not reached" : group.group().state()));
	}

	/**
	 * In a rebalance the coordinator does not have the metadata of all members.
	 */
	private static boolean isWhole(Assignments group) {
		GroupStatus state = group.group().state();
		return state == GroupStatus.LOCAL || state == GroupStatus.STABLE && !isOwnViewOnly(group);
	}

	private static boolean isOwnViewOnly(Assignments group) {
		return group.source() == Source.LOCAL && group.group().state() != GroupStatus.LOCAL;
	}

	private static Assignment shard(Task task, int shard) {
		if (shard < 0 || shard >= task.shards()) {
			throw new IllegalArgumentException("Task '%s' has no shard %d: its shards are 0 to %d"
				.formatted(task.name(), shard, task.shards() - 1));
		}
		return task.assignments().get(shard);
	}

	private static Instance instance(Assignments group, String name) {
		return group.instances()
			.stream()
			.filter((instance) -> instance.name().equals(name))
			.findFirst()
			.orElseThrow(() -> unknown(group, "The group has no instance '%s'".formatted(name)));
	}

	private void decide(Key key, @Nullable String value, String what) {
		MemberPhase state = this.life.phase();
		if (state != MemberPhase.STABLE && state != MemberPhase.REBALANCING) {
			throw new IllegalStateException(
					"Instance '%s' cannot %s: it is not in the group (%s). Ask another one, or try again"
						.formatted(this.life.snapshot().instance(), what, state));
		}
		if (key.subject().length() > OperatorCommand.MAX_TEXT
				|| value != null && value.length() > OperatorCommand.MAX_TEXT) {
			throw new IllegalArgumentException("The name of an instance that is to be moved to or drained may have "
					+ "at most %d characters".formatted(OperatorCommand.MAX_TEXT));
		}
		logger.info("Asked to {}", what);
		this.life.decide(key, value, "an operator has asked to " + what);
		this.wakeup.run();
	}

}
