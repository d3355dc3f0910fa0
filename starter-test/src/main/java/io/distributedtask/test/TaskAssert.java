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

package io.distributedtask.test;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.distributedtask.Assignments;
import io.distributedtask.Assignments.Assignment;
import io.distributedtask.Assignments.AssignmentStatus;
import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.Assignments.Task;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.support.CronExpression;

/**
 * Assertions on a task, or on one of its shards, as they were at one moment. What is said
 * about runs is about those of the shards that this instance owns, since it owns them.
 *
 * @since 0.1.0
 */
public final class TaskAssert extends AbstractAssert<TaskAssert, Task> {

	private final Assignments assignments;

	TaskAssert(Task task, Assignments assignments) {
		super(task, TaskAssert.class);
		this.assignments = assignments;
		as("task '%s'", task.name());
	}

	/**
	 * Go on with one shard.
	 * @param shard the number of the shard, from 0
	 * @return assertions on it
	 */
	public TaskAssert shard(int shard) {
		if (shard < 0 || shard >= this.actual.shards()) {
			throw failure("%nExpecting a shard %s, but the number of shards is %s", shard, this.actual.shards());
		}
		Task task = this.actual;
		return new TaskAssert(new Task(task.name(), task.shards(), task.weight(), task.requires(), task.paused(),
				List.of(task.assignments().get(shard))), this.assignments)
			.as("task '%s', shard %s", task.name(), shard);
	}

	/**
	 * Verify the number of shards.
	 * @param shards the number
	 * @return this
	 */
	public TaskAssert hasShards(int shards) {
		return check(this.actual.shards() == shards, "%s shards".formatted(shards));
	}

	/**
	 * Verify that this instance owns every shard.
	 * @return this
	 */
	public TaskAssert isOwnedHere() {
		return isOwnedBy(this.assignments.self());
	}

	/**
	 * Verify that an instance owns every shard.
	 * @param instance the name of the instance
	 * @return this
	 */
	public TaskAssert isOwnedBy(String instance) {
		return check(this.actual.assignments().stream().allMatch((assignment) -> isOwnedBy(assignment, instance)),
				"owner '%s'".formatted(instance));
	}

	/**
	 * Verify that this instance owns none of the shards.
	 * @return this
	 */
	public TaskAssert isNotOwnedHere() {
		return check(
				this.actual.assignments()
					.stream()
					.noneMatch((assignment) -> isOwnedBy(assignment, this.assignments.self())),
				"another owner, or none");
	}

	private static boolean isOwnedBy(Assignment assignment, String instance) {
		return assignment.state() == AssignmentStatus.OWNED && instance.equals(assignment.owner());
	}

	/**
	 * Verify that it is paused, by itself or with the whole group.
	 * @return this
	 */
	public TaskAssert isPaused() {
		return check(this.actual.paused() || this.assignments.group().paused(), "a paused task");
	}

	/**
	 * Verify that it is not paused.
	 * @return this
	 */
	public TaskAssert isNotPaused() {
		return check(!this.actual.paused() && !this.assignments.group().paused(), "a task that is not paused");
	}

	/**
	 * Verify that some shard runs at this moment.
	 * @return this
	 */
	public TaskAssert isRunning() {
		return check(executions().stream().anyMatch(TaskAssert::isRunning), "a run in progress");
	}

	/**
	 * Verify that exactly one run has ended.
	 * @return this
	 */
	public TaskAssert hasRunOnce() {
		return hasRun(1);
	}

	/**
	 * Verify how many runs of all shards together have ended.
	 * @param times the number
	 * @return this
	 */
	public TaskAssert hasRun(int times) {
		return check(ended() == times, "%s runs that have ended".formatted(times));
	}

	/**
	 * Verify that no run has begun.
	 * @return this
	 */
	public TaskAssert hasNotRun() {
		return check(executions().stream().allMatch((execution) -> execution.runs() == 0), "no run");
	}

	private long ended() {
		return executions().stream().mapToLong((execution) -> execution.runs() - (isRunning(execution) ? 1 : 0)).sum();
	}

	private static boolean isRunning(Execution execution) {
		// one that is told to stop, or to pause, has that status even while it runs
		Instant start = execution.lastStart();
		Instant end = execution.lastEnd();
		return execution.status() == ExecutionStatus.RUNNING || (start != null && (end == null || end.isBefore(start)));
	}

	/**
	 * Verify that some run has failed.
	 * @return this
	 */
	public TaskAssert hasFailed() {
		return check(executions().stream().anyMatch((execution) -> execution.failures() > 0), "a run that has failed");
	}

	/**
	 * Verify that the last failure of some shard has a text in its exception's type or
	 * message.
	 * @param text the text
	 * @return this
	 */
	public TaskAssert hasFailedWith(String text) {
		return check(executions().stream()
			.map(Execution::lastError)
			.filter(Objects::nonNull)
			.anyMatch((error) -> error.contains(text)), "a failure with '%s'".formatted(text));
	}

	/**
	 * Verify that no run has failed.
	 * @return this
	 */
	public TaskAssert hasNotFailed() {
		return check(executions().stream().allMatch((execution) -> execution.failures() == 0), "no failure");
	}

	/**
	 * Verify that the next run of every shard is due at an instant. It is known a moment
	 * after the shard was assigned, so this is to be awaited.
	 * @param instant the instant
	 * @return this
	 */
	public TaskAssert isDueAt(Instant instant) {
		return check(executions().stream().allMatch((execution) -> instant.equals(execution.nextRun())),
				"next run at %s".formatted(instant));
	}

	/**
	 * Verify that the next run of every shard is due at the next instant of a cron
	 * expression, in the time zone of this machine. It is known a moment after the shard
	 * was assigned, so this is to be awaited.
	 * @param cron the expression
	 * @return this
	 */
	public TaskAssert isDueBy(String cron) {
		return isDueBy(cron, ZoneId.systemDefault());
	}

	/**
	 * Verify that the next run of every shard is due at the next instant of a cron
	 * expression. It is known a moment after the shard was assigned, so this is to be
	 * awaited.
	 * @param cron the expression
	 * @param zone its time zone
	 * @return this
	 */
	public TaskAssert isDueBy(String cron, ZoneId zone) {
		CronExpression expression = CronExpression.parse(cron);
		return check(executions().stream().allMatch((execution) -> isDueBy(expression, zone, execution.nextRun())),
				"next run by '%s' in %s".formatted(cron, zone));
	}

	private boolean isDueBy(CronExpression expression, ZoneId zone, @Nullable Instant due) {
		if (due == null) {
			return false;
		}
		// a run may be due since a moment, and not have begun
		Instant before = due.minusNanos(1);
		Instant asOf = this.assignments.asOf();
		ZonedDateTime next = expression.next((asOf.isBefore(before) ? asOf : before).atZone(zone));
		return next != null && next.toInstant().equals(due);
	}

	private List<Execution> executions() {
		List<Execution> executions = this.actual.assignments()
			.stream()
			.flatMap((assignment) -> Stream.ofNullable(assignment.execution()))
			.toList();
		check(!executions.isEmpty(), "a shard that is owned here, since runs are known of those only");
		return executions;
	}

	private TaskAssert check(boolean condition, String expected) {
		if (!condition) {
			throw failure("%nExpecting%n  %s%nbut there is%n  %s", expected, describe());
		}
		return this;
	}

	private String describe() {
		return "%d shards%s: %s".formatted(this.actual.shards(), this.actual.paused() ? ", paused" : "",
				this.actual.assignments());
	}

}
