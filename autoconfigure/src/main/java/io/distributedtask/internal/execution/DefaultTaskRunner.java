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
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.distributedtask.Assignments;
import io.distributedtask.MissedRun;
import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskId;
import io.distributedtask.internal.port.Clocks;
import io.distributedtask.internal.port.Ownership;
import io.distributedtask.internal.port.Ownership.Phase;
import io.distributedtask.internal.port.TaskRunner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.scheduling.config.ScheduledTask;
import org.springframework.scheduling.config.ScheduledTaskHolder;

/**
 * Runs the tasks of one application: its methods and beans, which are registered while it
 * starts, and those that are registered and unregistered at run time.
 */
public final class DefaultTaskRunner implements TaskRunner, ScheduledTaskHolder {

	private static final Logger logger = LoggerFactory.getLogger(DefaultTaskRunner.class);

	private final Map<String, Registration> registrations = new TreeMap<>();

	private final Map<TaskId, ShardExecution> executions = new ConcurrentHashMap<>();

	private final ExecutionEnvironment environment;

	private final TaskThreads threads;

	private volatile List<TaskDefinition> tasks = List.of();

	private volatile Predicate<String> paused = (task) -> false;

	private volatile BooleanSupplier halted = () -> false;

	private boolean started;

	private boolean closed;

	/**
	 * Create a runner; it starts no thread before it has a task to run.
	 * @param revokeTimeout how long a run may continue when its shard is revoked, before
	 * its thread is interrupted
	 * @param virtualThreads whether threads for tasks are virtual where Java has them
	 * @param clocks the time
	 * @param observer observes runs
	 */
	public DefaultTaskRunner(Duration revokeTimeout, boolean virtualThreads, Clocks clocks, RunObserver observer) {
		this.threads = new TaskThreads(virtualThreads);
		this.environment = new ExecutionEnvironment(this.threads, clocks, new Random(), revokeTimeout, this::stopped,
				observer, () -> this.halted.getAsBoolean());
	}

	/**
	 * Add a task that cannot be removed.
	 * @param definition the task as the group knows it
	 * @param onMissedRun what happens to instants that a crashed owner may have missed
	 * @param handler what it does
	 * @throws IllegalArgumentException if the task cannot be added; the message contains
	 * the reason and names all declarations
	 * @throws IllegalStateException if tasks have been started
	 */
	public synchronized void register(TaskDefinition definition, MissedRun onMissedRun, TaskHandler handler) {
		if (this.started) {
			throw new IllegalStateException(
					"Task '%s' (%s) is declared too late: annotated tasks cannot be added after start-up"
						.formatted(definition.name(), handler.source()));
		}
		add(List.of(registration(definition, onMissedRun, handler, true)));
	}

	/**
	 * Add tasks that may be removed again. All are added, or none.
	 * @param tasks the tasks
	 * @throws IllegalArgumentException if one of them cannot be added; the message
	 * contains the reason and names all declarations
	 */
	public synchronized void register(Collection<RegisteredTask> tasks) {
		add(tasks.stream()
			.map((task) -> registration(task.definition(), task.onMissedRun(), task.handler(), false))
			.toList());
	}

	private Registration registration(TaskDefinition definition, MissedRun onMissedRun, TaskHandler handler,
			boolean stays) {
		return new Registration(definition, onMissedRun, handler, stays,
				new ForeignCalls(definition.name(), this.threads, ForeignCalls.PATIENCE));
	}

	private void add(List<Registration> added) {
		Map<String, Registration> byName = new HashMap<>();
		for (Registration registration : added) {
			TaskDefinition definition = registration.definition();
			TaskHandler handler = registration.handler();
			if (definition.shards() != 1 && handler instanceof TaskHandler.Component) {
				throw new IllegalArgumentException("Task '%s' (%s) cannot have %d shards: it is one component"
					.formatted(definition.name(), handler.source(), definition.shards()));
			}
			Registration twin = byName.putIfAbsent(definition.name(), registration);
			Registration other = this.registrations.getOrDefault(definition.name(), twin);
			if (other != null) {
				throw new IllegalArgumentException("Two tasks have the name '%s': %s and %s"
					.formatted(definition.name(), other.handler().source(), handler.source()));
			}
		}
		this.registrations.putAll(byName);
		tasksHaveChanged();
	}

	/**
	 * Remove tasks that were added at run time. Their runs continue until they are
	 * revoked.
	 * @param names the names of the tasks
	 * @return the names of those that were registered
	 * @throws IllegalArgumentException if one of them cannot be removed; then none is
	 */
	public synchronized List<String> unregister(Collection<String> names) {
		List<String> there = names.stream().distinct().filter(this.registrations::containsKey).toList();
		for (String name : there) {
			Registration registration = this.registrations.get(name);
			if (registration != null && registration.stays()) {
				throw new IllegalArgumentException("Task '%s' cannot be unregistered: it is declared by %s"
					.formatted(name, registration.handler().source()));
			}
		}
		there.forEach(this.registrations::remove);
		tasksHaveChanged();
		return there;
	}

	private void tasksHaveChanged() {
		this.tasks = this.registrations.values().stream().map(Registration::definition).toList();
	}

	/**
	 * Start nothing again while the application context stops its beans, and do not count
	 * what it stops as a failure.
	 * @param halted whether the context is stopping or has stopped; called on any thread
	 */
	public void haltWhile(BooleanSupplier halted) {
		this.halted = halted;
	}

