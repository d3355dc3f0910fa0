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
import java.util.Collection;
import java.util.concurrent.CompletableFuture;

import io.distributedtask.internal.coordination.TaskCoordinator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationStartupAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.core.metrics.StartupStep;

/**
 * Joins the group when the application starts and leaves it when the application stops. A
 * coordinator lives once, so every start makes a new one; it begins when its predecessor
 * has left the group.
 */
class TaskCoordinatorLifecycle implements SmartLifecycle, SmartInitializingSingleton, ApplicationStartupAware {

	private final TaskCoordinatorFactory coordinators;

	private final PropertiesTaskSettings taskSettings;

	private final ApplicationEventCoordinationListener events;

	private final Duration stopTimeout;

	private final int phase;

	private final Object monitor = new Object();

	private CompletableFuture<@Nullable Void> turn = CompletableFuture.completedFuture(null);

	private volatile @Nullable TaskCoordinator current;

	private volatile boolean running;

	private ApplicationStartup startup = ApplicationStartup.DEFAULT;

	/**
	 * Create a lifecycle.
	 * @param coordinators makes the coordinators
	 * @param taskSettings warns about settings without a task
	 * @param events publishes what the coordinators tell
	 * @param stopTimeout how long it may take to leave the group
	 * @param phase the phase
	 */
	TaskCoordinatorLifecycle(TaskCoordinatorFactory coordinators, PropertiesTaskSettings taskSettings,
			ApplicationEventCoordinationListener events, Duration stopTimeout, int phase) {
		this.coordinators = coordinators;
		this.taskSettings = taskSettings;
		this.events = events;
		this.stopTimeout = stopTimeout;
		this.phase = phase;
	}

	@Override
	public void setApplicationStartup(ApplicationStartup startup) {
		this.startup = startup;
	}

	/**
	 * The coordinator that was started last.
	 * @return the coordinator, or {@code null} before the first start
	 */
	@Nullable TaskCoordinator current() {
		return this.current;
	}

	/**
	 * Fails before the web server takes requests if the group could never be joined.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		StartupStep step = this.startup.start("distributed-task.check");
		try {
			this.coordinators.check();
		}
		finally {
			step.end();
		}
	}

	@Override
	public void start() {
		synchronized (this.monitor) {
			if (this.running) {
				return;
			}
			StartupStep step = this.startup.start("distributed-task.start");
			try {
				startCoordinator(step);
			}
			finally {
				step.end();
			}
		}
	}

	private void startCoordinator(StartupStep step) {
		Collection<String> tasks = this.coordinators.taskNames();
		if (this.current == null) {
			this.taskSettings.warnAboutUnknownTasks(tasks);
		}
		TaskCoordinator coordinator = this.coordinators.create();
		step.tag("group", this.coordinators.groupId())
			.tag("instance", this.coordinators.instanceName())
			.tag("tasks", Integer.toString(tasks.size()));
		this.current = coordinator;
		this.running = true;
		this.turn = this.turn.thenRun(coordinator::start);
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		synchronized (this.monitor) {
			TaskCoordinator coordinator = this.current;
			if (this.running && coordinator != null) {
				this.running = false;
				this.turn = this.turn.thenCompose((started) -> stop(coordinator));
			}
			this.turn.whenComplete((stopped, ex) -> this.events.afterPublished(callback));
		}
	}

	private CompletableFuture<@Nullable Void> stop(TaskCoordinator coordinator) {
		CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
		coordinator.stop(this.stopTimeout, () -> stopped.complete(null));
		return stopped;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Pausing would leave the group, and every pause of a cached test context would move
	 * the tasks of the others.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
