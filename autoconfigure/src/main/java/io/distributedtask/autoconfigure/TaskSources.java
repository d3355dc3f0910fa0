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

package io.distributedtask.autoconfigure;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.distributedtask.TaskDefinition;
import io.distributedtask.TaskSource;
import io.distributedtask.TaskWork;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Keeps the tasks of this instance to what the application's sources say.
 */
class TaskSources implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(TaskSources.class);

	private static final Duration SHORTEST_POLL = Duration.ofSeconds(1);

	/** After a failure of a source that is asked only when it says so. */
	private static final Duration RETRY = Duration.ofSeconds(30);

	private final List<Source> sources;

	private final RuntimeTasks tasks;

	private final int phase;

	private @Nullable ScheduledExecutorService executor;

	/**
	 * Create task sources.
	 * @param sources the sources
	 * @param tasks the tasks of this instance
	 * @param phase the phase of the lifecycle
	 */
	TaskSources(List<TaskSource> sources, RuntimeTasks tasks, int phase) {
		this.sources = sources.stream().map(Source::new).toList();
		this.tasks = tasks;
		this.phase = phase;
	}

	/**
	 * Whether all sources have named their tasks.
	 * @return done when each of them has, once
	 */
	CompletableFuture<Void> answered() {
		return CompletableFuture
			.allOf(this.sources.stream().map((source) -> source.answered).toArray(CompletableFuture[]::new));
	}

	@Override
	public synchronized void start() {
		if (this.executor == null && !this.sources.isEmpty()) {
			CustomizableThreadFactory threads = new CustomizableThreadFactory("distributed-task-source-");
			threads.setDaemon(true);
			// one that blocks does not keep the others waiting
			this.executor = new ScheduledThreadPoolExecutor(this.sources.size(), threads);
			this.sources.forEach((source) -> schedule(source::begin, Duration.ZERO));
		}
	}

	@Override
	public synchronized void stop() {
		if (this.executor != null) {
			this.executor.shutdownNow();
			this.executor = null;
		}
	}

	@Override
	public synchronized boolean isRunning() {
		return this.executor != null;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

	private synchronized void schedule(Runnable action, Duration delay) {
		if (this.executor != null) {
			try {
				this.executor.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (RejectedExecutionException ex) {
				logger.trace("Not run because it has been stopped", ex);
			}
		}
	}

	private final class Source {

		private final TaskSource source;

		private final AtomicBoolean asked = new AtomicBoolean();

		private final Map<String, TaskDefinition> known = new HashMap<>();

		private final CompletableFuture<Void> answered = new CompletableFuture<>();

		private boolean started;

		private volatile boolean failing;

		private Source(TaskSource source) {
			this.source = source;
		}

		private synchronized void begin() {
			if (!this.started) {
				this.started = true;
				try {
					this.source.onStart(this::ask);
				}
				catch (RuntimeException | Error ex) {
					logger.error("{} failed to start; it is only polled", this.source, ex);
				}
			}
			poll();
		}

		private void ask() {
			if (this.asked.compareAndSet(false, true)) {
				schedule(this::refreshAndRetry, Duration.ZERO);
			}
		}

		private void poll() {
			refreshAndRetry();
			Duration interval = interval();
			if (!interval.isZero()) {
				schedule(this::poll, (interval.compareTo(SHORTEST_POLL) < 0) ? SHORTEST_POLL : interval);
			}
		}

		private void refreshAndRetry() {
			refresh();
			if (this.failing && interval().isZero()) {
				schedule(this::ask, RETRY);
			}
		}

		private Duration interval() {
			try {
				return this.source.pollInterval();
			}
			catch (RuntimeException | Error ex) {
				logger.error("{} failed to return its poll interval; it is polled in {} s", this.source,
						RETRY.toSeconds(), ex);
				return RETRY;
			}
		}

		private synchronized void refresh() {
			this.asked.set(false);
			try {
				replace(this.source.tasks());
				this.failing = false;
				this.answered.complete(null);
			}
			catch (RuntimeException | Error ex) {
				if (!this.failing) {
					logger.warn("{} failed; its {} tasks stay as they are", this.source, this.known.size(), ex);
				}
				this.failing = true;
			}
		}

		private void replace(Map<TaskDefinition, TaskWork> wanted) {
			Map<String, TaskDefinition> gone = new HashMap<>(this.known);
			Map<TaskDefinition, TaskWork> added = new HashMap<>();
			wanted.forEach((definition, work) -> {
				if (!gone.remove(definition.name(), definition)) {
					added.put(definition, work);
				}
			});
			TaskSources.this.tasks.unregister(gone.keySet());
			this.known.keySet().removeAll(gone.keySet());
			if (!added.isEmpty()) {
				register(added);
			}
		}

		/**
		 * One task that is not right keeps no other from being added. It is tried again
		 * the next time.
		 */
		private void register(Map<TaskDefinition, TaskWork> added) {
			String name = this.source.toString();
			try {
				TaskSources.this.tasks.register(added, name);
				added.keySet().forEach((definition) -> this.known.put(definition.name(), definition));
			}
			catch (IllegalArgumentException ex) {
				if (added.size() == 1) {
					logger.error("{} has a task that cannot be added: {}", name, ex.getMessage());
					return;
				}
				added.forEach((definition, work) -> register(Map.of(definition, work)));
			}
		}

	}

}