	/**
	 * Stop components that run although they were not started for a task: a context that
	 * is started again starts all of its {@code Lifecycle} beans.
	 */
	public void stopUnowned() {
		List<Registration> all;
		synchronized (this) {
			all = List.copyOf(this.registrations.values());
		}
		for (Registration registration : all) {
			if (registration.handler() instanceof TaskHandler.Component component
					&& !this.executions.containsKey(new TaskId(registration.definition().name(), 0))) {
				component.stopUnowned();
			}
		}
	}

	private synchronized @Nullable Registration toStart(String name) {
		this.started = true;
		return this.registrations.get(name);
	}

	@Override
	public List<TaskDefinition> tasks() {
		return this.tasks;
	}

	@Override
	public void start(Ownership ownership) {
		Registration registration = toStart(ownership.id().name());
		ShardExecution execution = (registration != null) ? registration.execution(ownership, this.environment)
				: new PausableExecution(ownership, this.environment, null);
		if (registration == null) {
			logger.info("{} was assigned here just as its task was unregistered", ownership.id());
		}
		execution.setPaused(this.paused.test(ownership.id().name()));
		this.executions.put(ownership.id(), execution);
		logger.debug("{} starts with fencing token {}", ownership.id(), ownership.fencingToken());
		execution.start();
	}

	@Override
	public void applyPauses(Predicate<String> paused) {
		this.paused = paused;
		this.executions.forEach((id, execution) -> {
			try {
				execution.setPaused(paused.test(id.name()));
			}
			catch (Throwable ex) {
				// the other shards are to be paused, and the rest of the assignment
				// applied
				logger.error("Could not pause or resume {}", id, ex);
			}
		});
	}

	@Override
	public synchronized boolean runsOnRequest(String task) {
		Registration registration = this.registrations.get(task);
		return registration != null && (registration.handler() instanceof TaskHandler.Scheduled
				|| registration.handler() instanceof TaskHandler.Continuous);
	}

	@Override
	public boolean run(Ownership ownership, Runnable begun) {
		return find(ownership).map((execution) -> execution.run(begun)).orElse(false);
	}

	@Override
	public void revoke(Ownership ownership) {
		find(ownership).ifPresent(ShardExecution::revoke);
	}

	@Override
	public void lost(Ownership ownership) {
		find(ownership).ifPresent(ShardExecution::lost);
	}

	@Override
	public void hurry(Ownership ownership) {
		find(ownership).ifPresent(ShardExecution::hurry);
	}

	// One that has stopped already may still be reported lost
	private Optional<ShardExecution> find(Ownership ownership) {
		return Optional.ofNullable(this.executions.get(ownership.id()))
			.filter((execution) -> execution.ownership() == ownership);
	}

	private void stopped(ShardExecution execution, List<Instant> progress) {
		Ownership ownership = execution.ownership();
		this.executions.remove(ownership.id(), execution);
		logger.debug("{} has stopped", ownership.id());
		ownership.stopped(progress);
		closeIfIdle();
	}

	@Override
	public Assignments.@Nullable Execution execution(TaskId id) {
		ShardExecution execution = this.executions.get(id);
		return (execution != null) ? execution.execution() : null;
	}

	/**
	 * The time since the last successful run of each owned scheduled task: the longest of
	 * its shards. Any thread.
	 * @return the times by task
	 */
	public Map<String, Duration> sinceSuccess() {
		Map<String, Duration> times = new HashMap<>();
		this.executions.values().forEach((execution) -> {
			if (execution instanceof ScheduledExecution scheduled && execution.ownership().phase() == Phase.OWNED) {
				times.merge(execution.ownership().id().name(), scheduled.sinceSuccess(),
						(one, other) -> (one.compareTo(other) > 0) ? one : other);
			}
		});
		return times;
	}

	/**
	 * The active schedules of this instance.
	 */
	@Override
	public Set<ScheduledTask> getScheduledTasks() {
		return this.executions.values()
			.stream()
			.filter(ScheduledExecution.class::isInstance)
			.flatMap((execution) -> ((ScheduledExecution) execution).scheduledTasks())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	/**
	 * End the runner's threads as soon as no task runs any more. Returns at once.
	 */
	public void close() {
		synchronized (this) {
			this.closed = true;
		}
		closeIfIdle();
	}

	private synchronized void closeIfIdle() {
		if (this.closed && this.executions.isEmpty()) {
			this.threads.close();
		}
	}

	private record Registration(TaskDefinition definition, MissedRun onMissedRun, TaskHandler handler, boolean stays,
			ForeignCalls calls) {

		private ShardExecution execution(Ownership ownership, ExecutionEnvironment environment) {
			if (this.handler instanceof TaskHandler.Scheduled scheduled) {
				return new ScheduledExecution(ownership, scheduled, this.onMissedRun, environment, this.calls);
			}
			return new PausableExecution(ownership, environment, () -> work(environment));
		}

		private OwnershipWork work(ExecutionEnvironment environment) {
			if (this.handler instanceof TaskHandler.Continuous continuous) {
				return new OwnershipWork.Continuous(continuous.body(), continuous.subscription());
			}
			return (this.handler instanceof TaskHandler.Listener listener)
					? new OwnershipWork.Listening(listener.listener())
					: new OwnershipWork.Component((TaskHandler.Component) this.handler, environment.revokeTimeout());
		}

	}

}
