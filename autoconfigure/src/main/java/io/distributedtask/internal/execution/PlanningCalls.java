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
import java.util.concurrent.ScheduledFuture;

import io.distributedtask.TaskId;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

/**
 * The calls to application code that schedule the runs of one schedule. A failure is
 * logged once and kept to be shown, and the call is tried again later. Not to be called
 * with a lock held.
 */
final class PlanningCalls {

	private static final Logger logger = LoggerFactory.getLogger(PlanningCalls.class);

	private static final Duration REJECTED_RETRY = Duration.ofSeconds(1);

	private static final Duration FAILED_RETRY = Duration.ofSeconds(30);

	/** Longer than any real wait, and within the range of schedulers. */
	private static final Duration LONGEST_TIMER = Duration.ofDays(36_500);

	private final TaskId id;

	private final TaskHandler.Scheduled handler;

	private final RunRecorder recorder;

	private final TaskThreads threads;

	private final Runnable retry;

	private volatile boolean triggerFails;

	private volatile boolean schedulerFails;

	private volatile boolean toldOfTheEnd;

	/**
	 * Create calls.
	 * @param id the shard
	 * @param handler provides the scheduler
	 * @param recorder records failures
	 * @param threads where to wait before a retry
	 * @param retry the retry, which returns at once
	 */
	PlanningCalls(TaskId id, TaskHandler.Scheduled handler, RunRecorder recorder, TaskThreads threads, Runnable retry) {
		this.id = id;
		this.handler = handler;
		this.recorder = recorder;
		this.threads = threads;
		this.retry = retry;
	}

	/**
	 * Call the trigger.
	 * @return its result, or {@code null} if it has failed
	 */
	ScheduleProgress.@Nullable Answer ask(ScheduleProgress.Question question) {
		try {
			ScheduleProgress.Answer answer = question.ask();
			this.triggerFails = false;
			if (answer.passed().isEmpty() && answer.following() == null && !this.toldOfTheEnd) {
				this.toldOfTheEnd = true;
				logger.warn("{}: its trigger returns no further time, so no run is scheduled", this.id);
			}
			return answer;
		}
		catch (Throwable ex) {
			tell(ex, this.triggerFails, "its trigger failed, so no run is scheduled; it is called again");
			this.triggerFails = true;
			return null;
		}
	}

	/**
	 * When the next run is due, for people.
	 */
	String nextRun(ScheduleProgress progress) {
		ScheduleProgress.Question question = progress.question();
		if (question != null) {
			if (progress.asksApplicationCode()) {
				return "its trigger is called for the next run";
			}
			ScheduleProgress.Answer answer = ask(question);
			if (answer == null) {
				return "no run is scheduled";
			}
			progress.answer(question, answer);
		}
		Instant next = progress.next();
		return (next != null) ? "the next run is due at " + next : "it is not run again";
	}

	/**
	 * Set a timer of the application's scheduler.
	 * @param timer what it calls
	 * @param wait the time until then
	 * @param next the instant for which it is, for people
	 */
	@Nullable ScheduledFuture<?> schedule(Runnable timer, Duration wait, Instant next) {
		try {
			Duration time = (wait.compareTo(LONGEST_TIMER) < 0) ? wait : LONGEST_TIMER;
			// The scheduler may use another clock
			TaskScheduler scheduler = this.handler.scheduler().apply(timer);
			ScheduledFuture<?> future = scheduler.schedule(timer, scheduler.getClock().instant().plus(time));
			this.schedulerFails = false;
			return future;
		}
		catch (TaskRejectedException ex) {
			// A scheduler that shuts down does so before its tasks are revoked
			logger.debug("{}: the scheduler rejects the run of {}", this.id, next, ex);
			return this.threads.schedule(this.retry, REJECTED_RETRY);
		}
		catch (Throwable ex) {
			tell(ex, this.schedulerFails, "the run of %s cannot be scheduled; this is tried again".formatted(next));
			this.schedulerFails = true;
			return retryLater();
		}
	}

	ScheduledFuture<?> retryLater() {
		return this.threads.schedule(this.retry, FAILED_RETRY);
	}

	void takeBack(@Nullable ScheduledFuture<?> timer) {
		try {
			if (timer != null) {
				timer.cancel(false);
			}
		}
		catch (Throwable ex) {
			new Failure(ex).log(logger, Level.WARN,
					"%s: a timer cannot be canceled; it does nothing when it fires".formatted(this.id));
		}
	}

	private void tell(Throwable ex, boolean again, String what) {
		Failure failure = new Failure(ex);
		this.recorder.keep(failure);
		failure.log(logger, again ? Level.DEBUG : Level.ERROR,
				"%s: %s every %d s".formatted(this.id, what, FAILED_RETRY.toSeconds()));
	}

}
