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

import io.distributedtask.internal.engine.TaskEngine;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationStartupAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.metrics.ApplicationStartup;
import org.springframework.core.metrics.StartupStep;
import org.springframework.util.ClassUtils;

/**
 * Joins the group when the application starts and leaves it when the application stops or
 * is paused, as a test context that is not in use: what is paused runs nothing, and must
 * not keep others from it. A coordinator lives once, so every start makes a new one; it
 * begins when its predecessor has left the group.
 */
class TaskEngineLifecycle
		implements SmartLifecycle, SmartInitializingSingleton, ApplicationStartupAware, BeanClassLoaderAware {

	private final TaskEngineFactory engines;

	private final ApplicationEventMembershipListener events;

	private final Duration stopTimeout;

	private final int phase;

	private final Object monitor = new Object();

	private CompletableFuture<@Nullable Void> turn = CompletableFuture.completedFuture(null);

	private volatile @Nullable TaskEngine current;

	private final KeepAlive keepAlive;

	private volatile boolean running;

	private boolean hasTasks;

	private @Nullable ClassLoader classLoader;

	private ApplicationStartup startup = ApplicationStartup.DEFAULT;

	/**
	 * Create a lifecycle.
	 * @param engines makes the coordinators
	 * @param events publishes what the coordinators tell
	 * @param keepAlive keeps the application from ending
	 * @param stopTimeout how long it may take to leave the group
	 * @param phase the phase
	 */
	TaskEngineLifecycle(TaskEngineFactory engines, ApplicationEventMembershipListener events, KeepAlive keepAlive,
			Duration stopTimeout, int phase) {
		this.engines = engines;
		this.events = events;
		this.keepAlive = keepAlive;
		this.stopTimeout = stopTimeout;
		this.phase = phase;
	}

	@Override
	public void setBeanClassLoader(ClassLoader classLoader) {
		this.classLoader = classLoader;
	}

	@Override
	public void setApplicationStartup(ApplicationStartup startup) {
		this.startup = startup;
	}

	/**
	 * The coordinator that was started last.
	 * @return the coordinator, or {@code null} before the first start
	 */
	@Nullable TaskEngine current() {
		return this.current;
	}

	/**
	 * Fails before the web server takes requests if the group could never be joined.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		StartupStep step = this.startup.start("distributed-task.check");
		try {
			this.engines.check();
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
		Collection<String> tasks = this.engines.taskNames();
		TaskEngine engine = this.engines.create();
		step.tag("group", this.engines.groupId())
			.tag("instance", this.engines.instanceName())
			.tag("tasks", Integer.toString(tasks.size()));
		this.current = engine;
		this.running = true;
		this.turn = this.turn.thenRun(() -> start(engine));
		this.hasTasks = this.hasTasks || !tasks.isEmpty();
		keepAlive();
	}

	/**
	 * The threads of the coordinator inherit the class loader of the application, whoever
	 * starts it.
	 */
	private void start(TaskEngine engine) {
		ClassLoader former = ClassUtils.overrideThreadContextClassLoader(this.classLoader);
		try {
			engine.start();
		}
		finally {
			if (former != null) {
				Thread.currentThread().setContextClassLoader(former);
			}
		}
	}

	/**
	 * There are tasks, or there may be some: the application stays up until it is
	 * stopped.
	 */
	void tasksExpected() {
		synchronized (this.monitor) {
			this.hasTasks = true;
			keepAlive();
		}
	}

	private void keepAlive() {
		if (this.running && this.hasTasks) {
			this.keepAlive.begin();
		}
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		synchronized (this.monitor) {
			TaskEngine engine = this.current;
			if (this.running && engine != null) {
				this.running = false;
				this.turn = this.turn.thenCompose((started) -> stop(engine)).thenRun(this::stopped);
			}
			this.turn.whenComplete((stopped, ex) -> this.events.afterPublished(callback));
		}
	}

	private void stopped() {
		synchronized (this.monitor) {
			if (!this.running) {
				this.keepAlive.end();
			}
		}
	}

	private CompletableFuture<@Nullable Void> stop(TaskEngine engine) {
		CompletableFuture<@Nullable Void> stopped = new CompletableFuture<>();
		engine.stop(this.stopTimeout, () -> stopped.complete(null));
		return stopped;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return this.phase;
	}

}
