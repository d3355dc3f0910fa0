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

import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Keeps the application from ending when its main method has returned and it has no web
 * server: all other threads of this library are daemons, and a shard comes when it comes.
 */
class KeepAlive {

	private final boolean allowed;

	private @Nullable Thread thread;

	KeepAlive(boolean allowed) {
		this.allowed = allowed;
	}

	/**
	 * Whoever sets Spring Boot's own property to {@code false} means it.
	 */
	static KeepAlive of(Environment environment) {
		return new KeepAlive(
				Binder.get(environment).bind("spring.main.keep-alive", Boolean.class).orElse(Boolean.TRUE));
	}

	synchronized void begin() {
		if (this.allowed && this.thread == null) {
			Thread thread = new Thread(KeepAlive::live, "distributed-task-keep-alive");
			thread.setDaemon(false);
			thread.start();
			this.thread = thread;
		}
	}

	private static void live() {
		while (!Thread.currentThread().isInterrupted()) {
			LockSupport.park();
		}
	}

	synchronized void end() {
		if (this.thread != null) {
			this.thread.interrupt();
			this.thread = null;
		}
	}

}
