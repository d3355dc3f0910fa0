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

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextStartedEvent;

/**
 * Whether the application context itself is stopping, or has been stopped or paused. It
 * stops all {@code Lifecycle} beans and listener containers then, so those have not
 * stopped by themselves.
 */
public final class ApplicationState
		implements SmartLifecycle, ApplicationContextAware, ApplicationListener<ApplicationContextEvent> {

	private final Runnable afterStart;

	private volatile boolean started;

	private volatile boolean stopping;

	private @Nullable ApplicationContext context;

	/**
	 * Create a state.
	 * @param afterStart called when the context has started its beans; may be called
	 * twice
	 */
	public ApplicationState(Runnable afterStart) {
		this.afterStart = afterStart;
	}

	@Override
	public void setApplicationContext(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Whether the context stops what it has started. Any thread.
	 * @return whether it is stopping or has stopped
	 */
	public boolean isStopping() {
		return this.stopping;
	}

	@Override
	public void onApplicationEvent(ApplicationContextEvent event) {
		if (event.getApplicationContext() != this.context) {
			return;
		}
		if (event instanceof ContextClosedEvent) {
			this.stopping = true;
		}
		else if (event instanceof ContextStartedEvent) {
			this.afterStart.run();
		}
	}

	@Override
	public void start() {
		this.started = true;
		// Owned tasks start only after that, or they might be stopped as not owned
		this.afterStart.run();
		this.stopping = false;
	}

	@Override
	public void stop() {
		this.stopping = true;
		this.started = false;
	}

	@Override
	public boolean isRunning() {
		return this.started;
	}

	/**
	 * The first to be stopped and the last to be started.
	 */
	@Override
	public int getPhase() {
		return Integer.MAX_VALUE;
	}

}
