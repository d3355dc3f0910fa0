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

package io.distributedtask.internal.execution;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import io.distributedtask.Assignments.Execution;
import io.distributedtask.Assignments.ExecutionStatus;
import io.distributedtask.MissedRun;
import io.distributedtask.internal.port.Ownership;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.Task;

/**
 * A method that is called by schedules, which exist for as long as the shard is owned.
 */
final class ScheduledExecution implements ShardExecution {

	private final Ownership ownership;

	private final ExecutionEnvironment environment;

	private final RunRecorder recorder;

	private final Runs runs;

	private final List<ShardSchedule> schedules = new ArrayList<>();

	/** The progress of the schedules when the shard was lost, if it was. */
	private volatile @Nullable List<Instant> anchorsWhenLost;

	private volatile boolean paused;

	ScheduledExecution(Ownership ownership, TaskHandler.Scheduled handler, MissedRun onMissedRun,
			ExecutionEnvironment environment, ForeignCalls calls) {
		this.ownership = ownership;
		this.environment = environment;
		this.recorder = new RunRecorder(ownership, environment);
		this.runs = new Runs(ownership, environment, this::stopped);
		Instant now = this.recorder.now();
		Instant inherited = ownership.lastSuccess();
		ownership.succeeded((inherited != null) ? inherited : now);
		ownership.setProgressSource(this::told);
		for (Task task : handler.schedules()) {
			ScheduleProgress progress = progress(handler, this.schedules.size(), onMissedRun, inherited, now);
			this.schedules.add(new ShardSchedule(ownership, task, handler, progress, this.runs, this.recorder,
					environment.threads(), calls));
		}
	}

	private ScheduleProgress progress(TaskHandler.Scheduled handler, int index, MissedRun onMissedRun,
			@Nullable Instant heard, Instant now) {
		Schedule schedule = Schedule.of(handler.schedules().get(index));
		List<Instant> anchors = this.ownership.progress();
		// Another number: the former owner ran another version of the application
		Instant anchor = (anchors.size() == handler.schedules().size()) ? anchors.get(index) : Instant.EPOCH;
		if (anchor.equals(Instant.EPOCH) && this.ownership.missedSince() != null && heard != null
				&& schedule instanceof Schedule.Interval interval) {
			// an owner that vanished before its first report: its own beginning is known
			anchor = interval.beginning(heard);
		}
		return this.ownership.isDirect() ? ScheduleProgress.resume(schedule, anchor, onMissedRun, now)
				: ScheduleProgress.goOn(schedule, anchor, this.ownership.missedSince(), onMissedRun, now);
	}

	@Override
	public Ownership ownership() {
		return this.ownership;
	}

	@Override
	public void start() {
		this.schedules.forEach(ShardSchedule::armSoon);
	}

	@Override
	public void setPaused(boolean paused) {
		if (this.paused != paused) {
			this.paused = paused;
			this.schedules.forEach((schedule) -> schedule.setPaused(paused));
		}
	}

	@Override
	public boolean run(Runnable begun) {
		return this.schedules.get(0).request(begun);
	}

	@Override
	public void revoke() {
		this.runs.close(this.environment.revokeTimeout());
		this.schedules.forEach(ShardSchedule::cancel);
	}

	@Override
	public void lost() {
		// a run in progress may have to be repeated, whatever its result
		this.anchorsWhenLost = anchors();
		this.runs.close(Duration.ZERO);
		this.schedules.forEach(ShardSchedule::cancel);
	}

	@Override
	public void hurry() {
		this.runs.hurry();
	}

	private void stopped() {
		List<Instant> anchors = this.anchorsWhenLost;
		this.environment.stopped().accept(this, (anchors != null) ? anchors : anchors());
	}

	private List<Instant> anchors() {
		return this.schedules.stream().map(ShardSchedule::anchor).toList();
	}

	/**
	 * The progress of those schedules whose progress depends on their runs.
	 */
	private List<Instant> told() {
		List<Instant> lost = this.anchorsWhenLost;
		List<Instant> told = (lost != null) ? lost : this.schedules.stream().map(ShardSchedule::told).toList();
		return told.stream().allMatch(Instant.EPOCH::equals) ? List.of() : told;
	}

	/**
	 * The active schedules.
	 */
	Stream<ScheduledTask> scheduledTasks() {
		return this.runs.isClosed() ? Stream.empty() : this.schedules.stream().map(ShardSchedule::scheduledTask);
	}

	/**
	 * The time since the last successful run, here or elsewhere, or since the shard was
	 * first assigned.
	 */
	Duration sinceSuccess() {
		Instant now = this.recorder.now();
		Instant success = this.ownership.lastSuccess();
		return (success != null && success.isBefore(now)) ? Duration.between(success, now) : Duration.ZERO;
	}

	@Override
	public Execution execution() {
		if (this.runs.isClosed()) {
			return this.recorder.execution(ExecutionStatus.STOPPING, null);
		}
		Instant next = this.schedules.stream()
			.map(ShardSchedule::nextRun)
			.filter(Objects::nonNull)
			.min(Instant::compareTo)
			.orElse(null);
		boolean isPaused = this.paused && this.schedules.stream().noneMatch(ShardSchedule::isRunning);
		return this.recorder.execution(isPaused ? ExecutionStatus.PAUSED : ExecutionStatus.IDLE, next);
	}

}
